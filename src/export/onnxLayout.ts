/** How a map lies in memory. Values of other ranks than 4 have one order only, which counts as `NHWC`. */
export type Layout = 'NHWC' | 'NCHW';

/** `toPlanes[i]` is the axis of NHWC that is the i-th of NCHW. */
export const toPlanes = [0, 3, 1, 2] as const;
/** The way back. */
export const toPixels = [0, 2, 3, 1] as const;

/** The number of an axis of [b, h, w, c] in a layout. */
export const axisOf = (axis: number, layout: Layout): number =>
  layout === 'NCHW' ? toPlanes.indexOf(axis as 0) : axis;

/** Items by axis, given for [b, h, w, c], in the order of a layout. */
export const inLayout = <T>(items: readonly T[], layout: Layout): readonly T[] =>
  layout === 'NCHW' && items.length === 4 ? toPlanes.map((axis) => items[axis] as T) : items;

/** Whether numbers lie the same in both layouts: one channel, or one pixel. */
export const sameInBoth = ([, height, width, channels]: readonly number[]): boolean =>
  channels === 1 || (height === 1 && width === 1);
