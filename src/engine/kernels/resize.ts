// Resizing of maps [b, h, w, c] to [b, oh, ow, c], and its gradients.
import { loadPart, madd, storePart } from './math';

/** Pixel i of the result is pixel floor(i * h / oh) of the map. */
export function upsampleNearest(x: usize, y: usize, batch: i32, h: i32, w: i32, c: i32, oh: i32, ow: i32): void {
  const bytes = <usize>c << 2, row = <usize>w * bytes, outRow = <usize>ow * bytes;
  for (; batch > 0; batch--) {
    let before = -1;
    for (let i = 0; i < oh; i++) {
      const iy = <i32>((<i64>i * h) / oh);
      if (iy == before) memory.copy(y, y - outRow, outRow);
      else
        for (let j = 0; j < ow; j++) {
          const from = x + <usize>iy * row + <usize>((<i64>j * w) / ow) * bytes, to = y + <usize>j * bytes;
          copy(from, to, c);
        }
      before = iy;
      y += outRow;
    }
    x += <usize>h * row;
  }
}

// @ts-ignore: decorator
@inline
function copy(from: usize, to: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  if (n) storePart(to, loadPart(from, n), n);
}

/** to += from * share over n numbers. */
// @ts-ignore: decorator
@inline
function addShare(from: usize, to: usize, share: f32, n: i32): void {
  const s = f32x4.splat(share);
  for (; n >= 4; n -= 4) {
    v128.store(to, madd(v128.load(from), s, v128.load(to)));
    from += 16;
    to += 16;
  }
  if (n) storePart(to, madd(loadPart(from, n), s, loadPart(to, n)), n);
}

/** dy [b, oh, ow, c] -> dx [b, h, w, c]: each pixel gets the sum of its copies. */
export function upsampleNearestGradient(dy: usize, dx: usize, batch: i32, h: i32, w: i32, c: i32, oh: i32, ow: i32): void {
  const bytes = <usize>c << 2, row = <usize>w * bytes;
  memory.fill(dx, 0, <usize>(batch * h) * row);
  for (; batch > 0; batch--) {
    for (let i = 0; i < oh; i++) {
      const to = dx + <usize>((<i64>i * h) / oh) * row;
      for (let j = 0; j < ow; j++) {
        addShare(dy, to + <usize>((<i64>j * w) / ow) * bytes, 1, c);
        dy += bytes;
      }
    }
    dx += <usize>h * row;
  }
}

/** dy [b, oh, ow, c] -> dx [b, h, w, c] of a bilinear resize with half-pixel centres. */
export function resizeBilinearGradient(dy: usize, dx: usize, batch: i32, h: i32, w: i32, c: i32, oh: i32, ow: i32): void {
  const bytes = <usize>c << 2, row = <usize>w * bytes;
  const down = <f64>h / <f64>oh, across = <f64>w / <f64>ow;
  memory.fill(dx, 0, <usize>(batch * h) * row);
  for (; batch > 0; batch--) {
    for (let i = 0; i < oh; i++) {
      const y = max(0, (<f64>i + 0.5) * down - 0.5);
      const above = min(h - 1, <i32>y), below = min(h - 1, above + 1);
      const v = y - <f64>above;
      for (let j = 0; j < ow; j++) {
        const x = max(0, (<f64>j + 0.5) * across - 0.5);
        const left = min(w - 1, <i32>x), right = min(w - 1, left + 1);
        const u = x - <f64>left;
        const l = <usize>left * bytes, r = <usize>right * bytes;
        const upper = dx + <usize>above * row, lower = dx + <usize>below * row;
        addShare(dy, upper + l, <f32>((1 - v) * (1 - u)), c);
        if (u > 0) addShare(dy, upper + r, <f32>((1 - v) * u), c);
        if (v > 0) {
          addShare(dy, lower + l, <f32>(v * (1 - u)), c);
          if (u > 0) addShare(dy, lower + r, <f32>(v * u), c);
        }
        dy += bytes;
      }
    }
    dx += <usize>h * row;
  }
}
