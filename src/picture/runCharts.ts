import { linePath, planeChart } from './curveChart.ts';
import { fillStyle, lineStyle, percent } from './curveLegend.ts';
import { type Axis, logTicks, type Plane, roundTicks } from './curvePlane.ts';
import { short } from './markup.ts';
import { whole } from './reportParts.ts';
import { bestEpoch, type RunEpoch, type RunStory } from './runStory.ts';
import { type Bucket, thinned } from './runThin.ts';

const size = { width: 560, height: 320 } as const;
/** Means that a line has at most. */
const most = 240;

interface Line {
  readonly name: string;
  /** Number of its colour and dashes. */
  readonly line: number;
  readonly figure: string;
  readonly points: readonly Bucket[];
}

/** The loss of each step: its parts, or the totals of several runs. */
export function lossChart(stories: readonly RunStory[]): string {
  const [only] = stories;
  const lines =
    stories.length === 1 && only
      ? partsOf(only).map((part, line) => lossLine(only, part, { name: part, line }))
      : stories.map((story, line) => lossLine(story, 'total', { name: story.name, line }));
  return stepChart(
    'Loss',
    'Loss over steps, means of a few steps at the end:',
    lines,
    valueAxis(
      'loss',
      lines.flatMap(({ points }) => points),
    ),
  );
}

const partsOf = ({ taken }: RunStory) => {
  const parts = Object.keys(taken[0]?.loss ?? {});
  return parts.length === 2 ? ['total'] : ['total', ...parts.filter((part) => part !== 'total')]; // one part is the total
};

function lossLine({ taken }: RunStory, part: string, named: Pick<Line, 'name' | 'line'>): Line {
  const points = thinned(
    taken.map(({ step, loss }) => [step, loss[part] ?? Number.NaN] as const),
    most,
  );
  const end = points.at(-1);
  return { ...named, figure: end ? end.mean.toPrecision(3) : '', points };
}

/** The learning rate of each step. */
export function rateChart(stories: readonly RunStory[]): string {
  const lines = stories.map(({ name, taken }, line): Line => {
    const points = thinned(
      taken.map(({ step, learningRate }) => [step, learningRate] as const),
      most,
    );
    return {
      line,
      name: stories.length === 1 ? 'at the end' : name,
      figure: rateText(taken.at(-1)?.learningRate ?? 0),
      points,
    };
  });
  const top = 1.08 * Math.max(1e-12, ...lines.flatMap(({ points }) => points.map(({ high }) => high)));
  const up: Axis = { name: 'learning rate', from: 0, to: top, ticks: roundTicks(0, top), text: rateText };
  return stepChart('Learning rate', 'Learning rate over steps:', lines, up);
}

const rateText = (rate: number) =>
  rate === 0
    ? '0'
    : rate >= 0.01
      ? `${Number(rate.toPrecision(3))}`
      : rate
          .toExponential()
          .replace(/(\.\d\d)\d*/, '$1')
          .replace('-', '\u2212');

/** Lines over steps, with the range of what each point is the mean of. */
function stepChart(title: string, about: string, all: readonly Line[], up: Axis): string {
  const lines = all.filter(({ points }) => points.length > 0);
  const last = Math.max(1, ...lines.flatMap(({ points }) => points.map(({ x }) => x)));
  return planeChart({
    ...size,
    title,
    where: 'runPage',
    about,
    across: { name: 'step', from: 0, to: last, text: whole },
    up,
    entries: lines,
    body: (plane) =>
      lines
        .map((line) => `${range(line, plane)}${path(line, plane)}`)
        .reverse()
        .join('\n'),
  });
}

function range({ points, line }: Line, { x, y }: Plane): string {
  if (points.every(({ low, high }) => low === high)) return '';
  const there = points.map((point) => `${short(x(point.x))} ${short(y(point.high))}`);
  const back = points.map((point) => `${short(x(point.x))} ${short(y(point.low))}`).reverse();
  return `<path ${fillStyle(line)} fill-opacity=".16" d="M${[...there, ...back].join('L')}Z"/>`;
}

const path = ({ points, line }: Line, { x, y }: Plane) =>
  `<path class="line" ${lineStyle(line)} d="${linePath(points.map((point) => [x(point.x), y(point.mean)]))}"/>`;

const dots = ({ points, line }: Line, { x, y }: Plane) =>
  points
    .map((point) => `<circle ${fillStyle(line)} cx="${short(x(point.x))}" cy="${short(y(point.mean))}" r="3.5"/>`)
    .join('');

/** From zero, or logarithmic where values span more than a decade. */
function valueAxis(name: string, points: readonly Bucket[]): Axis {
  const means = points.map(({ mean }) => mean);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  if (points.length === 0 || !(high > 0)) return { name, from: 0, to: 1 };
  if (!(low > 0) || high / low < 12) return { name, from: 0, to: high * 1.08 };
  const [from, to] = [low / 1.15, high * 1.15];
  return { name: `${name}, logarithmic`, from, to, scale: 'log', ticks: logTicks(from, to) };
}

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
    ...size,
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
