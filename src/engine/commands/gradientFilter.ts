// Gradients of filters: sums over the pixels of a batch.
import { dotWindow } from './gradientDot.generated';
import {
  dilationHeight, dilationWidth, images, height, kernelHeight, kernelWidth, outHeight, outWidth, phaseBytes, rowsAtATime, strideHeight, strideWidth,
  stripWidth, tapOffset, toPhases, toStrip, width,
} from './gradientStrip';
import { outerGroups, outerTile, tilePanels } from './gradientTile.generated';
import { address, share, word } from './words';

/** Pixels at a time where nothing has to be laid out anew: a tile's chunks of both maps stay in L1. */
const CHUNK: i32 = 192;

// @ts-ignore: decorator
@inline
function isPointwise(p: usize): bool {
  return (
    kernelHeight(p) == 1 && kernelWidth(p) == 1 && strideHeight(p) == 1 && strideWidth(p) == 1 &&
    height(p) == outHeight(p) && width(p) == outWidth(p)
  );
}

/**
 * Words: map, gradient of the result, filter's gradient [kh, kw, in, out], sums [in / 8][taps][out / 8][8][8] or 0, scratch,
 * bytes of it for a thread; a window (gradientStrip.ts); channels, channels of the result. Sums are made where they belong
 * where both are multiples of 8, and there alone.
 */
export function filterGradient(p: usize, thread: i32, threads: i32): void {
  const x = address(p, 2), dy = address(p, 3), to = address(p, 4), apart = address(p, 5), direct = apart == 0;
  const scratch = address(p, 6) + address(p, 7) * <usize>thread;
  const channels = word(p, 22), outChannels = word(p, 23);
  const groups = (channels + 7) >> 3, panels = (outChannels + 7) >> 3;
  const inner = outHeight(p) * outWidth(p), outer = height(p) * width(p), b = images(p);
  const taps = kernelHeight(p) * kernelWidth(p);
  const group = <usize>(b * outer) << 5, panel = <usize>(b * inner) << 5;
  // A thread has groups of the map or, where there are fewer of them, panels of the result.
  const byGroup = groups >= panels;
  const g0 = byGroup ? share(groups, thread, threads) : 0, g1 = byGroup ? share(groups, thread + 1, threads) : groups;
  const n0 = byGroup ? 0 : share(panels, thread, threads), n1 = byGroup ? panels : share(panels, thread + 1, threads);
  if (g0 >= g1 || n0 >= n1) return;
  const count = n1 - n0;
  // Where sums are: bytes from row to row, from panel to panel, from group to group, from tap to tap.
  const line = <usize>outChannels << 2, blocks = <usize>panels << 8;
  const row: usize = direct ? line : 32, next: usize = direct ? 32 : 256;
  const down = direct ? line << 3 : blocks * <usize>taps, tapStep = direct ? line * <usize>channels : blocks;
  const sums = (direct ? to : apart) + <usize>n0 * next;

  if (isPointwise(p)) {
    const pixels = b * inner;
    for (let m = 0; m < pixels; m += CHUNK) {
      const n = min(CHUNK, pixels - m);
      for (let j = 0, some = 0; j < count; j += some) {
        some = tilePanels(count - j);
        const y = dy + <usize>(n0 + j) * panel + (<usize>m << 5);
        outerGroups(
          x + <usize>g0 * group + (<usize>m << 5), group, g1 - g0, min(8, channels - g1 * 8 + 8), y, panel, some, n,
          sums + <usize>g0 * down + <usize>j * next, row, next, down, m == 0,
        );
      }
    }
  } else {
    const step = rowsAtATime(p), across = stripWidth(p);
    for (let image = 0; image < b; image++)
      for (let y = 0; y < outHeight(p); y += step) {
        const rows = min(step, outHeight(p) - y);
        const strip = <usize>(rows * across) << 5;
        const phases = scratch + strip * <usize>count;
        for (let n = 0; n < count; n++)
          toStrip(p, dy + <usize>(n0 + n) * panel + (<usize>(image * inner) << 5), y, rows, scratch + <usize>n * strip);
        for (let g = g0; g < g1; g++) {
          toPhases(p, x + <usize>g * group + (<usize>(image * outer) << 5), y, rows, phases);
          for (let j = 0, some = 0; j < count; j += some) {
            some = tilePanels(count - j);
            let at = sums + <usize>g * down + <usize>j * next;
            for (let ky = 0; ky < kernelHeight(p); ky++)
              for (let kx = 0; kx < kernelWidth(p); kx++) {
                const shifted = phases + tapOffset(p, ky, kx, rows);
                outerTile(
                  shifted, min(8, channels - g * 8), scratch + strip * <usize>j, strip, some, rows * across, at, row, next, image == 0 && y == 0,
                );
                at += tapStep;
              }
          }
        }
      }
  }

  if (direct) return;
  for (let g = g0; g < g1; g++)
    for (let tap = 0; tap < taps; tap++)
      for (let r = 0; r < min(8, channels - g * 8); r++) {
        const at = to + (<usize>((tap * channels + g * 8 + r) * outChannels) << 2);
        const from = apart + <usize>g * down + <usize>tap * tapStep + (<usize>r << 5);
        for (let n = n0; n < n1; n++)
          memory.copy(at + (<usize>n << 5), from + (<usize>n << 8), <usize>min(8, outChannels - n * 8) << 2);
      }
}

