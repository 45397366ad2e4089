import { type Level, rank } from '../core/levels.ts';
import type { AnchorLevel } from './anchors.ts';

export interface EfficientDetAnchorOptions {
  /** Pixels. */
  readonly inputSize: readonly [height: number, width: number];
  /** Of the head, finest first. P3 is the input halved three times, each time rounded up. */
  readonly levels: readonly Level[];
  /** Side of the first square, cells of its level. Default 4. */
  readonly scale?: number;
  /** Sizes between a level and the next. Default 3. */
  readonly octaves?: number;
  /** Factors on the sides of the square. Default `efficientDetRatios`. */
  readonly ratios?: readonly (readonly [height: number, width: number])[];
}

/** Square, lying, upright: w/h of 1, 2 and 1/2, rounded so. @see automl/efficientdet, hparams_config.py, aspect_ratios */
export const efficientDetRatios = [
  [1, 1],
  [0.7, 1.4],
  [1.4, 0.7],
] as const;

/**
 * EfficientDet's anchors. Of a cell: each ratio at the first size, then at 2^(1 / octaves) of it, and so on. Strides are the
 * input's sides over those of the map, so that a level of a side that does not halve evenly has cells of a fraction of a pixel more.
 *
 * @throws RangeError for numbers that cannot be
 * @see automl/efficientdet, anchors.py
 */
export function efficientDetAnchors(options: EfficientDetAnchorOptions): AnchorLevel[] {
  const { inputSize, levels, scale = 4, octaves = 3, ratios = efficientDetRatios } = options;
  for (const side of inputSize)
    if (!(Number.isInteger(side) && side >= 1))
      throw new RangeError(`efficientDetAnchors: inputSize is [${inputSize}]; give whole numbers of pixels`);
  if (!(scale > 0 && Number.isFinite(scale)))
    throw new RangeError(`efficientDetAnchors: scale is ${scale}; it must be above 0`);
  if (!(Number.isInteger(octaves) && octaves >= 1))
    throw new RangeError(`efficientDetAnchors: octaves is ${octaves}; it must be a whole number of at least 1`);
  if (ratios.length === 0 || !ratios.flat().every((factor) => factor > 0 && Number.isFinite(factor)))
    throw new RangeError(`efficientDetAnchors: ratios are [${ratios.join('], [')}]; give at least one, all above 0`);

  return levels.map((level) => {
    const stride = (side: number) => side / halved(side, rank(level));
    const [strideY, strideX] = [stride(inputSize[0]), stride(inputSize[1])];
    const sizes = Array.from({ length: octaves }, (_, j) => scale * 2 ** (j / octaves)); // in cells
    return {
      shapes: sizes.flatMap((size) => ratios.map(([h, w]) => [size * strideY * h, size * strideX * w] as const)),
      step: [strideY, strideX],
    };
  });
}

/** So often, rounded up each time. */
const halved = (side: number, times: number): number => (times === 0 ? side : halved(Math.ceil(side / 2), times - 1));
