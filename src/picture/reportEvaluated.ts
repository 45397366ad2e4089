import type { RgbImage } from '../data/image.ts';
import { averagePrecision } from '../evaluate/averagePrecision.ts';
import { calibration } from '../evaluate/calibration.ts';
import { type ErrorAnalysis, errorAnalysis } from '../evaluate/errorAnalysis.ts';
import type { EvaluatedImage } from '../evaluate/evaluatedImage.ts';
import { matchImage } from '../evaluate/matching.ts';
import { missRate } from '../evaluate/missRate.ts';
import type { Protocol } from '../evaluate/protocol.ts';
import { anyCounts, imagesOfProtocol } from '../evaluate/results.ts';
import { tide } from '../evaluate/tide.ts';
import { errorTiles, type SheetOptions } from './contactSheet.ts';
import type { ErrorPlace, ErrorTile } from './contactSheetTile.ts';
import type { ReportRow, ReportRun } from './reportRun.ts';

export interface EvaluatedRunOptions {
  /** The detector's name. */
  readonly name: string;
  /** What is there and what was found, as `evaluate` returns it. */
  readonly images: readonly EvaluatedImage[];
  /** The first heads the report, and errors are judged by it. Those under which no object counts are left out. */
  readonly protocols: readonly [ReportProtocol, ...(readonly ReportProtocol[])];
  /** Pictures of the worst errors. Default none. */
  readonly pictures?: EvaluatedPictures;
  /** False positives an image at which errors are looked at. Default .1. */
  readonly fppi?: number;
  /** How it was made. */
  readonly settings?: readonly ReportRow[];
}

/** A protocol, and whose it is. */
export interface ReportProtocol extends Protocol {
  readonly benchmark?: string;
}

export interface EvaluatedPictures extends Omit<SheetOptions, 'score'> {
  /** Where the pixels are from, in the order of the images. */
  readonly samples: readonly { readonly id: string; readonly image: () => Promise<RgbImage> }[];
  /** Missed objects, the tallest first, and as many false detections, the best first. Default 24. */
  readonly count?: number;
}

/**
 * All that a report shows of a detector: miss rates under every protocol, errors, what they cost, how far scores are
 * probabilities where they are 0 to 1, and pictures.
 *
 * @throws RangeError where no object counts under the first protocol; for another number of samples than images, or scores and boxes that are not finite
 */
export async function evaluatedRun(options: EvaluatedRunOptions): Promise<ReportRun> {
  const { name, images, protocols, pictures, fppi = 0.1, settings = [] } = options;
  const [protocol] = protocols;
  const errors = errorAnalysis(images, protocol, { fppi });
  const own = imagesOfProtocol('evaluatedRun', images, protocol);
  const subsets = protocols.map((row) => ({
    ...(row.benchmark === undefined ? {} : { benchmark: row.benchmark }),
    name: row.name,
    result: anyCounts('evaluatedRun', images, row) ? missRate(images, row) : undefined,
  }));
  const scores = own.flatMap(({ detections }) => detections.map(({ score }) => score));
  const probable = scores.length > 0 && scores.every((score) => score >= 0 && score <= 1);
  return {
    name,
    subsets,
    errors,
    tide: tide(own),
    averagePrecision: averagePrecision(images, protocol).value,
    settings,
    ...(probable && subsets[0]?.result?.detections ? { calibration: calibration(images, protocol) } : {}),
    ...(pictures ? { gallery: await galleryOf(errors, own, { images, protocol, pictures }) } : {}),
  };
}

interface Source {
  readonly images: readonly EvaluatedImage[];
  readonly protocol: Protocol;
  readonly pictures: EvaluatedPictures;
}

function galleryOf(
  errors: ErrorAnalysis,
  own: readonly EvaluatedImage[],
  { images, protocol, pictures: { samples, count = 24, ...options } }: Source,
): Promise<ErrorTile[]> {
  if (samples.length !== images.length)
    throw new RangeError(
      `evaluatedRun: ${samples.length} samples for ${images.length} images; give the sample of each image`,
    );
  const heightOf = ({ image, object }: { readonly image: number; readonly object: number }) => {
    const [y1, , y2] = own[image]?.truths[object]?.box ?? [0, 0, 0, 0];
    return y2 - y1;
  };
  const misses = errors.misses.toSorted((a, b) => heightOf(b) - heightOf(a)).slice(0, count);
  const falses = errors.falses.slice(0, count);
  const places = [
    ...misses.map(({ kind, image, object }): ErrorPlace => ({ kind: 'missed', why: kind, image, index: object })),
    ...falses.map(({ kind, image, detection }): ErrorPlace => ({ kind: 'false', why: kind, image, index: detection })),
  ];
  const all = new Map(images.map((image, i) => [image, i])); // a protocol of some sets counts its own images
  const sheet = (place: number) => {
    const image = own[place];
    const sample = samples[(image && all.get(image)) ?? -1];
    if (image === undefined || sample === undefined) throw new RangeError(`evaluatedRun: there is no image ${place}`);
    return { ...image, id: sample.id, matches: matchImage(image, protocol), image: sample.image };
  };
  return errorTiles(places, sheet, { ...options, ...(errors.score === undefined ? {} : { score: errors.score }) });
}
