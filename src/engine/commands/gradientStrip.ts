// Strips of maps, laid out so that every tap of a window is one shift: for a stride s the map is parted into s x s phases, in
// which the pixels of neighbouring windows are neighbours in memory. Beyond the map there are zeros.
//
// Commands that use them have from word 8 on: images, height and width of the map, height and width of the result, sides of
// the window, strides, padding above and to the left, dilations, rows of the result at a time.
import { word } from './words';

// @ts-ignore: decorator
@inline export function images(p: usize): i32 { return word(p, 8); }
// @ts-ignore: decorator
@inline export function height(p: usize): i32 { return word(p, 9); }
// @ts-ignore: decorator
@inline export function width(p: usize): i32 { return word(p, 10); }
// @ts-ignore: decorator
@inline export function outHeight(p: usize): i32 { return word(p, 11); }
// @ts-ignore: decorator
@inline export function outWidth(p: usize): i32 { return word(p, 12); }
// @ts-ignore: decorator
@inline export function kernelHeight(p: usize): i32 { return word(p, 13); }
// @ts-ignore: decorator
@inline export function kernelWidth(p: usize): i32 { return word(p, 14); }
// @ts-ignore: decorator
@inline export function strideHeight(p: usize): i32 { return word(p, 15); }
// @ts-ignore: decorator
@inline export function strideWidth(p: usize): i32 { return word(p, 16); }
// @ts-ignore: decorator
@inline export function padTop(p: usize): i32 { return word(p, 17); }
// @ts-ignore: decorator
@inline export function padLeft(p: usize): i32 { return word(p, 18); }
// @ts-ignore: decorator
@inline export function dilationHeight(p: usize): i32 { return word(p, 19); }
// @ts-ignore: decorator
@inline export function dilationWidth(p: usize): i32 { return word(p, 20); }
// @ts-ignore: decorator
@inline export function rowsAtATime(p: usize): i32 { return word(p, 21); }

/** Rows by which the last tap is shifted within its phase. */
// @ts-ignore: decorator
@inline
export function shiftDown(p: usize): i32 {
  return ((kernelHeight(p) - 1) * dilationHeight(p)) / strideHeight(p);
}

/** Pixels of a strip's row: those of a result, and those by which the last tap is shifted. */
// @ts-ignore: decorator
@inline
export function stripWidth(p: usize): i32 {
  return outWidth(p) + ((kernelWidth(p) - 1) * dilationWidth(p)) / strideWidth(p);
}

/** Bytes of a phase of so many rows of the result. */
// @ts-ignore: decorator
@inline
export function phaseBytes(p: usize, rows: i32): usize {
  const across = stripWidth(p);
  return (<usize>((rows + shiftDown(p)) * across + across - outWidth(p))) << 5;
}

/** Where a tap begins in the phases. */
export function tapOffset(p: usize, ky: i32, kx: i32, rows: i32): usize {
  const y = ky * dilationHeight(p), x = kx * dilationWidth(p), sh = strideHeight(p), sw = strideWidth(p);
  const phase = (y % sh) * sw + (x % sw);
  return <usize>phase * phaseBytes(p, rows) + (<usize>((y / sh) * stripWidth(p) + x / sw) << 5);
}

/** n pixels of zeros. Rows are short: a call of memory.fill would take longer. */
// @ts-ignore: decorator
@inline
function zeros(to: usize, n: i32): usize {
  const zero0 = f32x4.splat(0), zero1 = f32x4.splat(0);
  for (; n > 0; n--) {
    v128.store(to, zero0);
    v128.store(to, zero1, 16);
    to += 32;
  }
  return to;
}

/** n pixels, of which each is `step` bytes after the one before. */
// @ts-ignore: decorator
@inline
function pixels(from: usize, step: usize, to: usize, n: i32): usize {
  for (; n > 0; n--) {
    const v = v128.load(from), u = v128.load(from, 16);
    v128.store(to, v);
    v128.store(to, u, 16);
    from += step;
    to += 32;
  }
  return to;
}

/** 8 channels of an image's map at `from` -> the phases that results of rows y.. need. */
export function toPhases(p: usize, from: usize, y: i32, rows: i32, to: usize): void {
  const sh = strideHeight(p), sw = strideWidth(p), across = stripWidth(p), h = height(p), w = width(p);
  const beyond = across - outWidth(p), step = <usize>sw << 5;
  for (let py = 0; py < sh; py++)
    for (let px = 0; px < sw; px++) {
      // Columns q with 0 <= q * sw + px - left < w.
      const left = padLeft(p) - px;
      const first = min(across, left > 0 ? (left + sw - 1) / sw : 0);
      const end = max(first, min(across, w + left > 0 ? (w + left + sw - 1) / sw : 0));
      for (let r = 0; r < rows + shiftDown(p); r++) {
        const iy = (y + r) * sh + py - padTop(p);
        if (iy >= 0 && iy < h) {
          to = zeros(to, first);
          to = pixels(from + (<usize>(iy * w + first * sw - left) << 5), step, to, end - first);
          to = zeros(to, across - end);
        } else to = zeros(to, across);
      }
      to = zeros(to, beyond);
    }
}

/** 8 channels of h x w pixels in the middle of zeros: down x across in all. */
export function around(from: usize, h: i32, w: i32, to: usize, above: i32, before: i32, down: i32, across: i32): void {
  to = zeros(to, above * across);
  for (let y = 0; y < h; y++) {
    to = zeros(pixels(from, 32, zeros(to, before), w), across - before - w);
    from += <usize>w << 5;
  }
  zeros(to, (down - above - h) * across);
}

/** 8 channels of rows of a result, with zeros up to a strip's width. */
export function toStrip(p: usize, from: usize, y: i32, rows: i32, to: usize): void {
  const across = stripWidth(p), w = outWidth(p);
  from += <usize>(y * w) << 5;
  for (let r = 0; r < rows; r++) {
    to = zeros(pixels(from, 32, to, w), across - w);
    from += <usize>w << 5;
  }
}
