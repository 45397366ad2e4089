import type { AnchorLevel } from './anchors.ts';

export interface SsdAnchorOptions {
  /** Pixels. */
  readonly inputSize: readonly [height: number, width: number];
  /** Size of the square anchor of each level as a part of the input's sides, and one more for after the last. */
  readonly scales: readonly number[];
  /** Long side over short of the other anchors, above 1; each stands for two, lying and upright. A list a level. */
  readonly ratios: readonly (readonly number[])[];
  /** From cell to cell, pixels, a level each. Default the input's size over the map's. */
  readonly steps?: readonly number[];
  /** Whether an anchor may be larger than the input; its place is never cut. Default `input`. */
  readonly largest?: 'input' | 'any';
}

/**
 * SSD's default boxes. Of a cell: the square of this level's scale, the square between this and the next, then lying and
 * upright for each ratio. Sizes follow the input's sides, so that a wide input has wide squares, as in torchvision.
 *
 * @throws RangeError for lists that do not go together
 * @see Liu et al., SSD, 2016, section 2.2
 */
export function ssdAnchors({ inputSize, scales, ratios, steps, largest = 'input' }: SsdAnchorOptions): AnchorLevel[] {
  if (scales.length !== ratios.length + 1)
    throw new RangeError(
      `ssdAnchors: ${scales.length} scales and ratios of ${ratios.length} levels; give a scale a level and one more`,
    );
  if (steps !== undefined && steps.length !== ratios.length)
    throw new RangeError(`ssdAnchors: ${steps.length} steps for ${ratios.length} levels; give one a level`);
  const most = largest === 'input' ? 1 : Number.POSITIVE_INFINITY;
  const shape = (height: number, width: number) =>
    [inputSize[0] * Math.min(height, most), inputSize[1] * Math.min(width, most)] as const;

  return ratios.map((level, l) => {
    const [scale = 0, next = 0] = scales.slice(l, l + 2);
    const between = Math.sqrt(scale * next);
    const oblong = (ratio: number) => {
      const [long, short] = [scale * Math.sqrt(ratio), scale / Math.sqrt(ratio)];
      return [shape(short, long), shape(long, short)];
    };
    const shapes = [shape(scale, scale), shape(between, between), ...level.flatMap(oblong)];
    const step = steps?.[l];
    return step === undefined ? { shapes } : { shapes, step: [step, step] };
  });
}

/** The paper's scales: evenly from the smallest to the largest, then 1. @see Liu et al., SSD, 2016, equation 4 */
export function evenScales(levels: number, { smallest = 0.2, largest = 0.95 } = {}): number[] {
  if (!(Number.isInteger(levels) && levels >= 2))
    throw new RangeError(`evenScales: levels is ${levels}; it must be a whole number of at least 2`);
  const scale = (_: unknown, l: number) => smallest + ((largest - smallest) * l) / (levels - 1);
  return [...Array.from({ length: levels }, scale), 1];
}

// Sizes in pixels, as they are trained: Liu et al., caffe/ssd, examples/ssd; mmdetection, SSDAnchorGenerator.
const rows = {
  300: {
    coco: [21, 45, 99, 153, 207, 261, 315],
    voc: [30, 60, 111, 162, 213, 264, 315],
    ratios: [[2], [2, 3], [2, 3], [2, 3], [2], [2]],
    steps: [8, 16, 32, 64, 100, 300],
  },
  512: {
    coco: [20, 51, 133, 215, 296, 378, 460, 542],
    voc: [35, 76, 153, 230, 307, 384, 460, 537],
    ratios: [[2], [2, 3], [2, 3], [2, 3], [2, 3], [2], [2]],
    steps: [8, 16, 32, 64, 128, 256, 512],
  },
} as const;

export interface SsdSizesOptions {
  /** Whose objects the sizes are made for: COCO's, which are smaller too, or VOC's. */
  readonly data: 'coco' | 'voc';
  /** As in `ssdAnchors`: `input` in torchvision, `any` in the paper's code. Default `input`. */
  readonly largest?: 'input' | 'any';
}

/** 8,732 on maps of 38, 19, 10, 5, 3 and 1 cells to a side. */
export const ssd300Anchors = (options: SsdSizesOptions): AnchorLevel[] => published(300, options);

/** 24,564 on maps of 64, 32, 16, 8, 4, 2 and 1 cells to a side. */
export const ssd512Anchors = (options: SsdSizesOptions): AnchorLevel[] => published(512, options);

function published(side: 300 | 512, { data, largest = 'input' }: SsdSizesOptions): AnchorLevel[] {
  const { ratios, steps, ...sizes } = rows[side];
  return ssdAnchors({
    inputSize: [side, side],
    scales: sizes[data].map((size) => size / side),
    ratios,
    steps,
    largest,
  });
}
