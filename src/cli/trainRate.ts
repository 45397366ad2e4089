import type { Predictor } from '../model/predict.ts';
import { type FindLearningRateOptions, findLearningRate } from '../train/findLearningRate.ts';
import type { LearningRatePoint, LearningRateSuggestion } from '../train/learningRatePoints.ts';
import { counter, type Io, note, say, sayJson } from './io.ts';

/** `train --find-rate`: a range test, as a picture of letters or as JSON. */
export async function findRate(
  io: Io,
  model: Predictor,
  options: FindLearningRateOptions,
  json: true | undefined,
): Promise<void> {
  const bar = counter(io, 'steps');
  let done = 0;
  const found = await findLearningRate(model, {
    ...options,
    ...(io.signal ? { signal: io.signal } : {}),
    onPoint: () => bar.step(++done, 100),
  }).finally(() => bar.end());
  io.signal?.throwIfAborted();
  if (json) return sayJson(io, found);
  const { points, suggestion, why } = found;
  say(io, rateChart(points, suggestion));
  if (why === 'diverged') note(io, `ended after ${points.length} steps: the loss is far above its lowest`);
  if (suggestion === undefined) return note(io, 'too few steps to suggest a rate');
  const { valley, steepest } = suggestion;
  say(io, `valley ${rateText(valley)}, steepest ${rateText(steepest)}; train with: --rate ${rateText(valley)}`);
}

const rateText = (rate: number): string => String(Number(rate.toPrecision(2)));

/** The smoothed loss over the rate, as letters: a dot for a step, and a mark below what is suggested. */
export function rateChart(
  points: readonly LearningRatePoint[],
  suggestion: LearningRateSuggestion | undefined,
  { columns = 60, rows = 12 }: { readonly columns?: number; readonly rows?: number } = {},
): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return 'no step was taken';
  const losses = points.map(({ smoothed }) => smoothed);
  const low = Math.min(...losses);
  const high = Math.max(low + 1e-9, Math.min(Math.max(...losses), low + 2 * (first.smoothed - low) || low + 1));
  const column = (i: number) => Math.round((i / Math.max(1, points.length - 1)) * (columns - 1));
  const row = (loss: number) => Math.round(((high - Math.min(loss, high)) / (high - low)) * (rows - 1));
  const grid = Array.from({ length: rows }, () => Array.from({ length: columns }, () => ' '));
  for (const [i, loss] of losses.entries()) grid[row(loss)]?.splice(column(i), 1, '•');
  const label = (text: string) => text.padStart(8);
  const lines = grid.map((cells, i) => {
    const left = i === 0 ? high.toPrecision(4) : i === rows - 1 ? low.toPrecision(4) : '';
    return `${label(left)} │${cells.join('').trimEnd()}`;
  });
  const at = points.findIndex(({ rate }) => rate === suggestion?.valley);
  const mark = at < 0 ? [] : [`${label('')}  ${' '.repeat(column(at))}↑ ${rateText(suggestion?.valley ?? 0)}`];
  const [from, to] = [rateText(first.rate), rateText(last.rate)];
  const axis = `${label('loss')} └${'─'.repeat(columns)}`;
  return [...lines, axis, `${label('')}  ${from}${to.padStart(columns - from.length)}  rate`, ...mark].join('\n');
}
