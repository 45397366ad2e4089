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

  const radius = weights.length - 1;
  const line = new Float32Array(length + 6 * radius); // with what its mirror images add on both sides
  const down = line.subarray(3 * radius, 3 * radius + length);
  for (let y = 0; y < height; y++) {
    weigh(weights, down, (k) => [source, mirrorIndex(y + k, height) * length]);
    for (let k = 1; k <= radius; k++) {
      copyPixel(down, mirrorIndex(-k, length / 3), line, radius - k);
      copyPixel(down, mirrorIndex(length / 3 - 1 + k, length / 3), line, radius + length / 3 - 1 + k);
    }
    const at = origin + y * stride;
    weigh(weights, pixels.subarray(at, at + length), (k) => [line, 3 * (radius + k)]);
  }
}

/** Fills a line with the weighted sum of those that lie so many pixels from it, on both sides. */
function weigh(
  weights: Float32Array,
  into: Float32Array,
  lineAt: (away: number) => readonly [of: Float32Array, from: number],
): void {
  const [of, from] = lineAt(0);
  const middle = weights[0] ?? 1;
  for (let i = 0; i < into.length; i++) into[i] = middle * (of[from + i] ?? 0);
  for (let k = 1; k < weights.length; k++) {
    const weight = weights[k] ?? 0;
    const [[, before], [, after]] = [lineAt(-k), lineAt(k)];
    for (let i = 0; i < into.length; i++)
      into[i] = (into[i] ?? 0) + weight * ((of[before + i] ?? 0) + (of[after + i] ?? 0));
  }
}

function copyPixel(from: Float32Array, x: number, into: Float32Array, at: number): void {
  for (let channel = 0; channel < 3; channel++) into[3 * at + channel] = from[3 * x + channel] ?? 0;
}

/** The index that a mirror at both ends shows; its edge is not doubled. */
function mirrorIndex(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const at = ((index % period) + period) % period;
  return at < length ? at : period - at;
}
