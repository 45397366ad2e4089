import type { Box } from '../core/annotation.ts';
import type { AnchorLevel, AnchorOptions } from '../detection/anchors.ts';
import { type AnchorClusters, anchorClusters } from './anchorClusters.ts';
import { bestAnchors, type Shape, stepOf } from './anchorStudyBest.ts';
import { checkAnchors, type InputBoxOptions, inputBoxes, type StudiedImage, shapeOf } from './anchorStudyInput.ts';
import { suggestLevels } from './anchorStudySuggest.ts';

export interface AnchorStudyOptions extends InputBoxOptions {
  /** Overlaps at which boxes count as reached. Default .3, .4, ... .7. */
  readonly thresholds?: readonly number[];
  /** Shapes that are sought among the boxes. Default as many as the anchors have. */
  readonly clusters?: number;
  /** Width over height of `pedestrian`. Default .41. */
  readonly aspect?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** The share of boxes that some anchor overlaps so much. */
export interface AnchorRecall {
  readonly threshold: number;
  readonly value: number;
}

export interface AnchorCoverage {
  /** The mean over boxes of the best anchor's overlap. */
  readonly meanIou: number;
  readonly recall: readonly AnchorRecall[];
}

/** How far anchors reach the boxes of a data set, before any training. Plain data; pixels of the input. */
export interface AnchorStudy extends AnchorCoverage {
  readonly boxes: number;
  readonly anchors: number;
  /** Boxes by their best anchor's overlap, in 20 bins. */
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly boxes: number }[];
  /** What each level reaches alone, and of how many boxes it has the best anchor. */
  readonly levels: readonly (AnchorCoverage & { readonly step: Shape; readonly best: number })[];
  /** By the boxes' heights, in octaves: 8 to 16, 16 to 32 ... */
  readonly heights: readonly (AnchorCoverage & {
    readonly from: number;
    readonly to: number;
    readonly boxes: number;
  })[];
  /** Width over height of the boxes: quartiles, and the share that is within .1 of the aspect asked for. */
  readonly aspects: {
    readonly quartiles: readonly [number, number, number];
    readonly near: number;
    readonly aspect: number;
  };
  /** Shapes that stand for the boxes' shapes: any, and those of the one aspect. */
  readonly clusters: AnchorClusters;
  readonly pedestrian: AnchorClusters;
  /** Shapes for the same levels, as many to each as now, and what they would reach. */
  readonly suggested: AnchorCoverage & { readonly levels: readonly AnchorLevel[] };
}

/**
 * Compares anchors with the boxes of a data set.
 *
 * @throws RangeError for no boxes that count, anchors that cannot be, or numbers that cannot be
 */
export function anchorStudy(
  data: readonly StudiedImage[],
  anchors: AnchorOptions,
  options: AnchorStudyOptions = {},
): AnchorStudy {
  const { thresholds = [0.3, 0.4, 0.5, 0.6, 0.7], aspect = 0.41, seed = 0 } = options;
  checkAnchors(anchors);
  if (!thresholds.every((threshold) => threshold > 0 && threshold <= 1))
    throw new RangeError(`anchorStudy: thresholds are [${thresholds.join(', ')}]; they must be above 0 and at most 1`);
  const boxes = inputBoxes(data, anchors.inputSize, options);
  const shapes = boxes.map(shapeOf);
  const count = Math.min(options.clusters ?? anchors.levels.flatMap((level) => level.shapes).length, boxes.length);
  const best = bestAnchors(boxes, anchors);
  const levels = suggestLevels(shapes, anchors, seed);
  const at = (values: Float64Array) => coverage(values, thresholds);
  return {
    boxes: boxes.length,
    anchors: anchors.levels.reduce((sum, { shapes: own }, l) => sum + own.length * cellsOf(anchors, l), 0),
    ...at(best.overlaps),
    histogram: histogram(best.overlaps),
    levels: best.byLevel.map((values, l) => ({
      step: stepOf(anchors, l),
      best: best.levels.reduce((sum, level) => (level === l ? sum + 1 : sum), 0),
      ...at(values),
    })),
    heights: octaves(boxes).map(({ from, to, places }) => ({
      from,
      to,
      boxes: places.length,
      ...at(Float64Array.from(places, (i) => best.overlaps[i] ?? 0)),
    })),
    aspects: aspectsOf(shapes, aspect),
    clusters: anchorClusters(shapes, { count, seed }),
    pedestrian: anchorClusters(shapes, { count, seed, aspect }),
    suggested: { levels, ...at(bestAnchors(boxes, { ...anchors, levels }).overlaps) },
  };
}

const cellsOf = ({ maps }: AnchorOptions, level: number) => (maps[level]?.height ?? 0) * (maps[level]?.width ?? 0);

function coverage(overlaps: Float64Array, thresholds: readonly number[]): AnchorCoverage {
  const mean = overlaps.reduce((a, b) => a + b, 0) / overlaps.length;
  const reached = (threshold: number) => overlaps.reduce((sum, value) => (value >= threshold ? sum + 1 : sum), 0);
  return {
    meanIou: mean,
    recall: thresholds.map((threshold) => ({ threshold, value: reached(threshold) / overlaps.length })),
  };
}

function histogram(overlaps: Float64Array) {
  const bins = Array.from({ length: 20 }, (_, i) => ({ from: i / 20, to: (i + 1) / 20, boxes: 0 }));
  for (const overlap of overlaps) {
    const bin = bins[Math.min(19, Math.floor(overlap * 20))];
    if (bin) bin.boxes++;
  }
  return bins;
}

/** Boxes by the power of two of their height; those without any left out. */
function octaves(boxes: readonly Box[]) {
  const places = new Map<number, number[]>();
  for (const [i, box] of boxes.entries()) {
    const power = Math.floor(Math.log2(shapeOf(box)[0]));
    const list = places.get(power);
    if (list) list.push(i);
    else places.set(power, [i]);
  }
  return [...places]
    .toSorted(([a], [b]) => a - b)
    .map(([power, list]) => ({ from: 2 ** power, to: 2 ** (power + 1), places: list }));
}

function aspectsOf(shapes: readonly Shape[], aspect: number): AnchorStudy['aspects'] {
  const values = shapes.map(([height, width]) => width / height).toSorted((a, b) => a - b);
  const quantile = (share: number) => values[Math.round(share * (values.length - 1))] ?? 0;
  return {
    quartiles: [quantile(0.25), quantile(0.5), quantile(0.75)],
    near: values.filter((value) => Math.abs(value - aspect) <= 0.1).length / values.length,
    aspect,
  };
}
