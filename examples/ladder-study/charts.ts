/** Figures of results alone: no weights are needed. */
import { barsSvg, curveSvg, linesSvg } from 'pyramidion/evaluate';
import type { RunResult } from './oneRun.ts';
import { comparisons, crowd, held, mean, of, pairs, percent, type Results } from './results.ts';
import { rungs } from './runs.ts';

/** SVG files by their names. */
export function charts({ runs }: Results): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const shown = rungs.flatMap((rung, i) => {
    const own = of(runs, 'scenes', rung);
    const [first] = own;
    return first ? [{ rung, line: i, number: i + 1, runs: own, first }] : [];
  });
  if (shown.length === 0) return files;
  const curves = shown.map(({ rung, line, runs, first }) => ({
    name: rung,
    line,
    logAverage: mean(runs.map(held)),
    curve: first.held.curve.map(([fppi, missRate]) => ({ score: 0, fppi, missRate })),
  }));
  files.set('miss-rates.svg', curveSvg(curves, { title: 'Held-out streets: curves of seed 0, means of all seeds' }));
  const losses = shown.map(({ rung, first }) => ({ name: rung, points: first.loss }));
  files.set(
    'losses.svg',
    linesSvg(losses, { title: 'Loss of training, seed 0', across: 'step', up: 'loss', range: [2, 6], width: 640 }),
  );
  const numbers = (list: readonly RunResult[], figure: typeof crowd) => list.flatMap((run) => figure(run) ?? []);
  const bars = shown.map(({ rung, number, runs: own }) => ({
    name: `${number} ${rung}`,
    values: [numbers(own, held), numbers(own, crowd), numbers(of(runs, 'photographs', rung), held)],
  }));
  const options = { title: 'Log-average miss rate; a dot is a seed', width: 900, most: 1, text: percent };
  files.set('rungs.svg', barsSvg(bars, ['streets', 'one crowded street', 'photographs'], options));
  const changes = comparisons.flatMap(([what, model, than]) => {
    const both = pairs(runs, 'scenes', { model, than });
    const values = [both.map(({ other }) => held(other)), both.map(({ run }) => held(run))];
    return both.length > 0 ? [{ name: `${than}: ${what}`, values }] : [];
  });
  if (changes.length > 0)
    files.set('mistakes.svg', barsSvg(changes, ['as in the ladder', 'with this change'], options));
  return files;
}
