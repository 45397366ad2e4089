// Depthwise convolutions of maps [b, h, w, c] by filters [kh, kw, c, 1], forward and both gradients. `g` is a geometry.
//
// A few rows at a time are copied between zeros, so that no loop asks where a map ends. Each loop then takes 8 channels of
// 4 pixels: 8 sums, two vectors of the filter and one of the map stay in registers.
import {
  batch, dilationHeight, dilationWidth, inChannels, inHeight, inWidth, kernelHeight, kernelWidth, outHeight, outWidth,
  padLeft, padTop, strideHeight, strideWidth,
} from './geometry';
import { loadPart, madd, storePart } from './math';

/** Pixels of a padded row of the map, as the forward pass and the filter's gradient read it. */
function mapRow(g: usize): i32 {
  const reach = (outWidth(g) - 1) * strideWidth(g) + (kernelWidth(g) - 1) * dilationWidth(g) + 1;
  return max(padLeft(g) + inWidth(g), reach);
}
function mapRows(g: usize): i32 {
  return (kernelHeight(g) - 1) * dilationHeight(g) + 1;
}
/** Zeros left of a padded row of dy, as the map's gradient reads it. */
function gradientLeft(g: usize): i32 {
  const s = strideWidth(g);
  return max(0, ((kernelWidth(g) - 1) * dilationWidth(g) - padLeft(g) + s - 1) / s);
}
function gradientRow(g: usize): i32 {
  return gradientLeft(g) + max(outWidth(g), (inWidth(g) - 1 + padLeft(g)) / strideWidth(g) + 1);
}
function gradientRows(g: usize): i32 {
  return ((kernelHeight(g) - 1) * dilationHeight(g)) / strideHeight(g) + 2;
}

/** Bytes of scratch that each of the three needs: padded rows, and two pointers for each row of the filter. */
export function depthwiseBytes(g: usize): usize {
  const rows = max(mapRow(g) * mapRows(g), gradientRow(g) * gradientRows(g));
  return ((<usize>rows * <usize>inChannels(g)) << 2) + (<usize>kernelHeight(g) << 3) + 64;
}

/**
 * out [n, c] = the sum over `count` rows of the filter and `taps` of each. `table` holds for each row where pixel 0 meets
 * tap 0, and that tap; the others are so many bytes on.
 */
function sumTaps(
  table: usize, count: i32, taps: i32, tapStep: usize, filterStep: usize, pixel: usize,
  out: usize, outPixel: usize, n: i32, c: i32,
): void {
  const end = table + (<usize>count << 3);
  let o: usize = 0;
  for (; c >= 8; c -= 8) {
    for (let i = 0; i < n; i += 4) {
      const left = n - i;
      const second: usize = left > 1 ? pixel : 0, third: usize = left > 2 ? pixel : 0, fourth: usize = left > 3 ? pixel : 0;
      const first = <usize>i * pixel + o;
      let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
      for (let t = table; t < end; t += 8) {
        let p0 = load<usize>(t) + first, w = load<usize>(t, 4) + o;
        let p1 = p0 + second;
        let p2 = p1 + third;
        let p3 = p2 + fourth;
        for (let k = taps; k > 0; k--) {
          const w0 = v128.load(w), w1 = v128.load(w, 16);
          s00 = madd(v128.load(p0), w0, s00);
          s01 = madd(v128.load(p0, 16), w1, s01);
          s10 = madd(v128.load(p1), w0, s10);
          s11 = madd(v128.load(p1, 16), w1, s11);
          s20 = madd(v128.load(p2), w0, s20);
          s21 = madd(v128.load(p2, 16), w1, s21);
          s30 = madd(v128.load(p3), w0, s30);
          s31 = madd(v128.load(p3, 16), w1, s31);
          p0 += tapStep;
          p1 += tapStep;
          p2 += tapStep;
          p3 += tapStep;
          w += filterStep;
        }
      }
      let to = out + <usize>i * outPixel + o;
      v128.store(to, s00);
      v128.store(to, s01, 16);
      if (left > 1) {
        to += outPixel;
        v128.store(to, s10);
        v128.store(to, s11, 16);
      }
      if (left > 2) {
        to += outPixel;
        v128.store(to, s20);
        v128.store(to, s21, 16);
      }
      if (left > 3) {
        to += outPixel;
        v128.store(to, s30);
        v128.store(to, s31, 16);
      }
    }
    o += 32;
  }
  for (; c > 0; c -= 4) {
    for (let i = 0; i < n; i++) {
      let s = f32x4.splat(0);
      for (let t = table; t < end; t += 8) {
        let p = load<usize>(t) + <usize>i * pixel + o, w = load<usize>(t, 4) + o;
        for (let k = taps; k > 0; k--) {
          s = c >= 4 ? madd(v128.load(p), v128.load(w), s) : madd(loadPart(p, c), loadPart(w, c), s);
          p += tapStep;
          w += filterStep;
        }
      }
      const to = out + <usize>i * outPixel + o;
      if (c >= 4) v128.store(to, s);
      else storePart(to, s, c);
    }
    o += 16;
  }
}

