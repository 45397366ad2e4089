import { curveSvg } from './curve.ts';
import { percent } from './curveLegend.ts';
import { precisionPlaces, precisionRecallSvg } from './prCurve.ts';
import { type Cell, charts, difference, fold, section, table, whole } from './reportParts.ts';
import { mainResult, type ReportMissRate, type ReportRun } from './reportRun.ts';

/** The curves, and the results under every protocol. */
export function subsetSection(runs: readonly ReportRun[]): string {
  const rows = rowsOf(runs);
  const title = rows[0]?.name ?? '';
  const main = curveSvg(
    runs.map((run, line) => ({ name: run.name, line, ...mainResult(run) })),
    { title },
  );
  const precision = precisionRecallSvg(
    runs.map((run, line) => ({
      name: run.name,
      line,
      curve: precisionPlaces(mainResult(run)),
      ...(run.averagePrecision === undefined ? {} : { averagePrecision: run.averagePrecision }),
    })),
    { title: `Precision and recall, ${title}` },
  );
  const others = rows.slice(1).map(({ name, results }) =>
    curveSvg(
      results.flatMap((result, line) => (result ? [{ name: runs[line]?.name ?? '', line, ...result }] : [])),
      { title: name, width: 420, height: 360 },
    ),
  );
  const parts = [
    charts([main, precision]),
    rows.length > 1 || runs.length > 1 ? subsetTable(runs, rows) : '',
    referenceTable(runs),
    fold(
      `Curves of ${others.length === 1 ? 'the other protocol' : `the other ${others.length} protocols`}`,
      charts(others),
    ),
  ];
  return section('results', 'Results', parts.filter((part) => part !== '').join('\n'));
}

interface SubsetRow {
  readonly name: string;
  /** Of each run; undefined where it has none, or no object counts. */
  readonly results: readonly (ReportMissRate | undefined)[];
}

/** Every protocol that some run has and that counts an object for some run. */
function rowsOf(runs: readonly ReportRun[]): SubsetRow[] {
  const named = runs.map(
    ({ subsets }) =>
      new Map(subsets.map(({ benchmark, name, result }) => [[benchmark, name].filter(Boolean).join(' '), result])),
  );
  const names = new Set(named.flatMap((subsets) => [...subsets.keys()]));
  return [...names]
    .map((name) => ({ name, results: named.map((subsets) => subsets.get(name)) }))
    .filter(({ results }) => results.some((result) => result !== undefined));
}

function subsetTable(runs: readonly ReportRun[], rows: readonly SubsetRow[]): string {
  const head: Cell[] = [
    { text: 'Protocol' },
    { text: 'Objects', kind: 'number' },
    ...(runs.length === 1 ? [{ text: 'Detections', kind: 'number' } as const] : []),
    ...runs.flatMap(({ name }, i): Cell[] => [
      { text: runs.length === 1 ? 'Miss rate' : name, kind: 'number' },
      ...(i === 0 ? [] : [{ text: 'Difference', kind: 'number' } as const]),
    ]),
  ];
  const lines = rows.map(({ name, results }): Cell[] => {
    const counts = [...new Set(results.flatMap((result) => (result ? [whole(result.truths)] : [])))];
    return [
      { text: name },
      { text: counts.join(' / '), kind: 'number' },
      ...(runs.length === 1 ? [{ text: whole(results[0]?.detections ?? 0), kind: 'number' } as const] : []),
      ...results.flatMap((result, i): Cell[] => [
        { text: result ? percent(result.logAverage) : '\u2013', kind: 'number' },
        ...(i === 0 ? [] : [difference(result?.logAverage, results[0]?.logAverage)]),
      ]),
    ];
  });
  const apart = runs.length > 1 ? ` Differences are from ${runs[0]?.name}, in points.` : '';
  return table(head, lines, `Log-average miss rate under every protocol: lower is better.${apart}`);
}

/** The miss rates that are averaged. */
function referenceTable(runs: readonly ReportRun[]): string {
  const points = mainResult(runs[0] ?? { name: '', subsets: [] }).references ?? [];
  if (points.length === 0) return '';
  const head: Cell[] = [
    { text: 'False positives an image' },
    ...points.map(({ fppi }) => ({ text: `${Number(fppi.toPrecision(3))}`, kind: 'number' }) as const),
  ];
  const rows = runs.map((run): Cell[] => [
    { text: runs.length === 1 ? 'Miss rate' : run.name },
    ...points.map(({ fppi }): Cell => {
      const point = mainResult(run).references?.find((other) => Math.abs(other.fppi / fppi - 1) < 1e-9);
      return { text: point ? percent(point.missRate) : '\u2013', kind: 'number' };
    }),
  ]);
  return table(head, rows, 'What is averaged.');
}
