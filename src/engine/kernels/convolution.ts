// Convolutions of maps [b, h, w, c] as matrix products, forward and both gradients: any kernel, stride, padding and
// dilation. `g` is a geometry.
import { addOuter, outerBytes, pack, packTransposed, packedBytes, product, sumsBytes, TILE, unpackSums } from './gemm';
import {
  batch, dilationHeight, dilationWidth, inChannels, inHeight, inWidth, kernelHeight, kernelWidth, outChannels, outHeight,
  outWidth, padLeft, padTop, strideHeight, strideWidth,
} from './geometry';

/** Numbers of a patch. */
// @ts-ignore: decorator
@inline
function patch(g: usize): i32 {
  return kernelHeight(g) * kernelWidth(g) * inChannels(g);
}

/** Whether each pixel is its own patch. */
function pointwise(g: usize): bool {
  return (
    kernelHeight(g) == 1 && kernelWidth(g) == 1 && strideHeight(g) == 1 && strideWidth(g) == 1 && padTop(g) == 0 &&
    padLeft(g) == 0 && inHeight(g) == outHeight(g) && inWidth(g) == outWidth(g)
  );
}

/** Patches made at a time: some 256 KB of them. */
function patchRows(g: usize): i32 {
  return max(5, (65536 / patch(g) / 5) * 5);
}

/** Bytes of scratch that each of the three needs. */
export function convolutionBytes(g: usize): usize {
  const k = patch(g), n = outChannels(g);
  const patches: usize = pointwise(g) ? 0 : (<usize>patchRows(g) * <usize>k) << 2;
  const forward = packedBytes(k, n) + TILE, input = packedBytes(n, k) + TILE, filter = sumsBytes(k, n) + outerBytes(n);
  return patches + max(forward, max(input, filter)) + 64;
}

// @ts-ignore: decorator
@inline
function copyFloats(from: usize, to: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  for (; n > 0; n--) {
    store<f32>(to, load<f32>(from));
    from += 4;
    to += 4;
  }
}

// @ts-ignore: decorator
@inline
function addFloats(from: usize, to: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    from += 16;
    to += 16;
  }
  for (; n > 0; n--) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += 4;
    to += 4;
  }
}

/** Copies `rows` patches from output pixel `first` on out of the map x, zeros outside it; or, `back`, adds them to it. */
function patches(g: usize, x: usize, first: i32, rows: i32, to: usize, back: bool): void {
  const h = inHeight(g), w = inWidth(g), c = inChannels(g), ow = outWidth(g), kh = kernelHeight(g), kw = kernelWidth(g);
  const sh = strideHeight(g), sw = strideWidth(g), dh = dilationHeight(g), dw = dilationWidth(g);
  const top = padTop(g), left = padLeft(g);
  const area = outHeight(g) * ow, bytes = <usize>c << 2;
  let image = first / area, oy = (first % area) / ow, ox = first % ow;
  for (; rows > 0; rows--) {
    const map = x + <usize>image * <usize>(h * w) * bytes;
    for (let i = 0; i < kh; i++) {
      const y = oy * sh - top + i * dh;
      const x0 = ox * sw - left;
      if (<u32>y >= <u32>h) {
        if (!back) memory.fill(to, 0, <usize>kw * bytes);
        to += <usize>kw * bytes;
      } else if (dw == 1 && x0 >= 0 && x0 + kw <= w) {
        const at = map + <usize>(y * w + x0) * bytes;
        if (back) addFloats(to, at, kw * c);
        else copyFloats(at, to, kw * c);
        to += <usize>kw * bytes;
      } else
        for (let j = 0; j < kw; j++) {
          const xx = x0 + j * dw;
          const at = map + <usize>(y * w + xx) * bytes;
          if (<u32>xx >= <u32>w) {
            if (!back) memory.fill(to, 0, bytes);
          } else if (back) addFloats(to, at, c);
          else copyFloats(at, to, c);
          to += bytes;
        }
    }
    if (++ox == ow) {
      ox = 0;
      if (++oy == outHeight(g)) {
        oy = 0;
        image++;
      }
    }
  }
}

/** y = x * filter. x [b, h, w, c], filter [kh, kw, c, n] -> y [b, oh, ow, n]. */
export function convolution(g: usize, x: usize, filter: usize, y: usize, scratch: usize): void {
  const k = patch(g), n = outChannels(g), m = batch(g) * outHeight(g) * outWidth(g);
  const row = <usize>k << 2, out = <usize>n << 2;
  const packed = scratch + TILE, made = packed + packedBytes(k, n);
  pack(filter, out, k, n, packed);
  if (pointwise(g)) {
    product(x, row, packed, y, out, m, k, n, scratch);
    return;
  }
  const step = patchRows(g);
  for (let i = 0; i < m; i += step) {
    const rows = min(step, m - i);
    patches(g, x, i, rows, made, false);
    product(made, row, packed, y + <usize>i * out, out, rows, k, n, scratch);
  }
}

/** The gradient of the map: dy [b, oh, ow, n], filter [kh, kw, c, n] -> dx [b, h, w, c]. */
export function convolutionInputGradient(g: usize, dy: usize, filter: usize, dx: usize, scratch: usize): void {
  const k = patch(g), n = outChannels(g), m = batch(g) * outHeight(g) * outWidth(g);
  const row = <usize>k << 2, out = <usize>n << 2;
  const packed = scratch + TILE, made = packed + packedBytes(n, k);
  packTransposed(filter, out, n, k, packed);
  if (pointwise(g)) {
    product(dy, out, packed, dx, row, m, n, k, scratch);
    return;
  }
  memory.fill(dx, 0, (<usize>(batch(g) * inHeight(g) * inWidth(g)) * <usize>inChannels(g)) << 2);
  const step = patchRows(g);
  for (let i = 0; i < m; i += step) {
    const rows = min(step, m - i);
    product(dy + <usize>i * out, out, packed, made, row, rows, n, k, scratch);
    patches(g, dx, i, rows, made, true);
  }
}

/** The gradient of the filter: x [b, h, w, c], dy [b, oh, ow, n] -> dfilter [kh, kw, c, n]. */
export function convolutionFilterGradient(g: usize, x: usize, dy: usize, dfilter: usize, scratch: usize): void {
  const k = patch(g), n = outChannels(g), m = batch(g) * outHeight(g) * outWidth(g);
  const row = <usize>k << 2, out = <usize>n << 2;
  const sums = scratch, rest = sums + sumsBytes(k, n), made = rest + outerBytes(n);
  memory.fill(sums, 0, sumsBytes(k, n));
  if (pointwise(g)) addOuter(x, row, dy, out, m, k, n, sums, rest);
  else {
    const step = patchRows(g);
    for (let i = 0; i < m; i += step) {
      const rows = min(step, m - i);
      patches(g, x, i, rows, made, false);
      addOuter(made, row, dy + <usize>i * out, out, rows, k, n, sums, rest);
    }
  }
  unpackSums(sums, k, n, dfilter);
}
