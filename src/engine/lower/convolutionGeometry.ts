import type { Node } from '../../trace/graph.ts';
import type { Geometry } from '../geometry.ts';

/** Sides [height, width] of an attribute that may be one number for both. */
function sides(attr: unknown, otherwise: number): readonly [number, number] {
  if (attr === undefined || attr === null) return [otherwise, otherwise];
  if (!Array.isArray(attr)) return [Number(attr), Number(attr)];
  return [Number(attr[0]), Number(attr[1] ?? attr[0])];
}

/** Pixels of padding before a side, by tfjs's `pad`. */
function padBefore(pad: unknown, axis: 0 | 1, from: number, to: number, kernel: number, stride: number): number {
  if (pad === 'same') return Math.max(0, (to - 1) * stride + kernel - from) >> 1;
  if (Array.isArray(pad)) return Number(pad[axis + 1]?.[0] ?? 0);
  return pad === 'valid' ? 0 : Number(pad);
}

/**
 * Where a convolution of x [b, h, w, in] to y [b, h', w', out] goes, by tfjs's attributes. That it undoes one is said by
 * swapping x and y.
 *
 * @throws RangeError for channels before pixels
 */
export function convolutionGeometry(
  { op, attrs }: Node,
  x: readonly number[],
  filter: readonly number[],
  y: readonly number[],
): Geometry {
  const { dataFormat = 'NHWC' } = attrs;
  if (dataFormat !== 'NHWC')
    throw new RangeError(`engine: ${op} has the data format ${dataFormat}; it must be NHWC, transpose the map first`);
  const [batch = 1, inHeight = 1, inWidth = 1, inChannels = 1] = x;
  const [, outHeight = 1, outWidth = 1, outChannels = 1] = y;
  const [kernelHeight = 1, kernelWidth = 1] = filter;
  const [strideHeight, strideWidth] = sides(attrs.strides, 1);
  const [dilationHeight, dilationWidth] = sides(attrs.dilations ?? attrs.dilation, 1);
  const reach = (kernel: number, dilation: number) => (kernel - 1) * dilation + 1;
  const [tall, broad] = [reach(kernelHeight, dilationHeight), reach(kernelWidth, dilationWidth)];
  const { pad, top, left } = attrs;
  return {
    batch,
    inHeight,
    inWidth,
    inChannels,
    outHeight,
    outWidth,
    outChannels,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    padTop: top === undefined ? padBefore(pad, 0, inHeight, outHeight, tall, strideHeight) : Number(top),
    padLeft: left === undefined ? padBefore(pad, 1, inWidth, outWidth, broad, strideWidth) : Number(left),
    dilationHeight,
    dilationWidth,
  };
}
