// Convolutions 3x3 of stride 1 by Winograd's F(4x4, 3x3): 36 products of tiles by channels where there would be 144.
import { finish } from './convolutionFinish';
import { panelsAtATime } from './convolutionPointwise';
import { madd } from '../kernels/math';
import { multiply } from './convolutionTile.generated';
import { FIRST, MIDDLE, TABLE, transformFilter, transformInput, transformOutput, writeTable } from './winogradTransform.generated';
import { address, share, word } from './words';

/** Words: filter [3, 3, k, n], 36 times panels [n / 8][k / 8][8][8], k, n, scratch of 288 bytes for each thread. */
export function transformFilters(p: usize, thread: i32, threads: i32): void {
  const filter = address(p, 2), to = address(p, 3), k = word(p, 4), n = word(p, 5);
  const part = address(p, 6) + <usize>thread * 288;
  const panels = (n + 7) >> 3, padded = ((k + 7) >> 3) << 3;
  const panel = <usize>padded << 5, matrix = panel * <usize>panels, step = <usize>(k * n) << 2;
  const end = share(panels, thread + 1, threads);
  for (let j = share(panels, thread, threads); j < end; j++) {
    const lanes = min(8, n - (j << 3)), at = to + <usize>j * panel;
    if (k < padded) for (let m: usize = 0; m < 36; m++) memory.fill(at + m * matrix, 0, panel);
    for (let i = 0; i < k; i++) {
      const from = filter + (<usize>(i * n + (j << 3)) << 2), there = at + (<usize>i << 5);
      if (lanes == 8) transformFilter(from, step, there, matrix);
      else {
        memory.fill(part, 0, 288);
        for (let tap: usize = 0; tap < 9; tap++) memory.copy(part + (tap << 5), from + tap * step, <usize>lanes << 2);
        transformFilter(part, 32, there, matrix);
      }
    }
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

/** Whether 4 x 4 pixels of 8 lanes are all finite. */
function isFinite(tile: usize, row: usize): bool {
  const zero = f32x4.splat(0);
  let a = zero, b = zero;
  for (let r = 0; r < 4; r++) {
    for (let c: usize = 0; c < 128; c += 32) {
      a = madd(v128.load(tile + c), zero, a);
      b = madd(v128.load(tile + c, 16), zero, b);
    }
    tile += row;
  }
  return v128.any_true(v128.or(f32x4.ne(a, a), f32x4.ne(b, b))) == 0;
}

/** A tap of 8 filters, brought back from their transforms. */
function tapOf(panels: usize, matrix: usize, ky: i32, kx: i32, high: usize): v128 {
  // Along an axis: the first is a part of point 0, the last point infinity, the middle one the difference of a and -a.
  const rows = ky == 1 ? 2 : 1, columns = kx == 1 ? 2 : 1;
  let sum = f32x4.splat(0);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const i = ky == 0 ? 0 : ky == 2 ? 5 : 1 + r, j = kx == 0 ? 0 : kx == 2 ? 5 : 1 + c;
      const one = v128.load(panels + <usize>(6 * i + j) * matrix + high);
      sum = ((r ^ c) & 1) ? f32x4.sub(sum, one) : f32x4.add(sum, one);
    }
  const y: f32 = ky == 0 ? FIRST : ky == 1 ? MIDDLE : 1, x: f32 = kx == 0 ? FIRST : kx == 1 ? MIDDLE : 1;
  return f32x4.mul(sum, f32x4.splat(y * x));
}

/**
 * 4 x 4 pixels by their sums alone, for tiles with numbers that are not finite: the transforms would carry these to pixels that
 * do not see them.
 */
function directTile(
  x: usize, xGroup: usize, height: i32, width: i32, channels: i32, y: i32, left: i32,
  panels: usize, matrix: usize, bias: usize, to: usize, row: usize,
): void {
  for (let r = 0; r < 4; r++)
    for (let c = 0; c < 4; c++) {
      const at = to + <usize>r * row + (<usize>c << 5);
      v128.store(at, v128.load(bias));
      v128.store(at, v128.load(bias, 16), 16);
    }
  for (let ky = 0; ky < 3; ky++)
    for (let kx = 0; kx < 3; kx++)
      for (let i = 0; i < channels; i++) {
        const part = panels + (<usize>i << 5);
        const w0 = tapOf(part, matrix, ky, kx, 0), w1 = tapOf(part, matrix, ky, kx, 16);
        const map = x + <usize>(i >> 3) * xGroup + (<usize>(i & 7) << 2);
        for (let r = 0; r < 4; r++) {
          const iy = y + r + ky;
          if (iy < 0 || iy >= height) continue;
          for (let c = 0; c < 4; c++) {
            const ix = left + c + kx;
            if (ix < 0 || ix >= width) continue;
            const v = v128.load32_splat(map + (<usize>(iy * width + ix) << 5)), at = to + <usize>r * row + (<usize>c << 5);
            v128.store(at, madd(v, w0, v128.load(at)));
            v128.store(at, madd(v, w1, v128.load(at, 16)), 16);
          }
        }
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
        if (!isFinite(to, step))
          directTile(
            x + <usize>image * xImage, xGroup, inHeight, inWidth, channels, oy - top, ox - left,
            b + <usize>j * panel, panel * <usize>outputs, bias + (<usize>j << 5), to, step,
          );
        for (let r = 0; r < rows; r++) {
          const line = map + (<usize>(r * outWidth) << 5);
          finish(kind, slope + (<usize>j << 5), to + <usize>r * step, 0, residual ? residual + line : 0, y + line, 0, columns, 1);
        }
        from += 32;
      }
    }
  }
}
