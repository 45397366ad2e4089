import { FormatError } from '../data/formatError.ts';
import type { Sample } from '../data/sample.ts';
import type { EvaluatedImage } from '../evaluate/evaluatedImage.ts';
import { encodeJpeg } from '../node/images.ts';
import { curveSvg } from '../picture/curve.ts';
import { report } from '../picture/report.ts';
import { evaluatedRun, type ReportProtocol } from '../picture/reportEvaluated.ts';
import type { ReportRun } from '../picture/reportRun.ts';
import { logAverage, type Measure, rateOf } from './figures.ts';
import { percent, table } from './table.ts';

/** A detector's name, and its detections with what is there. */
export interface Evaluated {
  readonly name: string;
  readonly file: string;
  readonly images: readonly EvaluatedImage[];
}

/** A detector's figures under each protocol, 0 to 1. */
export interface Figures {
  readonly name: string;
  readonly file: string;
  readonly results: readonly {
    readonly protocol: string;
    /** Null where no object counts. */
    readonly figures: Readonly<Record<string, number | null>>;
  }[];
}

export const figuresOf = (detectors: readonly Evaluated[], measures: readonly Measure[]): Figures[] =>
  detectors.map(({ name, file, images }) => ({
    name,
    file,
    results: measures.map((measure) => ({ protocol: measure.name, figures: known(measure.figures(images)) })),
  }));

const known = (figures: ReturnType<Measure['figures']>) =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, value ?? null]));

export const objectsOf = (samples: readonly Sample[]): number =>
  samples.reduce((sum, { objects }) => sum + objects.length, 0);

/** Figures as text, a column for each detector. */
export function figuresText(samples: readonly Sample[], told: readonly Figures[]): string {
  const rows = (told[0]?.results ?? []).flatMap(({ protocol }, i) => {
    const each = told.map(({ results }) => results[i]?.figures ?? {});
    const keys = [...new Set(each.flatMap((figures) => Object.keys(figures)))];
    return keys.map((key) => {
      const name = key === logAverage ? `${protocol}, miss rate` : `${protocol} ${key}`;
      return [name, ...each.map((figures) => percent(figures[key]))];
    });
  });
  const names = ['', ...told.map(({ name }) => name)];
  return `${samples.length} images, ${objectsOf(samples)} objects\n\n${table([names, ...rows])}`;
}

/** What is said where no object counts under some protocols, as where a class has another name. */
export function emptyOf(told: readonly Figures[], samples: readonly Sample[]): string | undefined {
  const empty = (told[0]?.results ?? []).filter(({ figures }) => Object.values(figures).every((one) => one === null));
  if (empty.length === 0) return undefined;
  const counting = samples.flatMap(({ objects }) => objects.filter(({ ignore }) => ignore === undefined));
  const labels = [...new Set(counting.map(({ label }) => label))].sort();
  const there =
    labels.length === 0 ? 'none does' : `the data set has ${labels.join(', ')}; rename=FROM:TO renames classes`;
  return `no object counts under ${empty.map(({ protocol }) => protocol).join(', ')}: ${there}`;
}

const titleOf = ({ benchmark, name }: ReportProtocol) => [benchmark, name].filter(Boolean).join(' ');

/** Curves of all detectors. @throws FormatError where no object counts */
export function curveOf(detectors: readonly Evaluated[], protocol: ReportProtocol): string {
  const curves = detectors.flatMap(({ name, images }) => {
    const result = rateOf(images, protocol);
    return result ? [{ name, ...result }] : [];
  });
  if (curves.length === 0)
    throw new FormatError(`no object counts under ${titleOf(protocol)}; there is no curve to draw`);
  return curveSvg(curves, { title: titleOf(protocol) });
}

/** A report on all detectors, judged by the first protocol. */
export async function reportOf(
  detectors: readonly Evaluated[],
  samples: readonly Sample[],
  protocols: readonly [ReportProtocol, ...ReportProtocol[]],
  { truth, pictures: count }: { readonly truth: string; readonly pictures: number },
): Promise<string> {
  const runs: ReportRun[] = [];
  for (const { name, file, images } of detectors) {
    const settings = [
      ['detections', file],
      ['ground truth', truth],
    ] as const;
    const pictures = count > 0 ? { pictures: { samples, encode: encodeJpeg, count } } : {};
    runs.push(await evaluatedRun({ name, images, protocols, settings, ...pictures }));
  }
  return report(runs, { lead: `${samples.length} images, ${titleOf(protocols[0])}.` });
}
