import type { Tensor } from '@tensorflow/tfjs-core';
import type { RgbImage } from '../data/image.ts';
import { toBytes } from '../data/resize.ts';

/**
 * The images of a tensor, [h, w, 3] or [b, h, w, 3] in 0-255, rounded to bytes. The tensor stays the caller's.
 *
 * @throws TypeError for a tensor of another dtype or a disposed one; RangeError for another shape, or for numbers that are
 * not in 0-255
 */
export async function tensorImages(where: string, tensor: Tensor): Promise<RgbImage[]> {
  const { shape, dtype } = tensor;
  if (tensor.isDisposed) throw new TypeError(`${where}: the tensor [${shape}] is disposed`);
  if (dtype !== 'float32' && dtype !== 'int32')
    throw new TypeError(`${where}: the tensor's dtype is ${dtype}; pixels are float32 or int32, 0-255`);
  const [height = 0, width = 0, channels] = shape.slice(-3);
  if (!(shape.length === 3 || shape.length === 4) || channels !== 3 || height * width === 0)
    throw new RangeError(
      `${where}: the tensor is [${shape.join(', ')}]; an image is [height, width, 3], a batch [b, height, width, 3]` +
        (remedies[shape.length === 3 || shape.length === 4 ? `${channels}` : ''] ?? ''),
    );
  const values = await tensor.data<'float32' | 'int32'>();
  checkRange(where, values, dtype);
  const length = 3 * height * width;
  return Array.from({ length: values.length / length }, (_, i) => ({
    height,
    width,
    data: toBytes(Float32Array.from(values.subarray(i * length, (i + 1) * length))),
  }));
}

const remedies: { readonly [channels: string]: string } = {
  1: '; of grey make three channels: image.tile([1, 1, 3])',
  4: '; leave the alpha channel out: image.slice([0, 0, 0], [-1, -1, 3])',
};

function checkRange(where: string, values: Float32Array | Int32Array, dtype: string): void {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (Number.isNaN(value)) throw new RangeError(`${where}: the tensor has a NaN; pixels are 0-255`);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low < 0 || high > 255)
    throw new RangeError(
      `${where}: the tensor's numbers are from ${low} to ${high}; pixels are 0-255, not standardized`,
    );
  if (dtype === 'float32' && high > 0 && high <= 1)
    throw new RangeError(`${where}: the tensor's largest number is ${high}; pixels are 0-255: multiply it by 255`);
}
