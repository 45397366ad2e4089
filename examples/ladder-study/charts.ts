/** Figures and tables of results alone: no weights are needed. */
import { barsSvg, curveSvg } from 'pyramidion/evaluate';
import { lossSvg } from './lossChart.ts';
import type { RunResult } from './oneRun.ts';
import { rungs } from './runs.ts';

/** Results by the name of the model, those of one kind of data. */
const of = (results: readonly RunResult[], data: RunResult['data'], model: string) =>
  results.filter((one) => one.data === data && one.model === model).toSorted((a, b) => a.seed - b.seed);

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean, and the least and the greatest where there are several seeds. */
function spread(runs: readonly RunResult[], figure: (run: RunResult) => number | undefined): string {
  const values = runs.flatMap((run) => figure(run) ?? []);
  if (values.length === 0) return 'not run';
  const middle = percent(mean(values));
  return values.length === 1 ? middle : `${middle} (${values.map((value) => (100 * value).toFixed(1)).join(', ')})`;
}

/** Runs beside what they are compared with, each with one thing changed. */
const comparisons: readonly (readonly [what: string, model: string, than: string])[] = [
  ['pixels only scaled to 0..1', 'wideNotNormalized', 'normalizedWide'],
  ['no lift: 8, 16 and 16 channels', 'normalizedNarrow', 'normalizedWide'],
  ['no lift after the pyramid', 'fpnNarrow', 'fpn'],
  ['learned upsampling', 'deconvFpn', 'fpn'],
  ['SGD', 'fpn, SGD', 'fpn'],
  ["the others' rate", "vggBaseline, the others' rate", 'vggBaseline'],
  ['plateau on mixed streets', 'fpn, plateau on mixed streets', 'fpn'],
  ['plateau on one crowded street', 'fpn, plateau on a crowd', 'fpn'],
  ['boxes shuffled', 'fpn, boxes shuffled', 'fpn'],
];

/** SVG files by their names. */
export function charts(results: readonly RunResult[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const shown = rungs.flatMap((rung, line) => {
    const runs = of(results, 'scenes', rung);
    const [first] = runs;
    return first ? [{ rung, line, runs, first }] : [];
  });
  if (shown.length === 0) return files;
  const curves = shown.map(({ rung, line, runs, first }) => ({
    name: rung,
    line,
    logAverage: mean(runs.map(({ held }) => held.logAverage)),
    curve: first.held.curve.map(([fppi, missRate]) => ({ score: 0, fppi, missRate })),
  }));
  files.set('miss-rates.svg', curveSvg(curves, { title: 'Held-out streets, curves of seed 0' }));
  const losses = shown.map(({ rung, first }) => ({ name: rung, points: first.loss }));
  files.set('losses.svg', lossSvg(losses, { title: 'Loss of training, seed 0' }));
  const pairs = comparisons.flatMap(([what, model, than]) => {
    const [changed] = of(results, 'scenes', model);
    const [plain] = of(results, 'scenes', than);
    return changed && plain
      ? [{ name: `${than}: ${what}`, values: [plain.held.logAverage, changed.held.logAverage] }]
      : [];
  });
  if (pairs.length > 0) {
    const options = { title: 'Log-average miss rate, seed 0', width: 900, most: 1, text: percent };
    files.set('mistakes.svg', barsSvg(pairs, ['as in the ladder', 'with this change'], options));
  }
  return files;
}

/** Tables for the page, by the name of their place in it. */
export function tables(results: readonly RunResult[]): ReadonlyMap<string, string> {
  const rows = rungs.map((rung, i) => {
    const [streets, photographs] = [of(results, 'scenes', rung), of(results, 'photographs', rung)];
    const [one] = streets;
    const cost = one
      ? [(one.macs / 1e6).toFixed(0), one.parameters.toLocaleString('en'), (one.engineBytes / 1e6).toFixed(0)]
      : ['', '', ''];
    const cells = [
      `${i + 1} ${rung}`,
      spread(streets, ({ held }) => held.logAverage),
      spread(streets, ({ crowd }) => crowd?.logAverage),
      spread(photographs, ({ held }) => held.logAverage),
      one ? `${(1000 * one.step.least).toFixed(0)} ms` : '',
      ...cost,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = [
    '| rung | streets | one crowded street | photographs | a step | million MACs | parameters | MB of a run |',
    '|---|---|---|---|---|---|---|---|',
  ];
  const changes = comparisons.map(([what, model, than]) => {
    const figure = (name: string) => spread(of(results, 'scenes', name), ({ held }) => held.logAverage);
    return `| ${than} | ${what} | ${figure(than)} | ${figure(model)} |`;
  });
  const changesHead = ['| rung | change | as in the ladder | with the change |', '|---|---|---|---|'];
  return new Map([
    ['rungs', [...head, ...rows].join('\n')],
    ['changes', [...changesHead, ...changes].join('\n')],
  ]);
}

/** The page with its tables made anew: each stands after a comment that names it. */
export function withTables(page: string, made: ReadonlyMap<string, string>): string {
  let text = page;
  for (const [name, table] of made)
    text = text.replace(new RegExp(`(<!-- table ${name} -->\n)(?:\\|.*\n)*`), (_, mark: string) => `${mark}${table}\n`);
  return text;
}
