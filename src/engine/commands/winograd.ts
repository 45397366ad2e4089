// Convolutions 3x3 of stride 1 by Winograd's F(4x4, 3x3): 36 products of tiles by channels where there would be 144.
import { finish } from './convolutionFinish';
import { panelsAtATime } from './convolutionPointwise';
import { multiply } from './convolutionTile.generated';
import { TABLE, transformFilter, transformInput, transformOutput, writeTable } from './winogradTransform.generated';
import { address, share, word } from './words';

/** Words: filter [3, 3, k, n], 36 times panels [n / 8][k / 8][8][8], k, n. */
export function transformFilters(p: usize, thread: i32, threads: i32): void {
  const filter = address(p, 2), to = address(p, 3), k = word(p, 4), n = word(p, 5);
  const panels = (n + 7) >> 3, padded = ((k + 7) >> 3) << 3;
  const panel = <usize>padded << 5, matrix = panel * <usize>panels, step = <usize>(k * n) << 2;
  const end = share(panels, thread + 1, threads);
  for (let j = share(panels, thread, threads); j < end; j++) {
    const lanes = min(8, n - (j << 3)), at = to + <usize>j * panel;
    if (lanes < 8 || k < padded) for (let m: usize = 0; m < 36; m++) memory.fill(at + m * matrix, 0, panel);
    for (let i = 0; i < k; i++)
      for (let c = 0; c < lanes; c++)
        transformFilter(filter + (<usize>(i * n + (j << 3) + c) << 2), step, at + (<usize>((i << 3) + c) << 2), matrix);
  }
}

/** 6 x 6 pixels from row y and column x on, zeros beyond the map and beyond some lanes. */
function copyTile(map: usize, height: i32, width: i32, y: i32, x: i32, lanes: i32, to: usize): void {
  const all = i32x4.splat(lanes);
  const low = i32x4.gt_s(all, i32x4(0, 1, 2, 3)), high = i32x4.gt_s(all, i32x4(4, 5, 6, 7));
  memory.fill(to, 0, 1152);
  const endY = min(6, height - y), endX = min(6, width - x);
  for (let r = max(0, -y); r < endY; r++)
    for (let c = max(0, -x); c < endX; c++) {
      const from = map + (<usize>((y + r) * width + x + c) << 5), at = to + (<usize>(6 * r + c) << 5);
      const v0 = v128.and(v128.load(from), low), v1 = v128.and(v128.load(from, 16), high);
      v128.store(at, v0);
      v128.store(at, v1, 16);
    }
}

/**
 * Words: x, panels, bias, y, images, height, width, channels in, height, width, channels out, padding (top, left), activation, slopes, residual,
 * scratch, bytes of it, tiles at a time.
 */
export function convolveWinograd(p: usize, thread: i32, threads: i32): void {
  const x = address(p, 2), b = address(p, 3), bias = address(p, 4), y = address(p, 5);
  const images = word(p, 6), inHeight = word(p, 7), inWidth = word(p, 8), channels = word(p, 9);
  const outHeight = word(p, 10), outWidth = word(p, 11), outputs = (word(p, 12) + 7) >> 3;
  const top = word(p, 13), left = word(p, 14), kind = word(p, 15), slope = address(p, 16), residual = address(p, 17);
  const table = address(p, 18) + <usize>thread * address(p, 19), most = word(p, 20);

  const groups = (channels + 7) >> 3, panel = <usize>groups << 8;
  const pitch = (<usize>most << 5) + 64, inMatrix = pitch * <usize>groups + 64, outMatrix = pitch * <usize>outputs + 64;
  const tile = table + TABLE, scratch = tile + 1152, zeros = scratch + 1152;
  const list = zeros + (<usize>outputs << 5), tiles = list + ((<usize>groups * 4 + 63) & ~63), sums = tiles + 36 * inMatrix;
  writeTable(table);
  memory.fill(zeros, 0, <usize>outputs << 5);
  for (let g = 0; g < groups; g++) store<u32>(list + (<usize>g << 2), <u32>(<usize>g * pitch));
  const end = list + (<usize>groups << 2), block = panelsAtATime(panel);
  const xImage = <usize>(inHeight * inWidth) << 5, xGroup = xImage * images;
  const yImage = <usize>(outHeight * outWidth) << 5, yGroup = yImage * images;

  const across = (outWidth + 3) >> 2, perImage = across * ((outHeight + 3) >> 2), all = images * perImage;
  const last = share(all, thread + 1, threads);
  for (let first = share(all, thread, threads); first < last; first += most) {
    const count = min(most, last - first);
    for (let g = 0; g < groups; g++) {
      const lanes = channels - (g << 3);
      let to = tiles + <usize>g * pitch;
      for (let t = first; t < first + count; t++) {
        const image = t / perImage, at = t - image * perImage, row = at / across;
        const ty = (row << 2) - top, tx = ((at - row * across) << 2) - left;
        const map = x + <usize>g * xGroup + <usize>image * xImage;
        if (ty >= 0 && tx >= 0 && ty + 6 <= inHeight && tx + 6 <= inWidth && lanes >= 8)
          transformInput(table, map + (<usize>(ty * inWidth + tx) << 5), <usize>inWidth << 5, to, inMatrix, scratch);
        else {
          copyTile(map, inHeight, inWidth, ty, tx, lanes, tile);
          transformInput(table, tile, 192, to, inMatrix, scratch);
        }
        to += 32;
      }
    }
    for (let m: usize = 0; m < 36; m++)
      for (let j = 0; j < outputs; j += block) {
        const n = min(block, outputs - j);
        const panels = b + (m * <usize>outputs + <usize>j) * panel;
        multiply(tiles + m * inMatrix, list, end, 0, panels, panel, zeros, sums + m * outMatrix + <usize>j * pitch, pitch, count, n);
      }
    for (let j = 0; j < outputs; j++) {
      let from = sums + <usize>j * pitch;
      for (let t = first; t < first + count; t++) {
        const image = t / perImage, at = t - image * perImage, row = at / across;
        const oy = row << 2, ox = (at - row * across) << 2;
        const map = <usize>j * yGroup + <usize>image * yImage + (<usize>(oy * outWidth + ox) << 5);
        const rows = min(4, outHeight - oy), columns = min(4, outWidth - ox);
        // Whole tiles are written where they belong, others through a tile of their own.
        const whole = rows == 4 && columns == 4;
        const to = whole ? y + map : tile, step: usize = whole ? <usize>outWidth << 5 : 128;
        transformOutput(table, from, outMatrix, bias + (<usize>j << 5), to, step, scratch);
        for (let r = 0; r < rows; r++) {
          const line = map + (<usize>(r * outWidth) << 5);
          finish(kind, slope + (<usize>j << 5), to + <usize>r * step, 0, residual ? residual + line : 0, y + line, 0, columns, 1);
        }
        from += 32;
      }
    }
  }
}
