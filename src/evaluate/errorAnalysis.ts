import { type ErrorCases, errorCases, type FalseKind, type MissKind } from './errorCases.ts';
import { type ErrorGroup, errorGroups } from './errorGroups.ts';
import type { EvaluatedImage } from './evaluatedImage.ts';
import { missRate } from './missRate.ts';
import type { Protocol } from './protocol.ts';
import { imagesOfProtocol } from './results.ts';

export interface ErrorAnalysisOptions {
  /** Detections from this score on are there. Default the lowest at which there are `fppi` false ones an image. */
  readonly score?: number;
  /** False positives an image at the point that is looked at. Default .1, as in Zhang et al., 2016. */
  readonly fppi?: number;
  /** Overlap up to which a detection has nothing to do with an object. Default .1. */
  readonly background?: number;
}

/** What a detector misses and what it invents, at one point of its curve. Plain data. */
export interface ErrorAnalysis extends ErrorCases {
  readonly protocol: string;
  /** Detections from this score on are there; undefined where the first is beyond the rate already, and none is. */
  readonly score: number | undefined;
  readonly images: number;
  readonly truths: number;
  readonly hits: number;
  readonly missCounts: Readonly<Record<MissKind, number>>;
  readonly falseCounts: Readonly<Record<FalseKind, number>>;
  /** The same by what objects and false detections are like. */
  readonly groups: {
    readonly height: readonly ErrorGroup[];
    readonly aspect: readonly ErrorGroup[];
    readonly occlusion: readonly ErrorGroup[];
    readonly crowding: readonly ErrorGroup[];
    /** By thirds of the image; none of images without their size. */
    readonly place: readonly ErrorGroup[];
  };
}

/**
 * Splits misses and false detections by their kind and by what the boxes are like, at one score.
 *
 * @throws RangeError as `missRate`; for a score, a rate or an overlap that cannot be
 * @see Zhang et al., 2016: How Far are We from Solving Pedestrian Detection?; Hoiem et al., 2012
 */
export function errorAnalysis(
  given: readonly EvaluatedImage[],
  protocol: Protocol,
  { fppi = 0.1, background = 0.1, ...options }: ErrorAnalysisOptions = {},
): ErrorAnalysis {
  if (!(fppi > 0)) throw new RangeError(`errorAnalysis: fppi is ${fppi}; it must be above 0 false positives an image`);
  if (!(background >= 0 && background < protocol.overlap))
    throw new RangeError(`errorAnalysis: background is ${background}; it must be from 0 to below ${protocol.overlap}`);
  const { curve, truths } = missRate(given, protocol);
  const score = options.score ?? curve.findLast((point) => point.fppi <= fppi)?.score;
  if (Number.isNaN(score)) throw new RangeError('errorAnalysis: score is NaN; give a number');
  const images = imagesOfProtocol('errorAnalysis', given, protocol);
  const cases = errorCases(images, protocol, { score: score ?? Number.POSITIVE_INFINITY, background });
  const count = <K extends string>(kinds: readonly K[], list: readonly { readonly kind: K }[]) =>
    Object.fromEntries(kinds.map((kind) => [kind, list.filter((one) => one.kind === kind).length])) as Record<
      K,
      number
    >;
  return {
    protocol: protocol.name,
    score,
    images: images.length,
    truths,
    hits: truths - cases.misses.length,
    missCounts: count(['score', 'localisation', 'duplicate', 'confusion', 'missed'], cases.misses),
    falseCounts: count(['localisation', 'duplicate', 'confusion', 'background'], cases.falses),
    groups: errorGroups(images, protocol, cases),
    misses: cases.misses,
    falses: cases.falses,
  };
}
