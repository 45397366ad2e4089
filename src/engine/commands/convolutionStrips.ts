// Convolutions of any kernel, stride and dilation, with no columns made: strips of rows lie in L2 with their padding, parted
// by the phases of the stride, so that the pixels that a tap meets lie side by side. Each tap of each group of channels is
// an offset in the micro-kernel's list.
import { finish } from './convolutionFinish';
import { panelsAtATime, rowsAtATime } from './convolutionPointwise';
import { multiply } from './convolutionTile.generated';
import { address, share, word } from './words';

/** Pixels of 8 lanes, `step` bytes apart, side by side; lanes beyond n become zero. */
function copyStep(from: usize, step: usize, to: usize, pixels: i32, n: i32): void {
  if (n >= 8) {
    for (; pixels > 0; pixels--) {
      const v0 = v128.load(from), v1 = v128.load(from, 16);
      v128.store(to, v0);
      v128.store(to, v1, 16);
      from += step;
      to += 32;
    }
    return;
  }
  const lanes = i32x4.splat(n);
  const low = i32x4.gt_s(lanes, i32x4(0, 1, 2, 3)), high = i32x4.gt_s(lanes, i32x4(4, 5, 6, 7));
  for (; pixels > 0; pixels--) {
    const v0 = v128.and(v128.load(from), low), v1 = v128.and(v128.load(from, 16), high);
    v128.store(to, v0);
    v128.store(to, v1, 16);
    from += step;
    to += 32;
  }
}

/** First i of 0 .. count with i * step + at >= 0. */
// @ts-ignore: decorator
@inline
function firstInside(at: i32, step: i32, count: i32): i32 {
  return at >= 0 ? 0 : min(count, (step - 1 - at) / step);
}

/** A row of a strip: pixels at, at + step ... of a row of a map, zeros where there are none. */
function stripRow(row: usize, width: i32, at: i32, step: i32, to: usize, count: i32, lanes: i32): void {
  const first = firstInside(at, step, count);
  const end = at >= width ? first : max(first, min(count, (width - 1 - at) / step + 1));
  memory.fill(to, 0, <usize>first << 5);
  copyStep(row + (<usize>(at + first * step) << 5), <usize>step << 5, to + (<usize>first << 5), end - first, lanes);
  memory.fill(to + (<usize>end << 5), 0, <usize>(count - end) << 5);
}

/** Copies pixels of some panels to places that are `step` bytes apart. */
function scatter(from: usize, group: usize, to: usize, toGroup: usize, step: usize, pixels: i32, panels: i32): void {
  for (; panels > 0; panels--) {
    let p = from, q = to;
    for (let i = 0; i < pixels; i++) {
      const v0 = v128.load(p), v1 = v128.load(p, 16);
      v128.store(q, v0);
      v128.store(q, v1, 16);
      p += 32;
      q += step;
    }
    from += group;
    to += toGroup;
  }
}

/**
 * Words: x, panels, bias, y, images, height, width, channels in, height, width, channels out, kernel, stride, padding, dilation (height
 * and width of each), activation, slopes, residual, scratch, bytes of it, rows of a strip, whether rows are taken through
 * with the pixels between them, pixels of y: from row to row, from column to column, of an image, before the first.
 */
