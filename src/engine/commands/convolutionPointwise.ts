// Convolutions 1x1 of stride 1: a product over blocked maps, whose pixels are the rows.
import { finish } from './convolutionFinish';
import { multiply, ROWS } from './convolutionTile.generated';
import { address, share, word } from './words';

/** Bytes of panels that stay in L2 while all rows pass by. */
export const PANELS: usize = 512 << 10;
/** Bytes of sums that wait in L1 for what follows. */
export const SUMS: usize = 24 << 10;
/** What they take at most, with some bytes between groups. */
export const SUMS_BYTES: usize = 36 << 10;

/** Panels that pass all rows before the next: an even number. */
// @ts-ignore: decorator
@inline
export function panelsAtATime(panel: usize): i32 {
  return <i32>max(2, min(64, PANELS / max(1, panel)) & ~1);
}

/** Rows (pixels) whose sums wait, for a number of panels. */
// @ts-ignore: decorator
@inline
export function rowsAtATime(panels: i32): i32 {
  return max(ROWS, <i32>(SUMS / (<usize>panels << 5)) / ROWS * ROWS);
}

/** Bytes of rows of x that are copied. */
const COPY: usize = 96 << 10;

/**
 * Whether groups at such a distance get into each other's way: L2 has 8 places for lines at a distance of 128 KB. The sides
 * of maps are often multiples of powers of two.
 */
// @ts-ignore: decorator
@inline
function crowded(group: usize, groups: i32): bool {
  const apart = group & ((128 << 10) - 1);
  const places = apart == 0 ? 1 : (128 << 10) / (1 << <usize>ctz<u32>(<u32>apart));
  return groups > 8 && <usize>groups > 2 * places;
}

/**
 * Words: x, panels, bias, y, pixels, channels in, channels out, activation, slopes, residual, scratch, bytes of it: see
 * lower/convolutionPointwise.ts.
 */
export function pointwise(p: usize, thread: i32, threads: i32): void {
  const x = address(p, 2), b = address(p, 3), bias = address(p, 4), y = address(p, 5);
  const pixels = word(p, 6), k = word(p, 7), outputs = (word(p, 8) + 7) >> 3;
  const kind = word(p, 9), slope = address(p, 10), residual = address(p, 11);
  const list = address(p, 12) + <usize>thread * address(p, 13);
  const inputs = (k + 7) >> 3, panel = <usize>inputs << 8, group = <usize>pixels << 5;
  const sums = list + ((<usize>inputs * 4 + 63) & ~63), copy = sums + SUMS_BYTES;

  // Rows are shared where there are enough of them, else panels.
  const tiles = (pixels + ROWS - 1) / ROWS, pairs = (outputs + 1) >> 1;
  const byRows = tiles >= pairs || tiles >= 8 * threads;
  const from = byRows ? share(tiles, thread, threads) * ROWS : 0;
  const to = byRows ? min(pixels, share(tiles, thread + 1, threads) * ROWS) : pixels;
  const first = byRows ? 0 : share(pairs, thread, threads) << 1;
  const last = byRows ? outputs : min(outputs, share(pairs, thread + 1, threads) << 1);

  const most = panelsAtATime(panel);
  for (let j = first; j < last; j += most) {
    const n = min(most, last - j), at = <usize>j * group;
    let chunk = rowsAtATime(n);
    const copied = crowded(group, inputs), apart = kind != 0 || residual != 0 || crowded(group, n);
    if (copied) chunk = max(ROWS, min(chunk, <i32>(COPY / (<usize>inputs << 5)) / ROWS * ROWS));
    const pitch = (<usize>chunk << 5) + 64;
    const step = copied ? pitch : group;
    for (let g = 0; g < inputs; g++) store<u32>(list + (<usize>g << 2), <u32>(<usize>g * step));
    const end = list + (<usize>(k >> 3) << 2);
    for (let i = from; i < to; i += chunk) {
      const rows = min(chunk, to - i), row = <usize>i << 5;
      let a = x + row;
      if (copied) {
        for (let g = 0; g < inputs; g++) copyPixels(x + <usize>g * group + row, copy + <usize>g * pitch, rows);
        a = copy;
      }
      const c = apart ? sums : y + at + row, cGroup = apart ? pitch : group;
      multiply(a, list, end, k & 7, b + <usize>j * panel, panel, bias + (<usize>j << 5), c, cGroup, rows, n);
      if (apart) finish(kind, slope + (<usize>j << 5), sums, pitch, residual ? residual + at + row : 0, y + at + row, group, rows, n);
    }
  }
}

/** 32 bytes a pixel. */
export function copyPixels(from: usize, to: usize, pixels: i32): void {
  for (; pixels > 0; pixels--) {
    const v0 = v128.load(from), v1 = v128.load(from, 16);
    v128.store(to, v0);
    v128.store(to, v1, 16);
    from += 32;
    to += 32;
  }
}
