import type { RgbImage } from './image.ts';

/**
 * How pixels of another size are made, centres of pixels at their halves:
 * - `nearest`: the pixel under the centre.
 * - `bilinear`: between the four centres around it, whatever lies between; cheap, and it skips pixels below half size.
 * - `antialias`: as bilinear, with its triangle widened by the scale when the image shrinks, as in PIL and torchvision.
 * - `area`: the mean of what the pixel covers.
 */
export type Resampling = 'nearest' | 'bilinear' | 'antialias' | 'area';

/** For each pixel of a line, the run of source pixels it is made of and their weights, which sum to 1. */
export interface Taps {
  /** Source pixels for each output pixel. */
  readonly count: number;
  /** The first of them, by output pixel. */
  readonly first: Int32Array;
  /** `count` for each output pixel. */
  readonly weights: Float32Array;
}

/**
 * Taps of the output pixels [from, to) along an axis on which source point p lies at p * scale + offset. A negative
 * scale mirrors.
 *
 * @see Pillow's resize: the filter is centred on the output pixel, cut at the edge of the image and normalised
 */
export function tapsOf(
  method: Resampling,
  { length, from, to, scale, offset }: { length: number; from: number; to: number; scale: number; offset: number },
): Taps {
  const shrink = 1 / Math.abs(scale);
  const reach = { nearest: 0, bilinear: 1, antialias: Math.max(1, shrink), area: shrink / 2 }[method];
  const half = method === 'area' ? 0 : 0.5; // a triangle weighs centres of pixels, an area their edges
  const centre = (i: number) => (i + 0.5 - offset) / scale;
  const under = (c: number) => Math.min(length - 1, Math.max(0, Math.floor(c)));
  const run = (c: number): [number, number] => {
    const low = Math.max(0, Math.floor(c - reach + half));
    const high = Math.min(length, Math.ceil(c + reach - half));
    return reach > 0 && high > low ? [low, high] : [under(c), under(c) + 1];
  };
  const weigh = (pixel: number, c: number) =>
    method === 'area'
      ? Math.min(pixel + 1, c + reach) - Math.max(pixel, c - reach)
      : Math.max(0, 1 - Math.abs(pixel + 0.5 - c) / reach);

  let count = 1;
  for (let i = from; i < to; i++) {
    const [low, high] = run(centre(i));
    count = Math.max(count, high - low);
  }
  const first = new Int32Array(to - from);
  const weights = new Float32Array((to - from) * count);
  for (let i = from; i < to; i++) {
    const c = centre(i);
    const [low, high] = run(c);
    const start = Math.min(low, length - count); // so that no run ends behind the image
    const base = (i - from) * count - start;
    let sum = 0;
    for (let pixel = low; pixel < high; pixel++) sum += weigh(pixel, c);
    for (let pixel = low; pixel < high; pixel++) weights[base + pixel] = high - low === 1 ? 1 : weigh(pixel, c) / sum;
    first[i - from] = start;
  }
  return { count, first, weights };
}

/** One line of the source at the columns of the output. */
function acrossRow(data: Uint8Array, start: number, { count, first, weights }: Taps, into: Float32Array): void {
  for (let x = 0, t = 0, to = 0; x < first.length; x++, to += 3) {
    let from = start + 3 * (first[x] ?? 0);
    let [r, g, b] = [0, 0, 0];
    for (let k = 0; k < count; k++, t++, from += 3) {
      const w = weights[t] ?? 0;
      r += w * (data[from] ?? 0);
      g += w * (data[from + 1] ?? 0);
      b += w * (data[from + 2] ?? 0);
    }
    into[to] = r;
    into[to + 1] = g;
    into[to + 2] = b;
  }
}

/** The same for two taps, as `bilinear` has, in half the time. */
function acrossRowByTwo(data: Uint8Array, start: number, { first, weights }: Taps, into: Float32Array): void {
  for (let x = 0, to = 0; x < first.length; x++, to += 3) {
    const from = start + 3 * (first[x] ?? 0);
    const [v, w] = [weights[2 * x] ?? 0, weights[2 * x + 1] ?? 0];
    into[to] = v * (data[from] ?? 0) + w * (data[from + 3] ?? 0);
    into[to + 1] = v * (data[from + 1] ?? 0) + w * (data[from + 4] ?? 0);
    into[to + 2] = v * (data[from + 2] ?? 0) + w * (data[from + 5] ?? 0);
  }
}

/**
 * Samples an image at the taps of columns and rows, one axis after the other, each source line once.
 * Writes `rows` lines of `3 * columns` numbers, 0-255, from `start` on, `stride` numbers apart.
 */
export function resample(
  { data, width }: RgbImage,
  { rows, columns }: { rows: Taps; columns: Taps },
  into: Float32Array,
  { start, stride }: { start: number; stride: number },
): void {
  const length = 3 * columns.first.length;
  const lines = Array.from({ length: rows.count }, () => new Float32Array(length));
  const across = columns.count === 2 ? acrossRowByTwo : acrossRow;
  const held = new Int32Array(rows.count).fill(-1); // which source line each of them holds
  for (let y = 0; y < rows.first.length; y++) {
    const target = into.subarray(start + y * stride, start + y * stride + length);
    target.fill(0);
    for (let k = 0; k < rows.count; k++) {
      const weight = rows.weights[y * rows.count + k] ?? 0;
      if (weight === 0) continue;
      const row = (rows.first[y] ?? 0) + k;
      const slot = row % rows.count;
      const line = lines[slot];
      if (line === undefined) continue;
      if (held[slot] !== row) across(data, 3 * width * row, columns, line);
      held[slot] = row;
      for (let i = 0; i < length; i++) target[i] = (target[i] ?? 0) + weight * (line[i] ?? 0);
    }
  }
}