/** Products of one strip of 8 channels with every tap. */
function dotTaps(p: usize, phases: usize, strip: usize, rows: i32, sums: usize): void {
  const kh = kernelHeight(p), kw = kernelWidth(p), across = stripWidth(p), pixels = rows * across;
  if (dilationHeight(p) == 1 && dilationWidth(p) == 1) {
    const sh = strideHeight(p), sw = strideWidth(p), each = phaseBytes(p, rows);
    // Taps of one phase are neighbours in it.
    for (let py = 0; py < min(sh, kh); py++)
      for (let px = 0; px < min(sw, kw); px++)
        dotWindow(
          phases + <usize>(py * sw + px) * each, <usize>across << 5, (kh - py + sh - 1) / sh, (kw - px + sw - 1) / sw, strip, pixels,
          sums + (<usize>(py * kw + px) << 5), <usize>(sh * kw) << 5, <usize>sw << 5,
        );
  } else
    for (let ky = 0; ky < kh; ky++)
      for (let kx = 0; kx < kw; kx++)
        dotWindow(phases + tapOffset(p, ky, kx, rows), 0, 1, 1, strip, pixels, sums + (<usize>(ky * kw + kx) << 5), 0, 0);
}

/** Words: map, gradient of the result, filter's gradient [kh, kw, channels, 1], 0, scratch, bytes of it for a thread; a window; channels. */
export function depthwiseFilterGradient(p: usize, thread: i32, threads: i32): void {
  const x = address(p, 2), dy = address(p, 3), to = address(p, 4);
  const sums = address(p, 6) + address(p, 7) * <usize>thread;
  const channels = word(p, 22), groups = (channels + 7) >> 3, b = images(p);
  const inner = outHeight(p) * outWidth(p), outer = height(p) * width(p);
  const taps = kernelHeight(p) * kernelWidth(p);
  const strip = sums + (<usize>taps << 5);
  const step = rowsAtATime(p), across = stripWidth(p);
  const end = share(groups, thread + 1, threads);
  for (let g = share(groups, thread, threads); g < end; g++) {
    memory.fill(sums, 0, <usize>taps << 5);
    for (let image = 0; image < b; image++)
      for (let y = 0; y < outHeight(p); y += step) {
        const rows = min(step, outHeight(p) - y);
        const phases = strip + (<usize>(rows * across) << 5);
        toStrip(p, dy + (<usize>((g * b + image) * inner) << 5), y, rows, strip);
        toPhases(p, x + (<usize>((g * b + image) * outer) << 5), y, rows, phases);
        dotTaps(p, phases, strip, rows, sums);
      }
    for (let tap = 0; tap < taps; tap++)
      memory.copy(to + (<usize>(tap * channels + g * 8) << 2), sums + (<usize>tap << 5), <usize>min(8, channels - g * 8) << 2);
  }
}
