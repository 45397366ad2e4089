import type { Node } from '../trace/graph.ts';
import { numbersIn, pairsIn, sidesIn } from './attributes.ts';

type Sides = readonly [height: number, width: number];

/** How a window moves over a map, pixels. */
export interface Window {
  readonly kernel: Sides;
  readonly strides: Sides;
  readonly dilations: Sides;
  /** Rows and columns of padding. The last are as many as the last window reaches, whatever the rounding was. */
  readonly pads: { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };
}

/** The window of a convolution or a pool over a map of the size `from` that makes one of the size `to`. */
export function windowOf(node: Node, kernel: Sides, from: Sides, to: Sides): Window {
  const strides = sidesIn(node, 'strides', 1);
  const dilations = sidesIn(node, 'dilations', 1);
  const along = (axis: 0 | 1): readonly [before: number, after: number] => {
    const reach = (to[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
    const before = paddingBefore(node, axis, reach - from[axis]);
    return [before, Math.max(0, reach - from[axis] - before)];
  };
  const [[top, bottom], [left, right]] = [along(0), along(1)];
  return { kernel, strides, dilations, pads: { top, left, bottom, right } };
}

/** `missing` is how much further the windows reach than the map; `same` gives the smaller half before. */
function paddingBefore(node: Node, axis: 0 | 1, missing: number): number {
  const { pad } = node.attrs;
  if (pad === 'valid') return 0;
  if (pad === 'same') return Math.floor(Math.max(0, missing) / 2);
  if (typeof pad === 'number') return numbersIn(node, 'pad')?.[0] ?? 0;
  return pairsIn(node, 'pad')[axis + 1]?.[0] ?? 0; // [batch, rows, columns, channels]
}

/** Height and width of a map [b, h, w, c]. */
export const sidesOf = ({ shape: [, height = 0, width = 0] }: { readonly shape: readonly number[] }): Sides => [
  height,
  width,
];
