// Maps of another size. Where pixels come from lies in tables, so that one kernel does every convention.
import { madd } from '../kernels/math';
import { address, share, word } from './words';

/** Words: x, y, maps (groups of all images), height, width, of y, bytes to the source of each row, of each column. */
export function resizeNearest(p: usize, thread: i32, threads: i32): void {
  const maps = word(p, 4), h = word(p, 5), w = word(p, 6), oh = word(p, 7), ow = word(p, 8);
  const rows = address(p, 9), columns = address(p, 10), map = <usize>(h * w) << 5;
  const end = share(maps * oh, thread + 1, threads);
  for (let line = share(maps * oh, thread, threads); line < end; line++) {
    const m = line / oh, x = address(p, 2) + <usize>m * map + <usize>load<u32>(rows + (<usize>(line - m * oh) << 2));
    let y = address(p, 3) + (<usize>(line * ow) << 5), from = columns;
    for (let i = 0; i < ow; i++) {
      const at = x + <usize>load<u32>(from), low = v128.load(at), high = v128.load(at, 16);
      v128.store(y, low);
      v128.store(y, high, 16);
      y += 32;
      from += 4;
    }
  }
}

/** a + (b - a) * share. */
// @ts-ignore: decorator
@inline
function between(a: v128, b: v128, share: v128): v128 {
  return madd(f32x4.sub(b, a), share, a);
}

/** Words as of `resizeNearest`, but each entry is bytes to the first source, to the second, and how much of the second, a float32. */
export function resizeBilinear(p: usize, thread: i32, threads: i32): void {
  const maps = word(p, 4), h = word(p, 5), w = word(p, 6), oh = word(p, 7), ow = word(p, 8);
  const rows = address(p, 9), columns = address(p, 10), map = <usize>(h * w) << 5;
  const end = share(maps * oh, thread + 1, threads);
  for (let line = share(maps * oh, thread, threads); line < end; line++) {
    const m = line / oh, row = rows + <usize>((line - m * oh) * 12), x = address(p, 2) + <usize>m * map;
    const upper = x + <usize>load<u32>(row), lower = x + <usize>load<u32>(row, 4), down = v128.load32_splat(row, 8);
    let y = address(p, 3) + (<usize>(line * ow) << 5), from = columns;
    for (let i = 0; i < ow; i++) {
      const left = <usize>load<u32>(from), right = <usize>load<u32>(from, 4), across = v128.load32_splat(from, 8);
      const a = upper + left, b = upper + right, c = lower + left, d = lower + right;
      const top0 = between(v128.load(a), v128.load(b), across), top1 = between(v128.load(a, 16), v128.load(b, 16), across);
      const low0 = between(v128.load(c), v128.load(d), across), low1 = between(v128.load(c, 16), v128.load(d, 16), across);
      const y0 = between(top0, low0, down), y1 = between(top1, low1, down);
      v128.store(y, y0);
      v128.store(y, y1, 16);
      y += 32;
      from += 12;
    }
  }
}
