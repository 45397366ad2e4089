import { backend_util, conv2dTranspose, type Tensor4D } from '@tensorflow/tfjs-core';

export interface ConvTransposeOptions {
  /** Pixels of the result from one pixel of the map to the next. */
  readonly stride: number;
  /** Height and width of the result, pixels. */
  readonly outputSize: readonly [height: number, width: number];
  /** Padding of the convolution that it undoes; a number is pixels on each side. Default `same`. */
  readonly padding?: 'same' | 'valid' | number;
}

/**
 * Transposed convolution: what a convolution of the result with this filter would make of its gradient.
 * [b, h, w, in], [k, k, out, in] -> [b, h', w', out].
 *
 * @throws RangeError where a convolution of the result's size would not make a map of x's
 * @see Dumoulin and Visin, A guide to convolution arithmetic, 2016, chapter 4
 */
export function convTranspose(
  x: Tensor4D,
  filter: Tensor4D,
  { stride, outputSize: [height, width], padding = 'same' }: ConvTransposeOptions,
): Tensor4D {
  const [batch, h, w, inputs] = x.shape;
  const shape: [number, number, number, number] = [batch, height, width, filter.shape[2]];
  if (inputs !== filter.shape[3])
    throw new RangeError(`convTranspose: x is [${x.shape}] and filter [${filter.shape}]; the last axes must agree`);
  const { outHeight, outWidth } = backend_util.computeConv2DInfo(shape, filter.shape, stride, 1, padding);
  if (outHeight !== h || outWidth !== w)
    throw new RangeError(
      `convTranspose: ${height}x${width} with stride ${stride}, kernel ${filter.shape[0]} and padding ${padding} convolves to ` +
        `${outHeight}x${outWidth} but x is ${h}x${w}; choose another outputSize or padding`,
    );
  return conv2dTranspose(x, filter, shape, stride, padding);
}
