// Batch norm: (x - mean) * slope + offset by channel, and an activation, in one pass. Over stored statistics or the batch's own.
import { madd } from '../kernels/math';
import { finish } from './convolutionFinish';
import { address, number, share, word } from './words';

/** Pixels whose results wait in L1 for their activation. */
const CHUNK: i32 = 256;

/** Words: mean, variance, scale or 0, offset or 0, epsilon, to [3][groups][8] as means, slopes, offsets, channels. */
export function normVectors(p: usize, thread: i32, threads: i32): void {
  if (thread) return;
  const mean = address(p, 2), variance = address(p, 3), scale = address(p, 4), offset = address(p, 5);
  const epsilon = number(p, 6), to = address(p, 7), channels = word(p, 8);
  const row = <usize>((channels + 7) >> 3) << 5;
  memory.fill(to, 0, 3 * row);
  for (let c = 0; c < channels; c++) {
    const at = <usize>c << 2, by: f32 = scale ? load<f32>(scale + at) : 1;
    store<f32>(to + at, load<f32>(mean + at));
    store<f32>(to + row + at, by / sqrt<f32>(load<f32>(variance + at) + epsilon));
    store<f32>(to + 2 * row + at, offset ? load<f32>(offset + at) : 0);
  }
}

/** Pixels of one group. */
function normalise(x: usize, mean: usize, slope: usize, offset: usize, y: usize, pixels: i32, kind: i32): void {
  const m0 = v128.load(mean), m1 = v128.load(mean, 16), s0 = v128.load(slope), s1 = v128.load(slope, 16);
  const o0 = v128.load(offset), o1 = v128.load(offset, 16);
  for (; pixels > 0; pixels -= CHUNK) {
    const n = min(CHUNK, pixels), start = y;
    for (let i = n; i > 0; i--) {
      const y0 = madd(f32x4.sub(v128.load(x), m0), s0, o0), y1 = madd(f32x4.sub(v128.load(x, 16), m1), s1, o1);
      v128.store(y, y0);
      v128.store(y, y1, 16);
      x += 32;
      y += 32;
    }
    finish(kind, 0, start, 0, 0, start, 0, n, 1);
  }
}

/** Words: x, vectors, y, pixels of all images, groups, activation. */
export function norm(p: usize, thread: i32, threads: i32): void {
  const pixels = word(p, 5), groups = word(p, 6), row = <usize>groups << 5;
  const end = share(groups * pixels, thread + 1, threads);
  for (let i = share(groups * pixels, thread, threads); i < end; ) {
    const g = i / pixels, n = min(end - i, (g + 1) * pixels - i), v = address(p, 3) + (<usize>g << 5), at = <usize>i << 5;
    normalise(address(p, 2) + at, v, v + row, v + 2 * row, address(p, 4) + at, n, word(p, 7));
    i += n;
  }
}

/** Pixels that are summed before their sum goes to that of all. */
const RUN: i32 = 64;

/**
 * Mean and biased variance of one group: sums of x - shift and of its square, the shift being the first pixel, in runs; so a
 * mean far from zero costs no digits.
 */
function statistics(x: usize, pixels: i32, mean: usize, variance: usize): void {
  const h0 = v128.load(x), h1 = v128.load(x, 16), zero = f32x4.splat(0), by = f32x4.splat(<f32>1 / <f32>pixels);
  let s0 = zero, s1 = zero, q0 = zero, q1 = zero;
  for (let left = pixels; left > 0; left -= RUN) {
    let a0 = zero, a1 = zero, b0 = zero, b1 = zero;
    for (let n = min(RUN, left); n > 0; n--) {
      const d0 = f32x4.sub(v128.load(x), h0), d1 = f32x4.sub(v128.load(x, 16), h1);
      a0 = f32x4.add(a0, d0);
      a1 = f32x4.add(a1, d1);
      b0 = madd(d0, d0, b0);
      b1 = madd(d1, d1, b1);
      x += 32;
    }
    s0 = f32x4.add(s0, a0);
    s1 = f32x4.add(s1, a1);
    q0 = f32x4.add(q0, b0);
    q1 = f32x4.add(q1, b1);
  }
  s0 = f32x4.mul(s0, by);
  s1 = f32x4.mul(s1, by);
  v128.store(mean, f32x4.add(h0, s0));
  v128.store(mean, f32x4.add(h1, s1), 16);
  // Rounding may leave a constant channel a hair below 0; NaN stays.
  v128.store(variance, f32x4.pmax(f32x4.sub(f32x4.mul(q0, by), f32x4.mul(s0, s0)), zero));
  v128.store(variance, f32x4.pmax(f32x4.sub(f32x4.mul(q1, by), f32x4.mul(s1, s1)), zero), 16);
}

/** slope = scale / sqrt(variance + epsilon). */
function slopes(variance: usize, scale: usize, epsilon: f32, to: usize): void {
  const e = f32x4.splat(epsilon);
  v128.store(to, f32x4.div(v128.load(scale), f32x4.sqrt(f32x4.add(v128.load(variance), e))));
  v128.store(to, f32x4.div(v128.load(scale, 16), f32x4.sqrt(f32x4.add(v128.load(variance, 16), e))), 16);
}

/**
 * Words: x, scale and offset up to whole groups, y, means [channels], variances [channels], epsilon, pixels of all images,
 * channels, activation, scratch of 96 bytes, 96.
 */
export function normTraining(p: usize, thread: i32, threads: i32): void {
  const pixels = word(p, 9), channels = word(p, 10), groups = (channels + 7) >> 3;
  const own = address(p, 12) + <usize>thread * 96;
  const end = share(groups, thread + 1, threads);
  for (let g = share(groups, thread, threads); g < end; g++) {
    const at = <usize>(g * pixels) << 5, lane = <usize>g << 5, bytes = <usize>min(8, channels - (g << 3)) << 2;
    statistics(address(p, 2) + at, pixels, own, own + 32);
    memory.copy(address(p, 6) + lane, own, bytes);
    memory.copy(address(p, 7) + lane, own + 32, bytes);
    slopes(own + 32, address(p, 3) + lane, number(p, 8), own + 64);
    normalise(address(p, 2) + at, own, own + 64, address(p, 4) + lane, address(p, 5) + at, pixels, word(p, 11));
  }
}
