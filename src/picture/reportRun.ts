import type { ErrorTile } from './contactSheetTile.ts';
import type { Point } from './curveAxes.ts';
import type { ReliabilityCurve } from './reliability.ts';

/** A name and a value. */
export type ReportRow = readonly [name: string, value: string];

/** One detector on one set of images: what a report shows of it. Plain data, as the functions of `evaluate` return it. */
export interface ReportRun {
  readonly name: string;
  /** What `missRate` says under each protocol. The first heads the report. */
  readonly subsets: readonly ReportSubset[];
  /** What `errorAnalysis` says under the first protocol. */
  readonly errors?: ReportErrors;
  /** What `tide` says. */
  readonly tide?: ReportTide;
  /** What `calibration` says. */
  readonly calibration?: Omit<ReliabilityCurve, 'name'>;
  /** Under the first protocol, for the curve of precision over recall; 0 to 1. */
  readonly averagePrecision?: number;
  /** Pictures of the worst errors, the worst first, as `errorTiles` makes them. */
  readonly gallery?: readonly ErrorTile[];
  /** How it was made. */
  readonly settings?: readonly ReportRow[];
}

/** One protocol. */
export interface ReportSubset {
  /** Whose protocol it is: `Caltech`. */
  readonly benchmark?: string;
  /** `Reasonable`. */
  readonly name: string;
  /** Undefined where no object counts. */
  readonly result: ReportMissRate | undefined;
}

export interface ReportMissRate {
  /** 0 to 1. */
  readonly logAverage: number;
  readonly references?: readonly Point[];
  readonly curve: readonly Point[];
  readonly images: number;
  readonly truths: number;
  readonly detections: number;
}

export interface ReportErrors {
  readonly protocol: string;
  readonly score: number | undefined;
  readonly images: number;
  readonly truths: number;
  readonly hits: number;
  readonly missCounts: Readonly<Record<string, number>>;
  readonly falseCounts: Readonly<Record<string, number>>;
  /** By properties of boxes: `height`, `occlusion`. */
  readonly groups: Readonly<Record<string, readonly ReportGroup[]>>;
  /** The objects that were missed, by the places of image and object. */
  readonly misses: readonly { readonly image: number; readonly object: number }[];
}

export interface ReportGroup {
  readonly name: string;
  readonly truths: number;
  readonly misses: number;
  readonly missRate: number | undefined;
}

export interface ReportTide {
  readonly AP: number;
  readonly errors: Readonly<Record<string, { readonly count: number; readonly gain: number }>>;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

/** @throws RangeError for no runs, a run without protocols, or two of one name */
export function checkRuns(runs: readonly ReportRun[]): void {
  if (runs.length === 0) throw new RangeError('report: runs is empty; give at least one');
  if (runs.length > 6) throw new RangeError(`report: ${runs.length} runs do not fit side by side; give at most 6`);
  for (const { name, subsets } of runs)
    if (subsets[0]?.result === undefined)
      throw new RangeError(`report: '${name}' has no result under its first protocol; give one in which objects count`);
  const names = new Set(runs.map(({ name }) => name));
  if (names.size < runs.length)
    throw new RangeError(
      `report: two of ${runs.length} runs are called alike: ${runs.map(({ name }) => name).join(', ')}; give each a name of its own`,
    );
}

/** What the first protocol says of a run. */
export function mainResult({ name, subsets }: ReportRun): ReportMissRate {
  const result = subsets[0]?.result;
  if (result === undefined) throw new RangeError(`report: '${name}' has no result under its first protocol`);
  return result;
}
