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

/** Up to 8 rows of 4 panels, whose numbers lie side by side: a line of the cache is read once. */
function packFour(from: usize, step: usize, to: usize, panel: usize, rows: i32): void {
  const to1 = to + panel, to2 = to1 + panel, to3 = to2 + panel;
  for (let at: usize = 0; at < <usize>rows << 5; at += 32) {
    const a0 = v128.load(from), a1 = v128.load(from, 16), b0 = v128.load(from, 32), b1 = v128.load(from, 48);
    v128.store(to + at, a0);
    v128.store(to + at, a1, 16);
    v128.store(to1 + at, b0);
    v128.store(to1 + at, b1, 16);
    const c0 = v128.load(from, 64), c1 = v128.load(from, 80), d0 = v128.load(from, 96), d1 = v128.load(from, 112);
    v128.store(to2 + at, c0);
    v128.store(to2 + at, c1, 16);
    v128.store(to3 + at, d0);
    v128.store(to3 + at, d1, 16);
    from += step;
  }
}

/** 4 x 4 numbers turned: rows at from, `step` bytes apart, become columns. */
// @ts-ignore: decorator
@inline
function turnFour(from: usize, step: usize, to: usize): void {
  const a = v128.load(from), b = v128.load(from + step), c = v128.load(from + step * 2), d = v128.load(from + step * 3);
  const p = v128.shuffle<f32>(a, b, 0, 4, 1, 5), q = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const r = v128.shuffle<f32>(a, b, 2, 6, 3, 7), s = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(p, q, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(p, q, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(r, s, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(r, s, 2, 3, 6, 7), 96);
}

/** 8 x 8 numbers of which each column lies in a row. */
function packTurned(from: usize, step: usize, to: usize): void {
  const other = from + step * 4;
  turnFour(from, step, to);
  turnFour(other, step, to + 16);
  turnFour(from + 16, step, to + 128);
  turnFour(other + 16, step, to + 144);
}

/** Words: filter, panels, offsets of the taps in bytes, taps, k, n, bytes from k to k and from n to n. */
export function packFilter(p: usize, thread: i32, threads: i32): void {
  const filter = address(p, 2), offsets = address(p, 4);
  const taps = word(p, 5), k = word(p, 6), n = word(p, 7);
  const kStep = address(p, 8), nStep = address(p, 9);
  const panels = (n + 7) >> 3, groups = (k + 7) >> 3;
  const panel = <usize>(taps * groups) << 8;
  const end = share(panels, thread + 1, threads);
  for (let j = share(panels, thread, threads), some = 1; j < end; j += some) {
    const lanes = min(8, n - (j << 3));
    some = nStep == 4 && j + 4 <= end && n - (j << 3) >= 32 ? 4 : 1;
    let to = address(p, 3) + <usize>j * panel;
    for (let g = 0; g < groups; g++)
      for (let t = 0; t < taps; t++) {
        const rows = min(8, k - (g << 3)), used = <usize>rows << 5;
        let from = filter + <usize>load<u32>(offsets + (<usize>t << 2)) + <usize>(j << 3) * nStep + <usize>(g << 3) * kStep;
        if (some == 4) packFour(from, kStep, to, panel, rows);
        else if (kStep == 4 && rows == 8 && lanes == 8) packTurned(from, nStep, to);
        else
          for (let at: usize = 0; at < used; at += 32) {
            packRow(from, to + at, lanes, nStep);
            from += kStep;
          }
        if (rows < 8) for (let i = 0; i < some; i++) memory.fill(to + <usize>i * panel + used, 0, 256 - used);
        to += 256;
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
