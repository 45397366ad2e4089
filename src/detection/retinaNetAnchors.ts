import type { AnchorLevel } from './anchors.ts';

export interface RetinaNetAnchorOptions {
  /** Sides of the square that has an anchor's area, a list a level, pixels of the input. Default `retinaNetSides` of P3 to P7. */
  readonly sides?: readonly (readonly number[])[];
  /** Height over width. Default 1/2, 1 and 2. */
  readonly ratios?: readonly number[];
}

/** A side, a third of an octave more and two thirds more, in whole pixels, rounded down. @see torchvision, retinanet.py, _default_anchorgen */
const thirds = (side: number): readonly number[] => [side, side * 2 ** (1 / 3), side * 2 ** (2 / 3)].map(Math.floor);

/** Of P3 to P7, pixels. */
export const retinaNetSides: readonly (readonly number[])[] = [32, 64, 128, 256, 512].map(thirds);

/**
 * RetinaNet's anchors as torchvision has them: every side at every ratio, the sides of one ratio together, halves of sides
 * rounded to whole pixels, around the upper left corner of each cell.
 *
 * @throws RangeError for a number that is not above 0
 * @see Lin et al., Focal loss, 2017, section 4; torchvision, anchor_utils.py, AnchorGenerator
 */
export function retinaNetAnchors({
  sides = retinaNetSides,
  ratios = [0.5, 1, 2],
}: RetinaNetAnchorOptions = {}): AnchorLevel[] {
  const lists: readonly (readonly [string, readonly number[]])[] = [
    ['ratios', ratios],
    ...sides.map((level, l) => [`sides of level ${l}`, level] as const),
  ];
  for (const [name, values] of lists)
    if (values.length === 0 || !values.every((value) => value > 0))
      throw new RangeError(`retinaNetAnchors: ${name} are [${values}]; give at least one, each above 0`);
  return sides.map((level) => ({
    grid: 'corners',
    shapes: ratios.flatMap((ratio) => {
      const tall = Math.sqrt(ratio);
      return level.map((side) => [2 * toWhole((side * tall) / 2), 2 * toWhole(side / tall / 2)] as const);
    }),
  }));
}

/** The nearest whole number, of two the even one. */
function toWhole(x: number): number {
  const below = Math.floor(x);
  return x - below === 0.5 ? below + (below % 2) : Math.round(x);
}
