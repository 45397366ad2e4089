import { planeChart } from './curveChart.ts';
import { fillStyle, percent } from './curveLegend.ts';
import { short } from './markup.ts';
import { type Cell, table } from './reportParts.ts';
import { epochAxis } from './runEpochs.ts';
import { type PhaseSeconds, phases, type RunStory } from './runStory.ts';

/** What the phases are called. */
const words = { steps: 'steps', waiting: 'waiting for images', validation: 'validation', saving: 'saving' } as const;

/** What the time of each epoch went into: a bar for each, or the mean of a few neighbours where there are many. */
export function timeChart({ ended, seconds }: RunStory, title = 'Time of epochs'): string | undefined {
  const all = total(seconds);
  if (ended.length === 0 || all === 0) return undefined;
  const each = Math.ceil(ended.length / 60);
  const bars = Array.from({ length: Math.ceil(ended.length / each) }, (_, i) => {
    const own = ended.slice(i * each, (i + 1) * each);
    const mean = (phase: keyof PhaseSeconds) => own.reduce((sum, one) => sum + one.seconds[phase], 0) / own.length;
    return { from: own[0]?.epoch ?? 0, to: own.at(-1)?.epoch ?? 0, heights: phases.map(mean) };
  });
  const highest = Math.max(...bars.map(({ heights }) => heights.reduce((sum, one) => sum + one, 0)));
  const [unit, per] =
    highest > 5400
      ? (['hours', 3600] as const)
      : highest > 100
        ? (['minutes', 60] as const)
        : (['seconds', 1] as const);
  return planeChart({
    width: 560,
    height: 320,
    title,
    where: 'runPage',
    about: 'What time went into:',
    across: epochAxis(ended.at(-1)?.epoch ?? 1),
    up: { name: unit, from: 0, to: (1.08 * highest) / per },
    sign: 'square',
    entries: phases.map((phase) => ({ name: words[phase], figure: percent(seconds[phase] / all, 1) })),
    body: ({ x, y }) =>
      bars
        .map(({ from, to, heights }) => {
          const [left, right] = [x(from - 0.36), x(to + 0.36)];
          let below = 0;
          return heights
            .map((height, i) => {
              const [bottom, top] = [y(below / per), y((below + height) / per)];
              below += height;
              return height === 0
                ? ''
                : `<rect ${fillStyle(i)} x="${short(left)}" y="${short(top)}" width="${short(right - left)}" height="${short(bottom - top)}"/>`;
            })
            .join('');
        })
        .join('\n'),
  });
}

/** What each phase took of a run. */
export function timeTable({ seconds }: RunStory): string {
  const all = total(seconds);
  const row = (name: string, value: number): Cell[] => [
    { text: name },
    { text: clock(value), kind: 'number' },
    { text: percent(value / all, 1), kind: 'number' },
  ];
  const head: Cell[] = [{ text: 'What' }, { text: 'Time', kind: 'number' }, { text: 'Share', kind: 'number' }];
  return table(head, [...phases.map((phase) => row(words[phase], seconds[phase])), row('all', all)]);
}

/** 75 -> 1:15 min. */
export function clock(seconds: number): string {
  const all = Math.round(seconds);
  const two = (n: number) => `${n}`.padStart(2, '0');
  const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)} h` : `${m}:${two(s)} min`;
}

export const total = (seconds: PhaseSeconds): number => phases.reduce((sum, phase) => sum + seconds[phase], 0);
