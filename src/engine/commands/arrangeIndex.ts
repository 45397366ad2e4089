// Rows by indices. An index that is out of range reads zeros and writes nothing.
import { copyRun } from './arrange';
import { address, share, word } from './words';

/** Words: x [batches, outer, side, inner], indices [batches, n], y [batches, outer, n, inner]; batches, outer, side, inner, n. */
export function runGather(p: usize, thread: i32, threads: i32): void {
  const x = address(p, 2), indices = address(p, 3), y = address(p, 4);
  const outer = word(p, 6), side = word(p, 7), inner = word(p, 8), n = word(p, 9);
  const bytes = <usize>inner << 2;
  const end = share(word(p, 5) * outer * n, thread + 1, threads);
  for (let i = share(word(p, 5) * outer * n, thread, threads); i < end; i++) {
    const o = i / n, k = i - o * n;
    const index = load<i32>(indices + (<usize>((o / outer) * n + k) << 2));
    const to = y + <usize>i * bytes;
    if (<u32>index < <u32>side) copyRun(x + <usize>(o * side + index) * bytes, to, inner);
    else memory.fill(to, 0, bytes);
  }
}

/** The row that an index of several numbers means; -1 where one is out of range. */
function rowOf(index: usize, depth: i32, sides: usize): i32 {
  let row = 0;
  for (; depth > 0; depth--) {
    const k = load<i32>(index), side = load<i32>(sides);
    if (<u32>k >= <u32>side) return -1;
    row = row * side + k;
    index += 4;
    sides += 4;
  }
  return row;
}

/** Words: x [rows, inner], indices [n, depth], y [n, inner]; n, depth, inner, the sides that the rows are of. */
export function runGatherNd(p: usize, thread: i32, threads: i32): void {
  const x = address(p, 2), indices = address(p, 3), y = address(p, 4);
  const n = word(p, 5), depth = word(p, 6), inner = word(p, 7);
  const bytes = <usize>inner << 2;
  const end = share(n, thread + 1, threads);
  for (let i = share(n, thread, threads); i < end; i++) {
    const row = rowOf(indices + (<usize>(i * depth) << 2), depth, p + (8 << 2));
    const to = y + <usize>i * bytes;
    if (row >= 0) copyRun(x + <usize>row * bytes, to, inner);
    else memory.fill(to, 0, bytes);
  }
}

/**
 * Words: updates [n, inner], or one number for all, indices [n, depth], y [rows, inner]; n, depth, inner, rows,
 * 0 to write, 1 to add float32, 2 to add whole numbers, whether it is one number, the sides that the rows are of.
 * Each thread has rows of its own, and sees every index: sums are made in the order of the updates.
 */
export function runScatter(p: usize, thread: i32, threads: i32): void {
  const updates = address(p, 2), indices = address(p, 3), y = address(p, 4);
  const n = word(p, 5), depth = word(p, 6), inner = word(p, 7), rows = word(p, 8), how = word(p, 9), one = word(p, 10);
  const bytes = <usize>inner << 2;
  const first = share(rows, thread, threads), end = share(rows, thread + 1, threads);
  for (let i = 0; i < n; i++) {
    const row = rowOf(indices + (<usize>(i * depth) << 2), depth, p + (11 << 2));
    if (row < first || row >= end) continue;
    const from = one ? updates : updates + <usize>i * bytes, to = y + <usize>row * bytes;
    for (let k: usize = 0; k < bytes; k += 4) {
      const x = one ? from : from + k;
      if (how == 1) store<f32>(to + k, load<f32>(to + k) + load<f32>(x));
      else store<i32>(to + k, how == 2 ? load<i32>(to + k) + load<i32>(x) : load<i32>(x));
    }
  }
}

/** Words: indices [n], y [n, depth]; n, depth, bits where the index is, bits elsewhere. */
export function runOneHot(p: usize, thread: i32, threads: i32): void {
  const n = word(p, 4), depth = word(p, 5);
  const end = share(n, thread + 1, threads);
  for (let i = share(n, thread, threads); i < end; i++) {
    const to = address(p, 3) + (<usize>(i * depth) << 2), index = load<i32>(address(p, 2) + (<usize>i << 2));
    for (let k = 0; k < depth; k++) store<i32>(to + (<usize>k << 2), word(p, k == index ? 6 : 7));
  }
}
