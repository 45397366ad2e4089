/** Tables of the page, of results alone. */
import type { Machine } from './costs.ts';
import type { RunResult } from './oneRun.ts';
import { comparisons, crowd, held, mean, of, pairs, percent, type Results } from './results.ts';
import { rungs } from './runs.ts';

/** Mean miss rate, and that of each seed where there are several. */
const spread = (runs: readonly RunResult[], figure: (run: RunResult) => number | undefined) =>
  told(
    runs.flatMap((run) => figure(run) ?? []),
    percent,
    (share) => (100 * share).toFixed(1),
  );

/** The mean, and each where there are several. */
function told(values: readonly number[], text: (value: number) => string, short = text): string {
  if (values.length === 0) return 'not run';
  return values.length === 1 ? text(mean(values)) : `${text(mean(values))} (${values.map(short).join(', ')})`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const count = (value: number) => value.toLocaleString('en');
const megabytes = (bytes: number) => `${count(Math.round(bytes / 1e6))} MB`;
const machineText = ({ processor, node, engine, date }: Machine) =>
  `${processor.replace(/\(R\)/g, '')}, Node ${node} (${engine}), ${date}`;

/** Parts of the page that results make, by the name of their place in it. */
export function tables(results: Results): ReadonlyMap<string, string> {
  const { runs, steps, fullSize } = results;
  const rows = rungs.map((rung, i) => {
    const [streets, photographs] = [of(runs, 'scenes', rung), of(runs, 'photographs', rung)];
    const [one] = streets;
    const step = steps?.rungs[rung];
    return [
      `${i + 1} ${rung}`,
      spread(streets, held),
      spread(streets, crowd),
      spread(photographs, held),
      step ? `${(1000 * step.median).toFixed(0)} ms` : 'not run',
      ...(one ? [(one.macs / 1e6).toFixed(0), count(one.parameters), megabytes(one.engineBytes)] : ['', '', '']),
    ];
  });
  const head = [
    'rung',
    'streets',
    'one crowded street',
    'photographs',
    'a step',
    'million MACs',
    'parameters',
    'memory',
  ];
  const stepRows = rungs.flatMap((rung, i) => {
    const than = bases[rung];
    return than ? [stepRow({ name: `${i + 1} ${rung}, not ${rungs.indexOf(than) + 1}`, rung, than }, results)] : [];
  });
  const changes = comparisons.map(([what, model, than]) => {
    const both = pairs(runs, 'scenes', { model, than });
    const [here, there] = [both.map(({ run }) => run), both.map(({ other }) => other)];
    return [than, what, spread(there, held), spread(here, held), change(both, held), change(both, crowd)];
  });
  const where = steps ? `\n\nSteps of ${steps.batch} images: ${machineText(steps.machine)}, nothing else running.` : '';
  const made = new Map([
    ['rungs', `${table(head, rows)}${where}`],
    ['steps', table(['step', 'streets', 'one crowded street', 'photographs', 'work', 'time'], stepRows)],
    [
      'changes',
      table(['rung', 'change', 'streets', 'with the change', 'difference', 'on one crowded street'], changes),
    ],
  ]);
  if (fullSize) made.set('full size', fullSizeTable(fullSize));
  return made;
}

/** The rung that each is a step on from. */
const bases: { readonly [rung in (typeof rungs)[number]]?: (typeof rungs)[number] } = {
  efficientNetBackbone: 'vggBaseline',
  normalizedWide: 'efficientNetBackbone',
  highResolution: 'normalizedWide',
  fpn: 'normalizedWide',
  deconvFpn: 'fpn',
  weightedFpn: 'deconvFpn',
};

/** Differences, in points, between runs of the same seed. */
function change(both: ReturnType<typeof pairs>, figure: typeof crowd): string {
  const points = both.flatMap(({ run, other }) => {
    const [here, there] = [figure(run), figure(other)];
    return here === undefined || there === undefined ? [] : [100 * (here - there)];
  });
  return told(points, signed);
}

/** What a step on from a rung changes, and how much more it takes. */
function stepRow(
  { name, rung, than }: { readonly name: string; readonly rung: string; readonly than: string },
  { runs, steps }: Results,
): string[] {
  const between = (data: RunResult['data'], figure: typeof crowd) =>
    change(pairs(runs, data, { model: rung, than }), figure);
  const times = (here?: number, there?: number) => (here && there ? `x ${(here / there).toFixed(2)}` : '');
  const [[one], [other]] = [of(runs, 'scenes', rung), of(runs, 'scenes', than)];
  return [
    name,
    ...[between('scenes', held), between('scenes', crowd), between('photographs', held)],
    times(one?.macs, other?.macs),
    times(steps?.rungs[rung]?.median, steps?.rungs[than]?.median),
  ];
}

/** +3.1, \u22122.0. */
const signed = (points: number) => `${points < 0 ? '\u2212' : '+'}${Math.abs(points).toFixed(1)}`;

function fullSizeTable({ rungs: found, machine, tfjs }: NonNullable<Results['fullSize']>): string {
  const time = (value: number | string) =>
    typeof value === 'string'
      ? value
      : value < 10_000
        ? `${count(Math.round(value))} ms`
        : `${(value / 1000).toFixed(1)} s`;
  const rows = Object.entries(found).map(([rung, one], i) => {
    const name = `${i + 1} ${rung}`;
    if (typeof one === 'string') return [name, one, '', '', '', '', '', '', ''];
    const { parameters, macs, peakBytes, forward, step, stepBytes } = one;
    const sizes = [count(parameters), `${(macs / 1e9).toFixed(2)} G`, megabytes(peakBytes)];
    return [name, ...sizes, ...[forward.ours, forward.tfjs, step.ours, step.tfjs].map(time), megabytes(stepBytes)];
  });
  const head = ['rung', 'parameters', 'MACs', 'peak of maps', 'forward', 'tfjs', 'step', 'tfjs', 'memory of the step'];
  return `${table(head, rows)}\n\n${machineText(machine)}; TensorFlow.js ${tfjs}.`;
}

/** The page with its tables made anew: each stands between two comments that name it. */
export function withTables(page: string, made: ReadonlyMap<string, string>): string {
  let text = page;
  for (const [name, part] of made)
    text = text.replace(
      new RegExp(`(<!-- begin ${name} -->\n)[^]*?(<!-- end ${name} -->)`),
      (_, begin: string, end: string) => `${begin}${part}\n${end}`,
    );
  return text;
}
