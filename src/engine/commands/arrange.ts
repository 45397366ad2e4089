// Moves 32-bit numbers from where they are to where they go; leaves them as they are.
import { address, share, word } from './words';

/** n numbers that lie in a row. */
// @ts-ignore: decorator
@inline
export function copyRun(from: usize, to: usize, n: i32): void {
  if (n == 8) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  } else if (n < 16) {
    const end = to + (<usize>n << 2);
    for (; to < end; to += 4) {
      store<u32>(to, load<u32>(from));
      from += 4;
    }
  } else memory.copy(to, from, <usize>n << 2);
}

function fillRun(to: usize, x: u32, n: i32): void {
  const x4 = i32x4.splat(x);
  for (; n >= 4; n -= 4) {
    v128.store(to, x4);
    to += 16;
  }
  for (; n > 0; n--) {
    store<u32>(to, x);
    to += 4;
  }
}

/** `rows` x n numbers: from by columns, whose numbers lie in a row, to by rows. Bytes from column to column and row to row. */
function turn(from: usize, to: usize, rows: i32, n: i32, column: usize, row: usize): void {
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    let x = from + (<usize>i << 2), y = to + <usize>i * row, j = 0;
    for (; j + 4 <= n; j += 4) {
      const a = v128.load(x), b = v128.load(x + column), c = v128.load(x + 2 * column), d = v128.load(x + 3 * column);
      const ab = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
      const cd = i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
      const ab2 = i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
      const cd2 = i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
      v128.store(y, i64x2.shuffle(ab, cd, 0, 2));
      v128.store(y + row, i64x2.shuffle(ab, cd, 1, 3));
      v128.store(y + 2 * row, i64x2.shuffle(ab2, cd2, 0, 2));
      v128.store(y + 3 * row, i64x2.shuffle(ab2, cd2, 1, 3));
      x += column << 2;
      y += 16;
    }
    for (; j < n; j++) {
      for (let k: usize = 0; k < 4; k++) store<u32>(y + k * row, load<u32>(x + (k << 2)));
      x += column;
      y += 4;
    }
  }
  for (; i < rows; i++) {
    let x = from + (<usize>i << 2), y = to + <usize>i * row;
    for (let j = 0; j < n; j++) {
      store<u32>(y, load<u32>(x));
      x += column;
      y += 4;
    }
  }
}

const SIDES: i32 = 4, FROM: i32 = 12, TO: i32 = 20;

/** The place of item i of the first 6 sides: bytes by the strides from word `at` on. */
function placeOf(p: usize, i: i32, at: i32): usize {
  let place: usize = 0;
  for (let k = 5; k >= 0; k--) {
    const side = word(p, SIDES + k), q = i / side;
    place += <usize>(i - q * side) * address(p, at + k);
    i = q;
  }
  return place;
}

/** Words: from, to, 8 sides, bytes along each of what is read, and of what is written; bytes may be less than 0 or 0. */
export function runMove(p: usize, thread: i32, threads: i32): void {
  const from = address(p, 2), to = address(p, 3);
  const rows = word(p, SIDES + 6), n = word(p, SIDES + 7);
  const row = address(p, FROM + 6), step = address(p, FROM + 7), toRow = address(p, TO + 6), toStep = address(p, TO + 7);
  let outer = 1;
  for (let k = 0; k < 6; k++) outer *= word(p, SIDES + k);
  if (outer * rows == 1 && step == 4 && toStep == 4) {
    const first = share(n, thread, threads), part = share(n, thread + 1, threads) - first;
    memory.copy(to + (<usize>first << 2), from + (<usize>first << 2), <usize>part << 2);
    return;
  }
  if (row == 4 && step != 4 && toStep == 4 && rows >= 4) {
    const pieces = (rows + 15) >> 4;
    const end = share(outer * pieces, thread + 1, threads);
    for (let i = share(outer * pieces, thread, threads); i < end; i++) {
      const o = i / pieces, r = (i - o * pieces) << 4;
      const x = from + placeOf(p, o, FROM) + (<usize>r << 2), y = to + placeOf(p, o, TO) + <usize>r * toRow;
      turn(x, y, min(16, rows - r), n, step, toRow);
    }
    return;
  }
  let i = share(outer * rows, thread, threads);
  const end = share(outer * rows, thread + 1, threads);
  while (i < end) {
    const o = i / rows, r = i - o * rows, last = min(rows, r + end - i);
    let x = from + placeOf(p, o, FROM) + <usize>r * row, y = to + placeOf(p, o, TO) + <usize>r * toRow;
    i += last - r;
    for (let k = r; k < last; k++) {
      if (toStep != 4 || (step != 4 && step != 0)) {
        let a = x, b = y;
        for (let j = 0; j < n; j++) {
          store<u32>(b, load<u32>(a));
          a += step;
          b += toStep;
        }
      } else if (step == 4) copyRun(x, y, n);
      else fillRun(y, load<u32>(x), n);
      x += row;
      y += toRow;
    }
  }
}

/** Words: to, numbers, the 32 bits of each. */
export function runFill(p: usize, thread: i32, threads: i32): void {
  const first = share(word(p, 3), thread, threads);
  fillRun(address(p, 2) + (<usize>first << 2), <u32>word(p, 4), share(word(p, 3), thread + 1, threads) - first);
}
