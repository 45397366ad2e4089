import { errorWords } from './contactSheetWords.ts';
import { percent } from './curveLegend.ts';
import { escapeText } from './markup.ts';
import { reliabilitySvg } from './reliability.ts';
import { agreement } from './reportAgreement.ts';
import { type BarGroup, barsSvg } from './reportBars.ts';
import { charts, section, whole } from './reportParts.ts';
import type { ReportErrors, ReportRun } from './reportRun.ts';

type Named<T> = { readonly name: string; readonly of: T | undefined };

/** What is missed and what is invented, by kind and by what objects are like; scores as probabilities; what one run finds and another misses. */
export function errorSection(runs: readonly ReportRun[]): string {
  const errors = runs.map(({ name, errors: of }): Named<ReportErrors> => ({ name, of }));
  const names = runs.map(({ name }) => name);
  const parts = [
    errors.some(({ of }) => of !== undefined) ? analysis(errors, names) : '',
    charts([...tideCharts(runs, names), ...reliability(runs)]),
    agreement(errors),
  ];
  return section('errors', 'Errors', parts.filter((part) => part !== '').join('\n'));
}

function analysis(errors: readonly Named<ReportErrors>[], names: readonly string[]): string {
  const points = errors.flatMap(({ name, of }) => {
    if (of === undefined) return [];
    const falses = Object.values(of.falseCounts).reduce((a, b) => a + b, 0);
    const from = of.score === undefined ? 'no score' : `score ${Number(of.score.toPrecision(3))}`;
    return [
      `${errors.length > 1 ? `${name}: f` : 'F'}rom ${from} on, ${whole(of.hits)} of ${whole(of.truths)} objects are found, with ${whole(falses)} false detections in ${whole(of.images)} images (${of.protocol}).`,
    ];
  });
  const kinds = (
    kind: 'missed' | 'false',
    title: string,
    counts: (of: ReportErrors) => Readonly<Record<string, number>>,
  ) => {
    const groups = [...keysOf(errors, counts)].map(
      (name): BarGroup => ({
        name: errorWords(kind, name),
        values: errors.map(({ of }) => of && (counts(of)[name] ?? 0)),
      }),
    );
    return groups.length === 0 ? [] : [barsSvg(groups, names, { title, text: whole })];
  };
  const factors = [...keysOf(errors, ({ groups }) => groups)].flatMap((factor) => factorChart(factor, errors, names));
  const lines = points.map((text) => `<p>${escapeText(text)}</p>`).join('\n');
  return `${lines}\n${charts([
    ...kinds('missed', 'Missed objects by kind', ({ missCounts }) => missCounts),
    ...kinds('false', 'False detections by kind', ({ falseCounts }) => falseCounts),
    ...factors,
  ])}`;
}

/** All names, in their order. */
const keysOf = <T>(errors: readonly Named<T>[], part: (of: T) => object): Set<string> =>
  new Set(errors.flatMap(({ of }) => (of === undefined ? [] : Object.keys(part(of)))));

/** The share of objects that is missed, by one property; nothing where it tells no objects apart. */
function factorChart(factor: string, errors: readonly Named<ReportErrors>[], names: readonly string[]): string[] {
  const lists = errors.map(({ of }) => (of?.groups[factor] ?? []).filter(({ truths }) => truths > 0));
  const groups = [...new Set(lists.flatMap((list) => list.map(({ name }) => name)))].map((name): BarGroup => {
    const own = lists.map((list) => list.find((group) => group.name === name));
    return {
      name,
      values: own.map((group) => group?.missRate),
      texts: own.map((group) => (group ? `${percent(group.missRate ?? 0, 0)} of ${whole(group.truths)}` : '')),
    };
  });
  return groups.length < 2 ? [] : [barsSvg(groups, names, { title: `Missed, by ${factor}`, most: 1 })];
}

function tideCharts(runs: readonly ReportRun[], names: readonly string[]): string[] {
  const tides = runs.map(({ name, tide: of }) => ({ name, of }));
  const kinds = [...keysOf(tides, ({ errors }) => errors)];
  if (kinds.length === 0) return [];
  const row = (name: string, gain: (of: NonNullable<ReportRun['tide']>) => number | undefined): BarGroup => ({
    name,
    values: tides.map(({ of }) => of && gain(of)),
    texts: tides.map(({ of }) => (of ? (100 * (gain(of) ?? 0)).toFixed(2) : '')),
  });
  const groups = [
    ...kinds.map((kind) => row(tideWords[kind] ?? kind, ({ errors }) => errors[kind]?.gain)),
    row('all false positives', ({ falsePositives }) => Math.max(0, falsePositives)),
    row('all false negatives', ({ falseNegatives }) => Math.max(0, falseNegatives)),
  ];
  return [barsSvg(groups, names, { title: 'What AP would gain without, in points (TIDE)' })];
}

/** @see Bolya et al., 2020: TIDE, section 2 */
const tideWords: Readonly<Record<string, string>> = {
  Cls: 'wrong class',
  Loc: 'localisation',
  Both: 'class and place',
  Dupe: 'duplicates',
  Bkg: 'background',
  Miss: 'missed',
};

function reliability(runs: readonly ReportRun[]): string[] {
  const curves = runs.flatMap(({ name, calibration }, line) => (calibration ? [{ name, line, ...calibration }] : []));
  return curves.length === 0 ? [] : [reliabilitySvg(curves, { title: 'Scores as probabilities' })];
}