/** x [b, h, w, c], filter [kh, kw, c] -> y [b, oh, ow, c]. */
export function depthwise(g: usize, x: usize, filter: usize, y: usize, scratch: usize): void {
  const h = inHeight(g), c = inChannels(g), kh = kernelHeight(g), kw = kernelWidth(g), oh = outHeight(g), ow = outWidth(g);
  const bytes = <usize>c << 2, mapBytes = <usize>inWidth(g) * bytes, padded = <usize>mapRow(g) * bytes;
  const slots = mapRows(g), dh = dilationHeight(g), left = <usize>padLeft(g) * bytes;
  const table = scratch, ring = scratch + (<usize>kh << 3);
  memory.fill(ring, 0, padded * <usize>slots);
  for (let n = batch(g); n > 0; n--) {
    let copied = 0; // rows of the map that have been copied
    for (let oy = 0; oy < oh; oy++) {
      const top = oy * strideHeight(g) - padTop(g);
      for (const last = min(h, top + slots); copied < last; copied++)
        memory.copy(ring + <usize>(copied % slots) * padded + left, x + <usize>copied * mapBytes, mapBytes);
      let count = 0;
      for (let i = 0; i < kh; i++) {
        const iy = top + i * dh;
        if (<u32>iy >= <u32>h) continue;
        const entry = table + (<usize>count << 3);
        store<usize>(entry, ring + <usize>(iy % slots) * padded);
        store<usize>(entry, filter + <usize>(i * kw) * bytes, 4);
        count++;
      }
      sumTaps(table, count, kw, <usize>dilationWidth(g) * bytes, bytes, <usize>strideWidth(g) * bytes, y, bytes, ow, c);
      y += <usize>ow * bytes;
    }
    x += <usize>h * mapBytes;
  }
}

function gcd(a: i32, b: i32): i32 {
  while (b) {
    const r = a % b;
    a = b;
    b = r;
  }
  return a;
}