export function convolveStrips(p: usize, thread: i32, threads: i32): void {
  const x = address(p, 2), b = address(p, 3), bias = address(p, 4), y = address(p, 5);
  const images = word(p, 6), inHeight = word(p, 7), inWidth = word(p, 8), channels = word(p, 9);
  const outHeight = word(p, 10), outWidth = word(p, 11), outputs = (word(p, 12) + 7) >> 3;
  const kernelHeight = word(p, 13), kernelWidth = word(p, 14), strideY = word(p, 15), strideX = word(p, 16);
  const top = word(p, 17), left = word(p, 18), dilationY = word(p, 19), dilationX = word(p, 20);
  const kind = word(p, 21), slope = address(p, 22), residual = address(p, 23);
  const list = address(p, 24) + <usize>thread * address(p, 25);
  const rows = word(p, 26), through = word(p, 27) != 0;
  const yRow = word(p, 28), yColumn = word(p, 29), yImage = word(p, 30), yFirst = word(p, 31);

  const taps = kernelHeight * kernelWidth, groups = (channels + 7) >> 3;
  const reachY = max(0, (kernelHeight - 1) * dilationY), reachX = max(0, (kernelWidth - 1) * dilationX);
  const phasesY = min(strideY, reachY + 1), phasesX = min(strideX, reachX + 1);
  const width = outWidth + reachX / strideX, height = rows + reachY / strideY;
  const plane = <usize>(height * width) << 5;
  const group = plane * <usize>(phasesY * phasesX) + 64;
  const panel = <usize>(taps * groups) << 8;
  const sums = list + ((<usize>(taps * groups) * 4 + 63) & ~63), strips = sums + (36 << 10);
  const xGroup = <usize>(images * inHeight * inWidth) << 5, yGroup = <usize>(images * yImage) << 5;

  let end = list;
  for (let g = 0; g < groups; g++)
    for (let ky = 0; ky < kernelHeight; ky++)
      for (let kx = 0; kx < kernelWidth; kx++) {
        const dy = ky * dilationY, dx = kx * dilationX;
        const phase = (dy % strideY) * phasesX + (dx % strideX);
        const pixel = (dy / strideY) * width + dx / strideX;
        store<u32>(end, <u32>(<usize>g * group + <usize>phase * plane + (<usize>pixel << 5)));
        end += 4;
      }

  // Strips are shared where there are enough of them, else panels.
  const perImage = (outHeight + rows - 1) / rows, items = images * perImage, pairs = (outputs + 1) >> 1;
  const byStrips = items >= threads || items >= pairs;
  const endItem = byStrips ? share(items, thread + 1, threads) : items;
  const firstPanel = byStrips ? 0 : share(pairs, thread, threads) << 1;
  const endPanel = byStrips ? outputs : min(outputs, share(pairs, thread + 1, threads) << 1);
  if (firstPanel == endPanel) return;
  const most = panelsAtATime(panel);

  for (let item = byStrips ? share(items, thread, threads) : 0; item < endItem; item++) {
    const image = item / perImage, y0 = (item - image * perImage) * rows, n = min(rows, outHeight - y0);
    for (let g = 0; g < groups; g++) {
      const map = x + <usize>g * xGroup + (<usize>(image * inHeight * inWidth) << 5), lanes = channels - (g << 3);
      for (let py = 0; py < phasesY; py++)
        for (let r = 0; r < n + reachY / strideY; r++) {
          const iy = (y0 + r) * strideY + py - top;
          let to = strips + <usize>g * group + <usize>(py * phasesX) * plane + (<usize>(r * width) << 5);
          for (let px = 0; px < phasesX; px++) {
            if (iy < 0 || iy >= inHeight) memory.fill(to, 0, <usize>width << 5);
            else stripRow(map + (<usize>(iy * inWidth) << 5), inWidth, px - left, strideX, to, width, lanes);
            to += plane;
          }
        }
    }
    const segments = through ? 1 : n, length = through ? (n - 1) * width + outWidth : outWidth;
    for (let j = firstPanel; j < endPanel; j += most) {
      const m = min(most, endPanel - j), chunk = rowsAtATime(m), pitch = (<usize>chunk << 5) + 64;
      const bj = b + <usize>j * panel, biasJ = bias + (<usize>j << 5), slopeJ = slope + (<usize>j << 5), yj = <usize>j * yGroup;
      for (let s = 0; s < segments; s++)
        for (let i = 0; i < length; i += chunk) {
          const count = min(chunk, length - i), from = s * width + i;
          multiply(strips + (<usize>from << 5), list, end, 0, bj, panel, biasJ, sums, pitch, count, m);
          for (let v = from; v < from + count; ) {
            const row = v / width, column = v - row * width;
            if (column >= outWidth) {
              v += width - column;
              continue;
            }
            const pixels = min(outWidth - column, from + count - v);
            const sum = sums + (<usize>(v - from) << 5);
            const at = yj + (<usize>(image * yImage + yFirst + (y0 + row) * yRow + column * yColumn) << 5);
            if (yColumn == 1) finish(kind, slopeJ, sum, pitch, residual ? residual + at : 0, y + at, yGroup, pixels, m);
            else {
              finish(kind, slopeJ, sum, pitch, 0, sum, pitch, pixels, m);
              scatter(sum, pitch, y + at, yGroup, <usize>yColumn << 5, pixels, m);
            }
            v += pixels;
          }
        }
    }
  }
}
