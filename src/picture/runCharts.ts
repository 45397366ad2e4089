import { planeChart } from './curveChart.ts';
import { type Axis, roundTicks } from './curvePlane.ts';
import { whole } from './reportParts.ts';
import { chartSize, type Line, path, range, valueAxis } from './runLines.ts';
import type { RunStory } from './runStory.ts';
import { thinned } from './runThin.ts';

/** Means that a line has at most. */
const most = 240;

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

/** 0.01, 7e−5. */
function rateText(rate: number): string {
  const rounded = Number(rate.toPrecision(3));
  return rounded === 0 || rounded >= 0.01 ? `${rounded}` : rounded.toExponential().replace('-', '\u2212');
}

/** Lines over steps, with the range of what each point is the mean of. */
function stepChart(title: string, about: string, all: readonly Line[], up: Axis): string {
  const lines = all.filter(({ points }) => points.length > 0);
  const last = Math.max(1, ...lines.flatMap(({ points }) => points.map(({ x }) => x)));
  return planeChart({
    ...chartSize,
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