/** dy [b, oh, ow, c], filter [kh, kw, c] -> dx [b, h, w, c]. Pixels whose place differs by a stride meet the same taps. */
export function depthwiseInputGradient(g: usize, dy: usize, filter: usize, dx: usize, scratch: usize): void {
  const h = inHeight(g), w = inWidth(g), c = inChannels(g), kh = kernelHeight(g), kw = kernelWidth(g), oh = outHeight(g);
  const sh = strideHeight(g), sw = strideWidth(g), dh = dilationHeight(g), dw = dilationWidth(g), top = padTop(g), left = padLeft(g);
  const bytes = <usize>c << 2, rowBytes = <usize>outWidth(g) * bytes, padded = <usize>gradientRow(g) * bytes;
  const slots = gradientRows(g), zeros = gradientLeft(g);
  const step = sw / gcd(sw, dw); // from one tap that meets a pixel to the next
  const table = scratch, ring = scratch + (<usize>kh << 3);
  memory.fill(ring, 0, padded * <usize>slots);
  for (let n = batch(g); n > 0; n--) {
    let copied = 0;
    for (let iy = 0; iy < h; iy++) {
      for (const last = min(oh, (iy + top) / sh + 1); copied < last; copied++)
        memory.copy(ring + <usize>(copied % slots) * padded + <usize>zeros * bytes, dy + <usize>copied * rowBytes, rowBytes);
      for (let phase = 0; phase < min(sw, w); phase++) {
        let tap = 0;
        while (tap < kw && (phase + left - tap * dw) % sw != 0) tap++;
        const taps = tap < kw ? (kw - 1 - tap) / step + 1 : 0;
        const pixel = zeros + (phase + left - tap * dw) / sw;
        let count = 0;
        if (taps > 0)
          for (let i = 0; i < kh; i++) {
            const t = iy + top - i * dh;
            if (t < 0 || t % sh != 0 || t / sh >= oh) continue;
            const entry = table + (<usize>count << 3);
            store<usize>(entry, ring + <usize>((t / sh) % slots) * padded + <usize>pixel * bytes);
            store<usize>(entry, filter + <usize>(i * kw + tap) * bytes, 4);
            count++;
          }
        const back = <usize>(-((step * dw) / sw)) * bytes;
        const out = dx + <usize>phase * bytes;
        sumTaps(table, count, taps, back, <usize>step * bytes, bytes, out, <usize>sw * bytes, (w - phase + sw - 1) / sw, c);
      }
      dx += <usize>w * bytes;
    }
    dy += <usize>oh * rowBytes;
  }
}

/** Adds to TAPS taps of the filter [.., c] the products of n pixels of x and dy. */
// @ts-ignore: decorator
@inline
function addTaps(TAPS: i32, x: usize, tapStep: usize, pixel: usize, dy: usize, n: i32, to: usize, c: i32): void {
  const bytes = <usize>c << 2;
  let o: usize = 0;
  for (; c >= 8; c -= 8) {
    let p0 = x + o;
    let p1 = p0 + tapStep;
    let p2 = p1 + tapStep;
    let p3 = p2 + tapStep;
    let p4 = p3 + tapStep;
    let d = dy + o;
    let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00, s40 = s00, s41 = s00;
    for (let i = n; i > 0; i--) {
      const d0 = v128.load(d), d1 = v128.load(d, 16);
      s00 = madd(v128.load(p0), d0, s00);
      s01 = madd(v128.load(p0, 16), d1, s01);
      p0 += pixel;
      if (TAPS > 1) {
        s10 = madd(v128.load(p1), d0, s10);
        s11 = madd(v128.load(p1, 16), d1, s11);
        p1 += pixel;
      }
      if (TAPS > 2) {
        s20 = madd(v128.load(p2), d0, s20);
        s21 = madd(v128.load(p2, 16), d1, s21);
        p2 += pixel;
      }
      if (TAPS > 3) {
        s30 = madd(v128.load(p3), d0, s30);
        s31 = madd(v128.load(p3, 16), d1, s31);
        p3 += pixel;
      }
      if (TAPS > 4) {
        s40 = madd(v128.load(p4), d0, s40);
        s41 = madd(v128.load(p4, 16), d1, s41);
        p4 += pixel;
      }
      d += bytes;
    }
    let q = to + o;
    v128.store(q, f32x4.add(v128.load(q), s00));
    v128.store(q, f32x4.add(v128.load(q, 16), s01), 16);
    if (TAPS > 1) {
      q += bytes;
      v128.store(q, f32x4.add(v128.load(q), s10));
      v128.store(q, f32x4.add(v128.load(q, 16), s11), 16);
    }
    if (TAPS > 2) {
      q += bytes;
      v128.store(q, f32x4.add(v128.load(q), s20));
      v128.store(q, f32x4.add(v128.load(q, 16), s21), 16);
    }
    if (TAPS > 3) {
      q += bytes;
      v128.store(q, f32x4.add(v128.load(q), s30));
      v128.store(q, f32x4.add(v128.load(q, 16), s31), 16);
    }
    if (TAPS > 4) {
      q += bytes;
      v128.store(q, f32x4.add(v128.load(q), s40));
      v128.store(q, f32x4.add(v128.load(q, 16), s41), 16);
    }
    o += 32;
  }
  for (; c > 0; c -= 4) {
    for (let t = 0; t < TAPS; t++) {
      let p = x + o + <usize>t * tapStep, d = dy + o;
      const q = to + o + <usize>t * bytes;
      let s = f32x4.splat(0);
      for (let i = n; i > 0; i--) {
        s = c >= 4 ? madd(v128.load(p), v128.load(d), s) : madd(loadPart(p, c), loadPart(d, c), s);
        p += pixel;
        d += bytes;
      }
      if (c >= 4) v128.store(q, f32x4.add(v128.load(q), s));
      else storePart(q, f32x4.add(loadPart(q, c), s), c);
    }
    o += 16;
  }
}
function addTaps5(x: usize, tapStep: usize, pixel: usize, dy: usize, n: i32, to: usize, c: i32): void {
  addTaps(5, x, tapStep, pixel, dy, n, to, c);
}
function addTaps3(x: usize, tapStep: usize, pixel: usize, dy: usize, n: i32, to: usize, c: i32): void {
  addTaps(3, x, tapStep, pixel, dy, n, to, c);
}
function addTaps1(x: usize, tapStep: usize, pixel: usize, dy: usize, n: i32, to: usize, c: i32): void {
  addTaps(1, x, tapStep, pixel, dy, n, to, c);
}

