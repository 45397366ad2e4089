// Gradients of maps that went through windows over each channel.
import { madd } from '../kernels/math';
import {
  around, dilationHeight, dilationWidth, height, images, kernelHeight, kernelWidth, outHeight, outWidth, padLeft, padTop, strideHeight,
  strideWidth, width,
} from './gradientStrip';
import { address, number, share, word } from './words';

/** n pixels `step` bytes apart of to = sum of taps: each 8 numbers at w, times pixels in a row that begin so many bytes from x. */
function gather(x: usize, offsets: usize, w: usize, taps: i32, to: usize, step: usize, n: i32): void {
  const zero = f32x4.splat(0);
  for (; n >= 4; n -= 4) {
    let a0 = zero, a1 = zero, b0 = zero, b1 = zero, c0 = zero, c1 = zero, d0 = zero, d1 = zero;
    for (let t = 0; t < taps; t++) {
      const at = x + <usize>load<u32>(offsets + (<usize>t << 2)), by = w + (<usize>t << 5);
      const w0 = v128.load(by), w1 = v128.load(by, 16);
      a0 = madd(v128.load(at), w0, a0);
      a1 = madd(v128.load(at, 16), w1, a1);
      b0 = madd(v128.load(at, 32), w0, b0);
      b1 = madd(v128.load(at, 48), w1, b1);
      c0 = madd(v128.load(at, 64), w0, c0);
      c1 = madd(v128.load(at, 80), w1, c1);
      d0 = madd(v128.load(at, 96), w0, d0);
      d1 = madd(v128.load(at, 112), w1, d1);
    }
    v128.store(to, a0);
    v128.store(to, a1, 16);
    to += step;
    v128.store(to, b0);
    v128.store(to, b1, 16);
    to += step;
    v128.store(to, c0);
    v128.store(to, c1, 16);
    to += step;
    v128.store(to, d0);
    v128.store(to, d1, 16);
    to += step;
    x += 128;
  }
  for (; n > 0; n--) {
    let a0 = zero, a1 = zero;
    for (let t = 0; t < taps; t++) {
      const at = x + <usize>load<u32>(offsets + (<usize>t << 2)), by = w + (<usize>t << 5);
      a0 = madd(v128.load(at), v128.load(by), a0);
      a1 = madd(v128.load(at, 16), v128.load(by, 16), a1);
    }
    v128.store(to, a0);
    v128.store(to, a1, 16);
    to += step;
    x += 32;
  }
}

/**
 * Words: gradient of the result, filter [taps][channels], map's gradient, 0, scratch, bytes of it for a thread; a window; channels.
 * Scratch: taps of each phase of the map as 8 numbers and as places, then the gradient with zeros around.
 */
export function depthwiseInputGradient(p: usize, thread: i32, threads: i32): void {
  const dy = address(p, 2), filter = address(p, 3), dx = address(p, 4);
  const lanes = address(p, 6) + address(p, 7) * <usize>thread;
  const channels = word(p, 22), groups = (channels + 7) >> 3, b = images(p);
  const kh = kernelHeight(p), kw = kernelWidth(p), sh = strideHeight(p), sw = strideWidth(p), h = height(p), w = width(p);
  const top = padTop(p), left = padLeft(p), oh = outHeight(p), ow = outWidth(p), inner = oh * ow, outer = h * w;
  // Pixel y of the padded map gets of results y / s - k * d / s, for the taps k with the same remainder.
  const above = ((kh - 1) * dilationHeight(p)) / sh, before = ((kw - 1) * dilationWidth(p)) / sw;
  const across = before + max(ow, (w - 1 + left) / sw + 1), down = above + max(oh, (h - 1 + top) / sh + 1);
  const offsets = lanes + (<usize>(kh * kw) << 5), copy = offsets + (<usize>((kh * kw + 15) & ~15) << 2);
  const end = share(groups, thread + 1, threads);
  for (let g = share(groups, thread, threads); g < end; g++)
    for (let image = 0; image < b; image++) {
      around(dy + (<usize>((g * b + image) * inner) << 5), oh, ow, copy, above, before, down, across);
      const to = dx + (<usize>((g * b + image) * outer) << 5);
      for (let py = 0; py < sh; py++)
        for (let px = 0; px < sw; px++) {
          let taps = 0;
          for (let ky = 0; ky < kh; ky++)
            for (let kx = 0; kx < kw; kx++) {
              const ty = ky * dilationHeight(p), tx = kx * dilationWidth(p);
              if (ty % sh != py || tx % sw != px) continue;
              const own = lanes + (<usize>taps << 5);
              memory.fill(own, 0, 32);
              memory.copy(own, filter + (<usize>((ky * kw + kx) * channels + g * 8) << 2), <usize>min(8, channels - g * 8) << 2);
              store<u32>(offsets + (<usize>taps << 2), <u32>(((above - ty / sh) * across + before - tx / sw) << 5));
              taps++;
            }
          const ix = (px + sw - left % sw) % sw, n = ix < w ? (w - ix + sw - 1) / sw : 0;
          for (let iy = (py + sh - top % sh) % sh; iy < h; iy += sh)
            gather(
              copy + (<usize>(((iy + top) / sh) * across + (ix + left) / sw) << 5), offsets, lanes, taps,
              to + (<usize>(iy * w + ix) << 5), <usize>sw << 5, n,
            );
        }
    }
}

