// Filters as panels of 8 outputs [n / 8][k / 8][tap][8 k][8 n], zeros beyond k and n.
import { address, share, word } from './words';

/** A row of up to 8 numbers, `step` bytes apart; zeros beyond. */
// @ts-ignore: decorator
@inline
function packRow(from: usize, to: usize, lanes: i32, step: usize): void {
  if (lanes == 8 && step == 4) {
    const v0 = v128.load(from), v1 = v128.load(from, 16);
    v128.store(to, v0);
    v128.store(to, v1, 16);
  } else {
    v128.store(to, f32x4.splat(0));
    v128.store(to, f32x4.splat(0), 16);
    for (let c = 0; c < lanes; c++) store<f32>(to + (<usize>c << 2), load<f32>(from + <usize>c * step));
  }
}

/** Words: filter, panels, offsets of the taps in bytes, taps, k, n, bytes from k to k and from n to n. */
export function packFilter(p: usize, thread: i32, threads: i32): void {
  const filter = address(p, 2), offsets = address(p, 4);
  const taps = word(p, 5), k = word(p, 6), n = word(p, 7);
  const kStep = address(p, 8), nStep = address(p, 9);
  const panels = (n + 7) >> 3, groups = (k + 7) >> 3;
  const panel = <usize>(taps * groups) << 8;
  const end = share(panels, thread + 1, threads);
  for (let j = share(panels, thread, threads); j < end; j++) {
    const lanes = min(8, n - (j << 3));
    let to = address(p, 3) + <usize>j * panel;
    for (let g = 0; g < groups; g++)
      for (let t = 0; t < taps; t++) {
        const rows = min(8, k - (g << 3));
        let from = filter + <usize>load<u32>(offsets + (<usize>t << 2)) + <usize>(j << 3) * nStep + <usize>(g << 3) * kStep;
        for (let i = 0; i < rows; i++) {
          packRow(from, to, lanes, nStep);
          from += kStep;
          to += 32;
        }
        const rest = <usize>(8 - rows) << 5;
        memory.fill(to, 0, rest);
        to += rest;
      }
  }
}

/** Words: filter, panels, offsets of the rows in bytes or -1, rows, n. The numbers of a row lie side by side. */
export function packRows(p: usize, thread: i32, threads: i32): void {
  const filter = address(p, 2), offsets = address(p, 4);
  const rows = word(p, 5), n = word(p, 6), panels = (n + 7) >> 3;
  const end = share(panels, thread + 1, threads);
  for (let j = share(panels, thread, threads); j < end; j++) {
    let to = address(p, 3) + (<usize>(j * rows) << 5);
    for (let i = 0; i < rows; i++) {
      const offset = load<i32>(offsets + (<usize>i << 2));
      packRow(filter + <usize>max(0, offset) + (<usize>j << 5), to, offset < 0 ? 0 : min(8, n - (j << 3)), 4);
      to += 32;
    }
  }
}
