import type { AnchorLevel } from './anchors.ts';

export interface BaselineAnchorOptions {
  /** Side of the square that has an anchor's area, a level each, pixels. Default the first three of `baselineSides`. */
  readonly sides?: readonly number[];
  /** Width over height. Default 1/2 and 1. */
  readonly ratios?: readonly number[];
  /** Factors on both sides of an anchor. Default 1, 2^(1/3) and 2^(2/3). */
  readonly scales?: readonly number[];
}

/** Of the pedestrian baseline's six levels, conv4 to conv10. Pixels of a 512 x 640 input. */
export const baselineSides = [40, 80, 160, 200, 280, 360] as const;

/**
 * The pedestrian baseline's anchors: every ratio at every scale, the scales of one ratio together.
 * At 512 x 640 there are 40,320 on three levels and 41,760 on six.
 *
 * @throws RangeError for a number that is not above 0
 * @see Hwang et al., SSDPed, model/ssd/net.py
 */
export function baselineAnchors({
  sides = baselineSides.slice(0, 3),
  ratios = [1 / 2, 1],
  scales = [1, 2 ** (1 / 3), 2 ** (2 / 3)],
}: BaselineAnchorOptions = {}): AnchorLevel[] {
  for (const [name, values] of Object.entries({ sides, ratios, scales }))
    if (values.length === 0 || !values.every((value) => value > 0))
      throw new RangeError(`baselineAnchors: ${name} are [${values}]; give at least one, each above 0`);
  return sides.map((side) => ({
    shapes: ratios.flatMap((ratio) => {
      const height = side / Math.sqrt(ratio);
      return scales.map((scale) => [height * scale, height * ratio * scale] as const);
    }),
  }));
}
