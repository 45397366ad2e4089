import { type CocoFigures, cocoFigures } from '../evaluate/cocoFigures.ts';
import { cocoMetrics } from '../evaluate/cocoMetrics.ts';
import { crowdHuman } from '../evaluate/crowdHuman.ts';
import type { EvaluatedImage } from '../evaluate/evaluatedImage.ts';
import { type MissRate, missRate } from '../evaluate/missRate.ts';
import { plainProtocol } from '../evaluate/protocol.ts';
import { benchmarkProtocols } from '../evaluate/protocols.ts';
import { anyCounts } from '../evaluate/results.ts';
import { vocAveragePrecision } from '../evaluate/vocAveragePrecision.ts';
import type { ReportProtocol } from '../picture/reportEvaluated.ts';
import { UsageError } from './io.ts';

/** A name that `--protocol` takes, and what it measures. */
export interface Measure {
  readonly name: string;
  /** Where it is a log-average miss rate: its rules. */
  readonly protocol?: ReportProtocol;
  /** Figures by name, 0 to 1; undefined where no object counts. */
  readonly figures: (images: readonly EvaluatedImage[]) => Readonly<Record<string, number | undefined>>;
}

/** The figure of a protocol of miss rates. */
export const logAverage = 'log-average miss rate';

/** A miss rate; undefined where no object counts. */
export const rateOf = (images: readonly EvaluatedImage[], protocol: ReportProtocol): MissRate | undefined =>
  anyCounts('evaluate', images, protocol) ? missRate(images, protocol) : undefined;

const rate = (protocol: ReportProtocol): Measure => ({
  name: protocol.benchmark === undefined ? protocol.name : `${protocol.benchmark} ${protocol.name}`,
  protocol,
  figures: (images) => ({ [logAverage]: rateOf(images, protocol)?.logAverage }),
});

/** Those that are no protocol of miss rates. */
const others: readonly Measure[] = [
  {
    name: 'coco',
    figures: (images) => {
      const { ...figures }: CocoFigures = cocoFigures(cocoMetrics(images));
      return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, value < 0 ? undefined : value]));
    },
  },
  { name: 'voc', figures: (images) => vocFigures(images, 'all') },
  { name: 'voc07', figures: (images) => vocFigures(images, 11) },
  {
    name: 'crowdhuman',
    figures: (images) => {
      const { MR, AP, JI } = crowdHuman(images);
      return { MR, AP, JI };
    },
  },
];

function vocFigures(images: readonly EvaluatedImage[], points: 11 | 'all') {
  const counting = images.flatMap(({ truths }) => truths.filter(({ ignore }) => ignore === undefined));
  const labels = [...new Set(counting.map(({ label }) => label))].sort();
  const values = labels.map((label) => [label, vocAveragePrecision(images, { label, points }).value] as const);
  const mean = values.reduce((sum, [, value]) => sum + value, 0) / values.length;
  return { mAP: labels.length > 0 ? mean : undefined, ...Object.fromEntries(values) };
}

/** Names that `--protocol` takes, for the help. */
export const measureNames = (): readonly string[] => [
  'plain',
  ...others.map(({ name }) => name),
  ...new Set(benchmarkProtocols.map(({ benchmark }) => benchmark)),
];

/**
 * What a name stands for: `Caltech Reasonable` for one row, `Caltech` for its whole table, `plain`, `coco`, `voc`.
 *
 * @throws UsageError for a name that there is not
 */
export function measuresOf(name: string): readonly Measure[] {
  const same = (other: string) => other.toLowerCase() === name.trim().toLowerCase();
  if (same('plain')) return [rate(plainProtocol)];
  const other = others.find((one) => one.name === name); // CrowdHuman is a table, crowdhuman its three figures
  if (other) return [other];
  const all = benchmarkProtocols.map(rate);
  const row = all.filter((one) => same(one.name));
  if (row.length > 0) return row;
  const whole = all.filter(({ protocol }) => same(protocol?.benchmark ?? ''));
  if (whole.length > 0) return whole;
  const begun = all.filter((one) => name.toLowerCase().startsWith(`${one.protocol?.benchmark ?? ''} `.toLowerCase()));
  throw new UsageError(
    begun.length > 0
      ? `there is no protocol '${name}'; there are ${begun.map((one) => one.name).join(', ')}`
      : `there is no protocol '${name}'; there are ${measureNames().join(', ')}, and rows such as 'Caltech Reasonable'`,
  );
}

/** The rules of one protocol of miss rates. @throws UsageError for several, or one of other figures */
export function protocolOf(name: string): ReportProtocol {
  const [first, ...more] = measuresOf(name);
  if (first?.protocol === undefined || more.length > 0)
    throw new UsageError(`--protocol is '${name}'; give one of miss rates, such as plain or 'Caltech Reasonable'`);
  return first.protocol;
}
