import { planeChart } from './curveChart.ts';
import { lineStyle, percent } from './curveLegend.ts';
import { type Axis, roundTicks } from './curvePlane.ts';
import { short } from './markup.ts';
import { chartSize, dots, type Line, path, valueAxis } from './runLines.ts';
import { bestEpoch, type RunEpoch, type RunStory } from './runStory.ts';

/** Mean losses of epochs: of what is learned from and of what is held out; of several runs the latter. */
export function heldLossChart(stories: readonly RunStory[]): string | undefined {
  const [only] = stories;
  const all =
    stories.length === 1 && only
      ? [
          epochLine({ name: 'learned from', line: 0 }, only, ({ loss }) => loss.total),
          epochLine({ name: 'held out', line: 1 }, only, ({ held }) => held?.loss.total),
        ]
      : stories.map((story, line) => epochLine({ name: story.name, line }, story, ({ held }) => held?.loss.total));
  const lines = all.filter(({ points }) => points.length > 0);
  const title = stories.length === 1 ? 'Loss of epochs' : 'Loss on held-out images';
  return lines.length === 0
    ? undefined
    : epochChart(
        title,
        'Loss over epochs, at the end:',
        lines,
        valueAxis(
          'loss',
          lines.flatMap(({ points }) => points),
        ),
      );
}

/** Miss rates of held-out images over epochs; a ring where it is lowest. */
export function missRateChart(stories: readonly RunStory[]): string | undefined {
  const lines = stories.flatMap((story, line) => {
    const rated = epochLine({ name: story.name, line }, story, ({ held }) => held?.missRate?.logAverage);
    const best = bestEpoch(story);
    if (rated.points.length === 0 || best?.held?.missRate === undefined) return [];
    const name = stories.length === 1 ? `best, epoch ${best.epoch}` : `${story.name}, epoch ${best.epoch}`;
    return [
      {
        ...rated,
        name,
        figure: percent(best.held.missRate.logAverage, 1),
        ring: [best.epoch, best.held.missRate.logAverage] as const,
      },
    ];
  });
  if (lines.length === 0) return undefined;
  const highest = Math.max(...lines.flatMap(({ points }) => points.map(({ mean }) => mean)));
  const top = Math.min(1, Math.max(0.05, highest * 1.12));
  const up: Axis = {
    name: 'log-average miss rate',
    from: 0,
    to: top,
    text: (tick) => `${Number((100 * tick).toPrecision(3))} %`,
  };
  return epochChart('Miss rate on held-out images', 'Lowest log-average miss rate:', lines, up);
}

function epochLine(
  named: Pick<Line, 'name' | 'line'>,
  { ended }: RunStory,
  value: (epoch: RunEpoch) => number | undefined,
): Line {
  const points = ended.flatMap((one) => {
    const mean = value(one);
    return mean === undefined || !Number.isFinite(mean) ? [] : [{ x: one.epoch, mean, low: mean, high: mean }];
  });
  return { ...named, figure: points.at(-1)?.mean.toPrecision(3) ?? '', points };
}

function epochChart(
  title: string,
  about: string,
  lines: readonly (Line & { readonly ring?: readonly [number, number] })[],
  up: Axis,
): string {
  return planeChart({
    ...chartSize,
    title,
    where: 'runPage',
    about,
    across: epochAxis(Math.max(...lines.flatMap(({ points }) => points.map(({ x }) => x)))),
    up,
    entries: lines,
    body: (plane) =>
      lines
        .map((line) => {
          const ring = line.ring
            ? `<circle class="end" ${lineStyle(line.line)} cx="${short(plane.x(line.ring[0]))}" cy="${short(plane.y(line.ring[1]))}" r="5"/>`
            : '';
          const marks = line.points.length <= 40 ? dots(line, plane) : '';
          return `${line.points.length > 1 ? path(line, plane) : ''}${marks}${ring}`;
        })
        .reverse()
        .join('\n'),
  });
}

/** Whole epochs, with half a one beside the first and the last. */
export const epochAxis = (last: number): Axis => ({
  name: 'epoch',
  from: 0.5,
  to: last + 0.5,
  ticks: roundTicks(1, Math.max(last, 1.5), Math.min(10, Math.max(1, last))).filter(
    (tick) => Number.isInteger(tick) && tick <= last,
  ),
});
