// Expansion 1x1, activation, depthwise window 3x3 or 5x5, activation: one block of channels and strip of rows at a time, which
// stay in L2. The expanded map is never stored.
import { swishRow, windowRows } from './depthwise.generated';
import { finish } from './convolutionFinish';
import { multiply, ROWS } from './convolutionTile.generated';
import { addRow, scaleLanes, SWISH, zeroRow } from './windowMath';
import { address, share, word } from './words';

/** Pixels of the product that wait in L1 for their activation: a whole number of tiles. */
// @ts-ignore: decorator
@inline
function chunkOf(groups: i32): i32 {
  return max(1, (640 / groups) / ROWS) * ROWS;
}

/**
 * Words: x, panels of the expansion, its bias, filter [g][side * side + 1][8] whose last is the bias, y, means [g][images][8] or 0,
 * images, channels of x, groups of y, height, width, of y, side, stride, padding above and left, activations of the expansion and
 * of the window, groups of a block, rows of y at a time, scratch, bytes of it: see `mobileScratch` of lower/mobile.ts.
 */
export function mobile(p: usize, thread: i32, threads: i32): void {
  const images = word(p, 8), channels = word(p, 9), groups = word(p, 10), h = word(p, 11), w = word(p, 12), oh = word(p, 13), ow = word(p, 14);
  const side = word(p, 15), stride = word(p, 16), top = word(p, 17), left = word(p, 18), first = word(p, 19), second = word(p, 20);
  const wide = word(p, 21), most = word(p, 22);
  const inputs = (channels + 7) >> 3, panel = <usize>inputs << 8;
  const xGroup = <usize>(images * h * w) << 5, yGroup = <usize>(images * oh * ow) << 5;
  const chunk = chunkOf(wide), sumsGroup = (<usize>chunk << 5) + 64;
  const list = address(p, 23) + <usize>thread * address(p, 24);
  const sums = list + ((<usize>inputs * 4 + 63) & ~63), strip = sums + <usize>wide * sumsGroup;
  for (let g = 0; g < inputs; g++) store<u32>(list + (<usize>g << 2), <u32>(<usize>g * xGroup));
  const listEnd = list + (<usize>(channels >> 3) << 2);

  const pitch = (ow - 1) * stride + side, right = pitch - left - w;
  const row = <usize>pitch << 5, step = row * <usize>stride;
  const plane = (row * <usize>((most - 1) * stride + side) + 64) | 64; // not a multiple of 128
  const kept = min(w, pitch - left), filterBytes = <usize>(side * side + 1) << 5;
  const blocks = (groups + wide - 1) / wide;

  const end = share(blocks * images, thread + 1, threads);
  for (let item = share(blocks * images, thread, threads); item < end; item++) {
    const block = item / images, image = item - block * images;
    const g0 = block * wide, n = min(wide, groups - g0);
    const x = address(p, 2) + (<usize>(image * h * w) << 5), y = address(p, 6) + <usize>g0 * yGroup + (<usize>(image * oh * ow) << 5);
    const panels = address(p, 3) + <usize>g0 * panel, bias = address(p, 4) + (<usize>g0 << 5);
    const means = address(p, 7) ? address(p, 7) + (<usize>(g0 * images + image) << 5) : 0;
    if (means) for (let g = 0; g < n; g++) zeroRow(means + (<usize>(g * images) << 5), 1);
    let have = -1;
    for (let from = 0; from < oh; ) {
      const rows = min(most, oh - from), start = from * stride, until = start + (rows - 1) * stride + side;
      if (have > start) {
        const kept = <usize>(have - start) * row;
        for (let g = 0; g < n; g++) {
          const q = strip + <usize>g * plane;
          memory.copy(q, q + <usize>most * step, kept);
        }
      } else have = start;
      // Rows of x that are there: all of them become pixels of one product.
      const line0 = max(have - top, 0), line1 = min(until - top, h);
      for (let g = 0; g < n; g++) {
        const q = strip + <usize>g * plane;
        for (let line = have; line < until; line++) {
          const to = q + <usize>(line - start) * row;
          if (line < top || line >= top + h) zeroRow(to, pitch);
          else {
            zeroRow(to, left);
            zeroRow(to + (<usize>(left + kept) << 5), right);
          }
        }
      }
      const pixels = (line1 - line0) * w, source = x + (<usize>(line0 * w) << 5);
      for (let i = 0; i < pixels; i += chunk) {
        const m = min(chunk, pixels - i);
        multiply(source + (<usize>i << 5), list, listEnd, channels & 7, panels, panel, bias, sums, sumsGroup, m, n);
        for (let g = 0; g < n; g++) {
          let line = i / w, at = i - line * w, from = sums + <usize>g * sumsGroup;
          let to = strip + <usize>g * plane + <usize>(line0 + line + top - start) * row + (<usize>left << 5);
          for (let rest = m; rest > 0; ) {
            const run = min(rest, w - at), used = min(run, kept - at);
            if (used > 0) {
              const q = to + (<usize>at << 5);
              if (first == SWISH) swishRow(from, q, used);
              else finish(first, 0, from, 0, 0, q, 0, used, 1);
            }
            from += <usize>run << 5;
            to += row;
            rest -= run;
            at = 0;
          }
        }
      }
      have = until;
      for (let g = 0; g < n; g++) {
        const q = y + <usize>g * yGroup + (<usize>(from * ow) << 5);
        const filter = address(p, 5) + <usize>(g0 + g) * filterBytes;
        windowRows(side, stride, second, strip + <usize>g * plane, row, step, filter, q, <usize>ow << 5, ow, rows);
        // By row, so that the height of strips, which threads change, is not seen in the sums.
        if (means) for (let i = 0; i < rows; i++) addRow(q + (<usize>(i * ow) << 5), ow, means + (<usize>(g * images) << 5));
      }
      from += rows;
    }
    if (means) for (let g = 0; g < n; g++) scaleLanes(means + (<usize>(g * images) << 5), <f32>1 / <f32>(oh * ow));
  }
}
