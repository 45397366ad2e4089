// Convolutions of few channels, of a plain map: the numbers that a pixel meets in a row of the filter lie side by side. Whole
// groups of 8 of each row of the filter come first, then what is left of all rows.
import { finish } from './convolutionFinish';
import { panelsAtATime, rowsAtATime } from './convolutionPointwise';
import { multiply } from './convolutionTile.generated';
import { address, share, word } from './words';

/** A number of a row of a map, 0 where there is none. */
// @ts-ignore: decorator
@inline
function numberAt(row: usize, i: i32, end: i32): f32 {
  return i < 0 || i >= end ? 0 : load<f32>(row + (<usize>i << 2));
}

/** First i of 0 .. count with i * step + at >= 0. */
// @ts-ignore: decorator
@inline
function firstFrom(at: i32, step: i32, count: i32): i32 {
  return at >= 0 ? 0 : min(count, (step - 1 - at) / step);
}

/** 8 numbers of each of some pixels. */
function copyRuns(from: usize, step: usize, to: usize, pixels: i32): void {
  for (; pixels > 0; pixels--) {
    const v0 = v128.load(from), v1 = v128.load(from, 16);
    v128.store(to, v0);
    v128.store(to, v1, 16);
    from += step;
    to += 32;
  }
}

/** A number of each of some pixels. */
function copyNumbers(from: usize, step: usize, to: usize, pixels: i32): void {
  for (; pixels > 0; pixels--) {
    store<f32>(to, load<f32>(from));
    from += step;
    to += 32;
  }
}

/** Words: as those of `convolveStrips` up to the rows of a strip, with a plain x. Dilation is 1. */
export function convolveStem(p: usize, thread: i32, threads: i32): void {
  const x = address(p, 2), b = address(p, 3), bias = address(p, 4), y = address(p, 5);
  const images = word(p, 6), inHeight = word(p, 7), inWidth = word(p, 8), channels = word(p, 9);
  const outHeight = word(p, 10), outWidth = word(p, 11), outputs = (word(p, 12) + 7) >> 3;
  const kernelHeight = word(p, 13), kernelWidth = word(p, 14), strideY = word(p, 15), strideX = word(p, 16);
  const top = word(p, 17), left = word(p, 18);
  const kind = word(p, 21), slope = address(p, 22), residual = address(p, 23);
  const list = address(p, 24) + <usize>thread * address(p, 25), rows = word(p, 26);

  const run = kernelWidth * channels, whole = run >> 3, rest = run & 7;
  const groups = kernelHeight * whole + ((kernelHeight * rest + 7) >> 3);
  const group = (<usize>(rows * outWidth) << 5) + 64, panel = <usize>groups << 8;
  const sums = list + ((<usize>groups * 4 + 63) & ~63), strips = sums + (36 << 10);
  const lefts = strips + <usize>(kernelHeight * whole) * group; // groups of what is left of the rows
  const yGroup = <usize>(images * outHeight * outWidth) << 5;
  for (let g = 0; g < groups; g++) store<u32>(list + (<usize>g << 2), <u32>(<usize>g * group));
  const end = list + (<usize>groups << 2), most = panelsAtATime(panel), rowEnd = inWidth * channels;

  const perImage = (outHeight + rows - 1) / rows, items = images * perImage;
  const endItem = share(items, thread + 1, threads);
  for (let item = share(items, thread, threads); item < endItem; item++) {
    const image = item / perImage, y0 = (item - image * perImage) * rows, n = min(rows, outHeight - y0);
    if ((kernelHeight * rest) & 7) memory.fill(strips + <usize>(groups - 1) * group, 0, group);
    for (let r = 0; r < n; r++)
      for (let ky = 0; ky < kernelHeight; ky++) {
        const iy = (y0 + r) * strideY + ky - top;
        const outside = iy < 0 || iy >= inHeight;
        const row = x + (<usize>((image * inHeight + (outside ? 0 : iy)) * rowEnd) << 2);
        const rowStart = <usize>(r * outWidth) << 5;
        const i0 = -left * channels, step = strideX * channels;
        // Pixels whose run lies in the row.
        const begin = outside ? outWidth : firstFrom(i0, step, outWidth);
        const inside = outside || i0 + run > rowEnd ? begin : max(begin, min(outWidth, (rowEnd - run - i0) / step + 1));
        const source = row + (<usize>(i0 + begin * step) << 2), some = rowStart + (<usize>begin << 5);
        for (let g = 0; g < whole; g++)
          copyRuns(source + (<usize>g << 5), <usize>step << 2, strips + <usize>(ky * whole + g) * group + some, inside - begin);
        for (let e = 0; e < rest; e++) {
          const k = ky * rest + e;
          const to = lefts + <usize>(k >> 3) * group + some + (<usize>(k & 7) << 2);
          copyNumbers(source + (<usize>((whole << 3) + e) << 2), <usize>step << 2, to, inside - begin);
        }
        for (let ox = 0; ox < outWidth; ox++) {
          if (ox == begin) ox = inside;
          if (ox >= outWidth) break;
          const i = i0 + ox * step, at = rowStart + (<usize>ox << 5);
          for (let e = 0; e < run; e++) {
            const k = ky * rest + e - (whole << 3);
            const to = e < whole << 3
              ? strips + <usize>(ky * whole + (e >> 3)) * group + (<usize>(e & 7) << 2)
              : lefts + <usize>(k >> 3) * group + (<usize>(k & 7) << 2);
            store<f32>(to + at, outside ? 0 : numberAt(row, i + e, rowEnd));
          }
        }
      }
    const pixels = n * outWidth, first = <usize>((image * outHeight + y0) * outWidth) << 5;
    for (let j = 0; j < outputs; j += most) {
      const m = min(most, outputs - j), chunk = rowsAtATime(m), pitch = (<usize>chunk << 5) + 64;
      for (let i = 0; i < pixels; i += chunk) {
        const count = min(chunk, pixels - i), at = <usize>j * yGroup + first + (<usize>i << 5);
        multiply(strips + (<usize>i << 5), list, end, 0, b + <usize>j * panel, panel, bias + (<usize>j << 5), sums, pitch, count, m);
        finish(kind, slope + (<usize>j << 5), sums, pitch, residual ? residual + at : 0, y + at, yGroup, count, m);
      }
    }
  }
}
