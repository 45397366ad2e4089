import type { Plane, Region } from './augmentColour.ts';

/** Deviations that a kernel reaches to either side; the rest weighs under .3 %. */
const reach = 3;

/** Half of a Gaussian's weights, from its middle outwards; all of them sum to 1. */
export function gaussian(sigma: number): Float32Array {
  const radius = Math.ceil(reach * sigma);
  const half = Float32Array.from({ length: radius + 1 }, (_, i) => Math.exp(-(i * i) / (2 * sigma * sigma)));
  const sum = half.reduce((a, b) => a + b) * 2 - 1;
  return half.map((weight) => weight / sum);
}

/**
 * Blurs the pixels of a region in place, one axis after the other; beyond its edge it goes on as its mirror image.
 *
 * @see torchvision's gaussian_blur: reflected without the edge
 */
export function blur(pixels: Float32Array, { start, stride }: Plane, region: Region, sigma: number): void {
  const [height, length] = [region.bottom - region.top, 3 * (region.right - region.left)];
  if (!(sigma > 0.2) || height <= 0 || length <= 0) return; // a neighbour weighs under 4e-6 of it
  const weights = gaussian(sigma);
  const origin = start + region.top * stride + 3 * region.left;
  const source = new Float32Array(height * length);
  for (let y = 0; y < height; y++)
    source.set(pixels.subarray(origin + y * stride, origin + y * stride + length), y * length);

  const down = new Float32Array(length);
  const columns = across(length / 3, weights.length - 1);
  for (let y = 0; y < height; y++) {
    const middle = weights[0] ?? 1;
    for (let i = 0, at = y * length; i < length; i++, at++) down[i] = middle * (source[at] ?? 0);
    for (let k = 1; k < weights.length; k++) {
      const weight = weights[k] ?? 0;
      let above = mirrorIndex(y - k, height) * length;
      let below = mirrorIndex(y + k, height) * length;
      for (let i = 0; i < length; i++, above++, below++)
        down[i] = (down[i] ?? 0) + weight * ((source[above] ?? 0) + (source[below] ?? 0));
    }
    alongRow(down, weights, columns, pixels, origin + y * stride);
  }
}

/** Where the columns of a line are found, with those that its mirror images add on both sides. First numbers of pixels. */
function across(width: number, radius: number): Int32Array {
  return Int32Array.from({ length: width + 2 * radius }, (_, i) => 3 * mirrorIndex(i - radius, width));
}

function alongRow(
  line: Float32Array,
  weights: Float32Array,
  columns: Int32Array,
  into: Float32Array,
  at: number,
): void {
  const radius = weights.length - 1;
  const middle = weights[0] ?? 1;
  for (let x = 0, to = at; x < columns.length - 2 * radius; x++, to += 3) {
    let [r, g, b] = [middle * (line[3 * x] ?? 0), middle * (line[3 * x + 1] ?? 0), middle * (line[3 * x + 2] ?? 0)];
    for (let k = 1; k <= radius; k++) {
      const weight = weights[k] ?? 0;
      const left = columns[x + radius - k] ?? 0;
      const right = columns[x + radius + k] ?? 0;
      r += weight * ((line[left] ?? 0) + (line[right] ?? 0));
      g += weight * ((line[left + 1] ?? 0) + (line[right + 1] ?? 0));
      b += weight * ((line[left + 2] ?? 0) + (line[right + 2] ?? 0));
    }
    into[to] = r;
    into[to + 1] = g;
    into[to + 2] = b;
  }
}

/** The index that a mirror at both ends shows; its edge is not doubled. */
function mirrorIndex(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const at = ((index % period) + period) % period;
  return at < length ? at : period - at;
}