/** x [b, h, w, c], dy [b, oh, ow, c] -> dfilter [kh, kw, c]. */
export function depthwiseFilterGradient(g: usize, x: usize, dy: usize, dfilter: usize, scratch: usize): void {
  const h = inHeight(g), c = inChannels(g), kh = kernelHeight(g), kw = kernelWidth(g), oh = outHeight(g), ow = outWidth(g);
  const bytes = <usize>c << 2, mapBytes = <usize>inWidth(g) * bytes, padded = <usize>mapRow(g) * bytes;
  const slots = mapRows(g), left = <usize>padLeft(g) * bytes;
  const tapStep = <usize>dilationWidth(g) * bytes, pixel = <usize>strideWidth(g) * bytes;
  const ring = scratch + (<usize>kh << 3);
  memory.fill(ring, 0, padded * <usize>slots);
  memory.fill(dfilter, 0, <usize>(kh * kw) * bytes);
  for (let n = batch(g); n > 0; n--) {
    let copied = 0;
    for (let oy = 0; oy < oh; oy++) {
      const top = oy * strideHeight(g) - padTop(g);
      for (const last = min(h, top + slots); copied < last; copied++)
        memory.copy(ring + <usize>(copied % slots) * padded + left, x + <usize>copied * mapBytes, mapBytes);
      for (let i = 0; i < kh; i++) {
        const iy = top + i * dilationHeight(g);
        if (<u32>iy >= <u32>h) continue;
        let row = ring + <usize>(iy % slots) * padded, to = dfilter + <usize>(i * kw) * bytes;
        for (let taps = kw; taps > 0; ) {
          const some = taps >= 5 ? 5 : taps >= 3 ? 3 : 1;
          if (some == 5) addTaps5(row, tapStep, pixel, dy, ow, to, c);
          else if (some == 3) addTaps3(row, tapStep, pixel, dy, ow, to, c);
          else addTaps1(row, tapStep, pixel, dy, ow, to, c);
          taps -= some;
          row += <usize>some * tapStep;
          to += <usize>some * bytes;
        }
      }
      dy += <usize>ow * bytes;
    }
    x += <usize>h * mapBytes;
  }
}