/** Words: map, result, gradient of the result, map's gradient, 0, 0; a window; channels. The first largest of a window gets all of it. */
export function maxPoolGradient(p: usize, thread: i32, threads: i32): void {
  const channels = word(p, 22), groups = (channels + 7) >> 3, b = images(p);
  const inner = outHeight(p) * outWidth(p), outer = height(p) * width(p), w = width(p), h = height(p);
  const end = share(groups * b, thread + 1, threads);
  for (let i = share(groups * b, thread, threads); i < end; i++) {
    const x = address(p, 2) + (<usize>(i * outer) << 5), dx = address(p, 5) + (<usize>(i * outer) << 5);
    let y = address(p, 3) + (<usize>(i * inner) << 5), dy = address(p, 4) + (<usize>(i * inner) << 5);
    memory.fill(dx, 0, <usize>outer << 5);
    for (let oy = 0; oy < outHeight(p); oy++)
      for (let ox = 0; ox < outWidth(p); ox++) {
        const y0 = v128.load(y), y1 = v128.load(y, 16);
        let d0 = v128.load(dy), d1 = v128.load(dy, 16);
        const top = oy * strideHeight(p) - padTop(p), left = ox * strideWidth(p) - padLeft(p);
        for (let iy = max(0, top); iy < min(h, top + kernelHeight(p)); iy++)
          for (let ix = max(0, left); ix < min(w, left + kernelWidth(p)); ix++) {
            const at = <usize>(iy * w + ix) << 5;
            const m0 = f32x4.eq(v128.load(x + at), y0), m1 = f32x4.eq(v128.load(x + at, 16), y1);
            v128.store(dx + at, f32x4.add(v128.load(dx + at), v128.and(m0, d0)));
            v128.store(dx + at, f32x4.add(v128.load(dx + at, 16), v128.and(m1, d1)), 16);
            d0 = v128.andnot(d0, m0);
            d1 = v128.andnot(d1, m1);
          }
        y += 32;
        dy += 32;
      }
  }
}

/** Words: gradient of the result, 0, map's gradient, 0, 0, 0; a window; channels, factor. */
export function averagePoolGradient(p: usize, thread: i32, threads: i32): void {
  const channels = word(p, 22), groups = (channels + 7) >> 3, b = images(p), factor = f32x4.splat(number(p, 23));
  const inner = outHeight(p) * outWidth(p), outer = height(p) * width(p), w = width(p), h = height(p);
  const end = share(groups * b, thread + 1, threads);
  for (let i = share(groups * b, thread, threads); i < end; i++) {
    const dx = address(p, 4) + (<usize>(i * outer) << 5);
    let dy = address(p, 2) + (<usize>(i * inner) << 5);
    memory.fill(dx, 0, <usize>outer << 5);
    for (let oy = 0; oy < outHeight(p); oy++)
      for (let ox = 0; ox < outWidth(p); ox++) {
        const d0 = f32x4.mul(v128.load(dy), factor), d1 = f32x4.mul(v128.load(dy, 16), factor);
        const top = oy * strideHeight(p) - padTop(p), left = ox * strideWidth(p) - padLeft(p);
        for (let iy = max(0, top); iy < min(h, top + kernelHeight(p)); iy++)
          for (let ix = max(0, left); ix < min(w, left + kernelWidth(p)); ix++) {
            const at = <usize>(iy * w + ix) << 5;
            v128.store(dx + at, f32x4.add(v128.load(dx + at), d0));
            v128.store(dx + at, f32x4.add(v128.load(dx + at, 16), d1), 16);
          }
        dy += 32;
      }
  }
}
