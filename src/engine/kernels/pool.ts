// The gradient of max pooling over maps [b, h, w, c]. `g` is a geometry.
import {
  batch, inChannels, inHeight, inWidth, kernelHeight, kernelWidth, outHeight, outWidth, padLeft, padTop, strideHeight,
  strideWidth,
} from './geometry';
import { loadPart } from './math';

// @ts-ignore: decorator
@inline
function addAt(map: usize, place: i32, d: f32): void {
  const at = map + (<usize>place << 2);
  store<f32>(at, load<f32>(at) + d);
}

/**
 * x [b, h, w, c], dy [b, oh, ow, c] -> dx. Each window's gradient goes to its first maximum; a NaN counts as the maximum,
 * as it does forward; a window of nothing but -inf has its maximum first.
 */
export function maxPoolGradient(g: usize, x: usize, dy: usize, dx: usize): void {
  const h = inHeight(g), w = inWidth(g), c = inChannels(g), kh = kernelHeight(g), kw = kernelWidth(g);
  const bytes = <usize>c << 2, map = <usize>(h * w) * bytes;
  memory.fill(dx, 0, <usize>batch(g) * map);
  for (let n = batch(g); n > 0; n--) {
    for (let oy = 0; oy < outHeight(g); oy++) {
      const top = oy * strideHeight(g) - padTop(g);
      const y0 = max(0, top), y1 = min(h, top + kh);
      for (let ox = 0; ox < outWidth(g); ox++) {
        const left = ox * strideWidth(g) - padLeft(g);
        const x0 = max(0, left), x1 = min(w, left + kw);
        if (y0 < y1 && x0 < x1)
          for (let j = 0; j < c; j += 4) {
            const o = <usize>j << 2, rest = c - j;
            const first = (y0 * w + x0) * c + j;
            let best = f32x4.splat(-Infinity), place = i32x4.splat(first);
            for (let iy = y0; iy < y1; iy++)
              for (let ix = x0; ix < x1; ix++) {
                const at = (iy * w + ix) * c + j;
                const v = rest >= 4 ? v128.load(x + (<usize>at << 2)) : loadPart(x + (<usize>at << 2), rest);
                const found = v128.or(f32x4.gt(v, best), v128.and(f32x4.ne(v, v), f32x4.eq(best, best)));
                best = v128.bitselect(v, best, found);
                place = v128.bitselect(i32x4.splat(at), place, found);
              }
            const d = rest >= 4 ? v128.load(dy + o) : loadPart(dy + o, rest);
            addAt(dx, i32x4.extract_lane(place, 0), f32x4.extract_lane(d, 0));
            if (rest > 1) addAt(dx, i32x4.extract_lane(place, 1) + 1, f32x4.extract_lane(d, 1));
            if (rest > 2) addAt(dx, i32x4.extract_lane(place, 2) + 2, f32x4.extract_lane(d, 2));
            if (rest > 3) addAt(dx, i32x4.extract_lane(place, 3) + 3, f32x4.extract_lane(d, 3));
          }
        dy += bytes;
      }
    }
    x += map;
    dx += map;
  }
}
