// Plain rows of channels and blocked maps, one into the other.
import { loadPart, storePart } from '../kernels/math';
import { address, share, word } from './words';

/** Pixels at a time: what they touch of every group stays in L1. */
const CHUNK: i32 = 32;

/** The first n (1 to 7) numbers of a row, as 8 lanes with zeros. */
// @ts-ignore: decorator
@inline
function copyPartIn(from: usize, to: usize, n: i32): void {
  const zero = f32x4.splat(0);
  if (n >= 4) {
    v128.store(to, v128.load(from));
    v128.store(to, n > 4 ? loadPart(from + 16, n - 4) : zero, 16);
  } else {
    v128.store(to, loadPart(from, n));
    v128.store(to, zero, 16);
  }
}

/** The first n (1 to 7) of 8 lanes. */
// @ts-ignore: decorator
@inline
function copyPartOut(from: usize, to: usize, n: i32): void {
  if (n >= 4) {
    v128.store(to, v128.load(from));
    if (n > 4) storePart(to + 16, v128.load(from, 16), n - 4);
  } else storePart(to, v128.load(from), n);
}

/** Rows of channels, `row` bytes apart, into groups of 8 lanes, `group` bytes apart; lanes beyond the channels become zero. */
export function rowsToGroups(from: usize, row: usize, to: usize, group: usize, pixels: i32, channels: i32): void {
  const whole = channels >> 3, part = channels & 7;
  for (let i = 0; i < pixels; i += CHUNK) {
    const n = min(CHUNK, pixels - i);
    let x = from, y = to;
    for (let g = 0; g < whole; g++) {
      let p = x, q = y;
      for (let k = 0; k < n; k++) {
        const v0 = v128.load(p), v1 = v128.load(p, 16);
        v128.store(q, v0);
        v128.store(q, v1, 16);
        p += row;
        q += 32;
      }
      x += 32;
      y += group;
    }
    if (part == 3) {
      for (let k = 0; k < n; k++) {
        v128.store(y, loadPart(x, 3));
        v128.store(y, f32x4.splat(0), 16);
        x += row;
        y += 32;
      }
    } else if (part)
      for (let k = 0; k < n; k++) {
        copyPartIn(x, y, part);
        x += row;
        y += 32;
      }
    from += row * CHUNK;
    to += CHUNK << 5;
  }
}

/** Groups of 8 lanes, `group` bytes apart, into rows of channels, `row` bytes apart. */
export function groupsToRows(from: usize, group: usize, to: usize, row: usize, pixels: i32, channels: i32): void {
  const whole = channels >> 3, part = channels & 7;
  for (let i = 0; i < pixels; i += CHUNK) {
    const n = min(CHUNK, pixels - i);
    let x = from, y = to;
    for (let g = 0; g < whole; g++) {
      let p = x, q = y;
      for (let k = 0; k < n; k++) {
        const v0 = v128.load(p), v1 = v128.load(p, 16);
        v128.store(q, v0);
        v128.store(q, v1, 16);
        p += 32;
        q += row;
      }
      x += group;
      y += 32;
    }
    if (part == 4) {
      for (let k = 0; k < n; k++) {
        v128.store(y, v128.load(x));
        x += 32;
        y += row;
      }
    } else if (part)
      for (let k = 0; k < n; k++) {
        copyPartOut(x, y, part);
        x += 32;
        y += row;
      }
    from += CHUNK << 5;
    to += row * CHUNK;
  }
}

/** Words: plain map, blocked map, images, pixels of one, channels, bytes from pixel to pixel and from image to image of the plain map. */
export function runLayout(blocked: bool, p: usize, thread: i32, threads: i32): void {
  const plain = address(p, 2), groups = address(p, 3);
  const images = word(p, 4), pixels = word(p, 5), channels = word(p, 6);
  const row = address(p, 7), image = address(p, 8);
  const group = <usize>(images * pixels) << 5;
  const end = share(images * pixels, thread + 1, threads);
  for (let i = share(images * pixels, thread, threads); i < end; ) {
    const b = i / pixels, at = i - b * pixels, n = min(pixels - at, end - i);
    const rows = plain + <usize>b * image + <usize>at * row, lanes = groups + (<usize>i << 5);
    if (blocked) rowsToGroups(rows, row, lanes, group, n, channels);
    else groupsToRows(lanes, group, rows, row, n, channels);
    i += n;
  }
}
