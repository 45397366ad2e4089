// Gradients of what weighs, sums and resizes blocked maps.
import { madd } from '../kernels/math';
import { swishSlope } from './gradientMath';
import { address, number, share, word } from './words';

/** Words: x, dy, dx, groups of 8 numbers, numbers. Those that fill no group are copied beside each other: scratch of 96 bytes, 96. */
export function swishGradient(p: usize, thread: i32, threads: i32): void {
  const numbers = word(p, 5), whole = numbers >> 3, rest = <usize>(numbers & 7) << 2;
  const first = share(whole, thread, threads), end = share(whole, thread + 1, threads);
  const at = <usize>first << 5;
  swishRow(address(p, 2) + at, address(p, 3) + at, address(p, 4) + at, end - first);
  if (rest && thread == 0) {
    const spare = address(p, 6), last = <usize>whole << 5;
    memory.fill(spare, 0, 64);
    memory.copy(spare, address(p, 2) + last, rest);
    memory.copy(spare + 32, address(p, 3) + last, rest);
    swishRow(spare, spare + 32, spare + 64, 1);
    memory.copy(address(p, 4) + last, spare + 64, rest);
  }
}
function swishRow(x: usize, dy: usize, dx: usize, n: i32): void {
  for (; n > 0; n--) {
    const d0 = swishSlope(v128.load(x), v128.load(dy)), d1 = swishSlope(v128.load(x, 16), v128.load(dy, 16));
    v128.store(dx, d0);
    v128.store(dx, d1, 16);
    x += 32;
    dy += 32;
    dx += 32;
  }
}

/** Pixels that are summed before their sum goes to that of all. */
const RUN: i32 = 256;

/** to [8] = sum of x y over pixels, lane by lane. */
function dot(x: usize, y: usize, pixels: i32, to: usize): void {
  const zero = f32x4.splat(0);
  let z0 = zero, z1 = zero;
  for (; pixels > 0; pixels -= RUN) {
    let a0 = zero, a1 = zero, b0 = zero, b1 = zero;
    let n = min(RUN, pixels);
    for (; n > 1; n -= 2) {
      a0 = madd(v128.load(x), v128.load(y), a0);
      a1 = madd(v128.load(x, 16), v128.load(y, 16), a1);
      b0 = madd(v128.load(x, 32), v128.load(y, 32), b0);
      b1 = madd(v128.load(x, 48), v128.load(y, 48), b1);
      x += 64;
      y += 64;
    }
    if (n > 0) {
      a0 = madd(v128.load(x), v128.load(y), a0);
      a1 = madd(v128.load(x, 16), v128.load(y, 16), a1);
      x += 32;
      y += 32;
    }
    z0 = f32x4.add(z0, f32x4.add(a0, b0));
    z1 = f32x4.add(z1, f32x4.add(a1, b1));
  }
  v128.store(to, z0);
  v128.store(to, z1, 16);
}

/** Words: x, dy, sums [maps][8], maps (groups of all images), pixels of one. */
export function scaleGradient(p: usize, thread: i32, threads: i32): void {
  const maps = word(p, 5), pixels = word(p, 6), end = share(maps, thread + 1, threads);
  for (let i = share(maps, thread, threads); i < end; i++) {
    const at = <usize>(i * pixels) << 5;
    dot(address(p, 2) + at, address(p, 3) + at, pixels, address(p, 4) + (<usize>i << 5));
  }
}

/** Words: dy [maps][8], dx, maps, pixels of one, factor. */
export function spreadMean(p: usize, thread: i32, threads: i32): void {
  const maps = word(p, 4), pixels = word(p, 5), factor = f32x4.splat(number(p, 6)), end = share(maps, thread + 1, threads);
  for (let i = share(maps, thread, threads); i < end; i++) {
    const from = address(p, 2) + (<usize>i << 5);
    const a0 = f32x4.mul(v128.load(from), factor), a1 = f32x4.mul(v128.load(from, 16), factor);
    let to = address(p, 3) + (<usize>(i * pixels) << 5);
    for (let n = pixels; n > 0; n--) {
      v128.store(to, a0);
      v128.store(to, a1, 16);
      to += 32;
    }
  }
}

/** Words: dy, sums [maps], scratch of 32 bytes, 32, pixels of all images, channels, maps' number; the maps. */
export function weightsGradient(p: usize, thread: i32, threads: i32): void {
  const own = address(p, 4) + (<usize>thread << 5), pixels = word(p, 6), channels = word(p, 7), maps = word(p, 8);
  const end = share(maps, thread + 1, threads);
  for (let i = share(maps, thread, threads); i < end; i++) {
    let sum: f64 = 0;
    for (let c = 0; c < channels; c += 8) {
      const at = <usize>((c >> 3) * pixels) << 5;
      dot(address(p, 9 + i) + at, address(p, 2) + at, pixels, own);
      for (let k = 0; k < min(8, channels - c); k++) sum += <f64>load<f32>(own + (<usize>k << 2));
    }
    store<f32>(address(p, 3) + (<usize>i << 2), <f32>sum);
  }
}

/**
 * Words: dy, dx, rows and columns as tables of (first, second, share of the first, of the second) for each of the result's, maps, height and
 * width of the map, of the result. Each pixel of a map gets what was taken of it.
 */
export function resizeGradient(p: usize, thread: i32, threads: i32): void {
  const maps = word(p, 6), h = word(p, 7), w = word(p, 8), tall = word(p, 9), broad = word(p, 10);
  const end = share(maps, thread + 1, threads);
  for (let i = share(maps, thread, threads); i < end; i++) {
    const dx = address(p, 3) + (<usize>(i * h * w) << 5);
    let dy = address(p, 2) + (<usize>(i * tall * broad) << 5);
    memory.fill(dx, 0, <usize>(h * w) << 5);
    let down = address(p, 4);
    for (let y = 0; y < tall; y++) {
      const a = dx + (<usize>(load<i32>(down) * w) << 5), b = dx + (<usize>(load<i32>(down, 4) * w) << 5);
      const u = v128.load32_splat(down, 8), v = v128.load32_splat(down, 12);
      const two = load<f32>(down, 12) != 0;
      let across = address(p, 5);
      for (let x = 0; x < broad; x++) {
        const l = <usize>load<i32>(across) << 5, r = <usize>load<i32>(across, 4) << 5;
        const s = v128.load32_splat(across, 8), t = v128.load32_splat(across, 12);
        const d0 = v128.load(dy), d1 = v128.load(dy, 16);
        const s0 = f32x4.mul(d0, s), s1 = f32x4.mul(d1, s), t0 = f32x4.mul(d0, t), t1 = f32x4.mul(d1, t);
        const both = load<f32>(across, 12) != 0;
        addTimes(a + l, s0, s1, u);
        if (both) addTimes(a + r, t0, t1, u);
        if (two) {
          addTimes(b + l, s0, s1, v);
          if (both) addTimes(b + r, t0, t1, v);
        }
        dy += 32;
        across += 16;
      }
      down += 16;
    }
  }
}
// @ts-ignore: decorator
@inline
function addTimes(to: usize, x0: v128, x1: v128, by: v128): void {
  const y0 = madd(x0, by, v128.load(to)), y1 = madd(x1, by, v128.load(to, 16));
  v128.store(to, y0);
  v128.store(to, y1, 16);
}
