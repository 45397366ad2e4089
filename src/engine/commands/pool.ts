// Pools over windows of blocked maps. What lies outside of a map is in no window.
import { address, share, word } from './words';

// @ts-ignore: decorator
@inline
function largest(x: usize, row: usize, rows: i32, columns: i32, y: usize): void {
  let a0 = f32x4.splat(-Infinity), a1 = f32x4.splat(-Infinity);
  for (; rows > 0; rows--) {
    let at = x;
    for (let n = columns; n > 0; n--) {
      a0 = f32x4.pmax(a0, v128.load(at)); // a NaN is passed over
      a1 = f32x4.pmax(a1, v128.load(at, 16));
      at += 32;
    }
    x += row;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
}

// @ts-ignore: decorator
@inline
function average(x: usize, row: usize, rows: i32, columns: i32, y: usize): void {
  const count = f32x4.splat(<f32>(rows * columns));
  let a0 = f32x4.splat(0), a1 = f32x4.splat(0);
  for (; rows > 0; rows--) {
    let at = x;
    for (let n = columns; n > 0; n--) {
      a0 = f32x4.add(a0, v128.load(at));
      a1 = f32x4.add(a1, v128.load(at, 16));
      at += 32;
    }
    x += row;
  }
  a0 = f32x4.div(a0, count); // NaN of no pixels, as 0 / 0 is
  a1 = f32x4.div(a1, count);
  v128.store(y, a0);
  v128.store(y, a1, 16);
}

/** Words: x, y, maps (groups of all images), height, width, of y, window, strides, padding above and left, 1 for averages. */
export function pool(p: usize, thread: i32, threads: i32): void {
  const maps = word(p, 4), h = word(p, 5), w = word(p, 6), oh = word(p, 7), ow = word(p, 8);
  const kh = word(p, 9), kw = word(p, 10), sy = word(p, 11), sx = word(p, 12), top = word(p, 13), left = word(p, 14);
  const averages = word(p, 15), row = <usize>w << 5;
  const end = share(maps * oh, thread + 1, threads);
  for (let line = share(maps * oh, thread, threads); line < end; line++) {
    const map = line / oh, first = (line - map * oh) * sy - top;
    const y0 = max(first, 0), rows = max(0, min(first + kh, h) - y0);
    const x = address(p, 2) + <usize>(map * h + min(y0, h - 1)) * row;
    let y = address(p, 3) + (<usize>(line * ow) << 5);
    for (let i = 0; i < ow; i++) {
      const start = i * sx - left, x0 = max(start, 0), columns = max(0, min(start + kw, w) - x0);
      const at = x + (<usize>min(x0, w - 1) << 5);
      if (averages) average(at, row, rows, columns, y);
      else largest(at, row, rows, columns, y);
      y += 32;
    }
  }
}
