// Rows of channels: what is added to them, multiplied by them, or summed over them. x is [m, c] or [b, pixels, c].
import { loadPart, madd, storePart, sumLanes } from './math';

/** y = x + bias, bias [c]. */
export function biasAdd(x: usize, bias: usize, y: usize, m: i32, c: i32): void {
  const whole = <usize>(c & ~3) << 2;
  const part = c & 3;
  for (; m > 0; m--) {
    for (let o: usize = 0; o < whole; o += 16) v128.store(y + o, f32x4.add(v128.load(x + o), v128.load(bias + o)));
    x += whole;
    y += whole;
    if (part) {
      storePart(y, f32x4.add(loadPart(x, part), loadPart(bias + whole, part)), part);
      x += <usize>part << 2;
      y += <usize>part << 2;
    }
  }
}

/** y = x * scale, scale [c]. */
export function multiply(x: usize, scale: usize, y: usize, m: i32, c: i32): void {
  const whole = <usize>(c & ~3) << 2;
  const part = c & 3;
  for (; m > 0; m--) {
    for (let o: usize = 0; o < whole; o += 16) v128.store(y + o, f32x4.mul(v128.load(x + o), v128.load(scale + o)));
    x += whole;
    y += whole;
    if (part) {
      storePart(y, f32x4.mul(loadPart(x, part), loadPart(scale + whole, part)), part);
      x += <usize>part << 2;
      y += <usize>part << 2;
    }
  }
}

/** y = x * scale, scale [b, c]. */
export function scaleChannels(x: usize, scale: usize, y: usize, batch: i32, pixels: i32, c: i32): void {
  const bytes = <usize>c << 2, map = <usize>pixels * bytes;
  for (; batch > 0; batch--) {
    multiply(x, scale, y, pixels, c);
    x += map;
    y += map;
    scale += bytes;
  }
}

const CHUNK: i32 = 64;

/** y [c] += the sum of x [m, c], or of x * other where there is one. */
// @ts-ignore: decorator
@inline
function addRows(product: bool, x: usize, other: usize, y: usize, m: i32, c: i32): void {
  const bytes = <usize>c << 2;
  for (let i = 0; i < m; i += CHUNK) {
    const rows = min(CHUNK, m - i);
    const first = <usize>i * bytes;
    let j = 0;
    for (; j + 4 <= c; j += 4) {
      const o = <usize>j << 2;
      let p = x + first + o, q = other + first + o;
      let s = f32x4.splat(0);
      for (let r = 0; r < rows; r++) {
        s = product ? madd(v128.load(p), v128.load(q), s) : f32x4.add(s, v128.load(p));
        p += bytes;
        q += bytes;
      }
      v128.store(y + o, f32x4.add(v128.load(y + o), s));
    }
    for (; j < c; j++) {
      const o = <usize>j << 2;
      let p = x + first + o, q = other + first + o;
      let s: f32 = 0;
      for (let r = 0; r < rows; r++) {
        s += product ? load<f32>(p) * load<f32>(q) : load<f32>(p);
        p += bytes;
        q += bytes;
      }
      store<f32>(y + o, load<f32>(y + o) + s);
    }
  }
}

/** y [c] = the sum of x [m, c]. */
export function channelSum(x: usize, y: usize, m: i32, c: i32): void {
  memory.fill(y, 0, <usize>c << 2);
  addRows(false, x, x, y, m, c);
}

/** y [b, c] = the mean of x [b, pixels, c]. */
export function spatialMean(x: usize, y: usize, batch: i32, pixels: i32, c: i32): void {
  const bytes = <usize>c << 2;
  memory.fill(y, 0, <usize>batch * bytes);
  for (let i = 0; i < batch; i++)
    addRows(false, x + <usize>(i * pixels) * bytes, x, y + <usize>i * bytes, pixels, c);
  for (let o: usize = 0; o < <usize>batch * bytes; o += 4) store<f32>(y + o, load<f32>(y + o) / <f32>pixels);
}

/** dx [b, pixels, c] = dy [b, c] / pixels. */
export function spatialMeanGradient(dy: usize, dx: usize, batch: i32, pixels: i32, c: i32): void {
  const bytes = <usize>c << 2;
  for (; batch > 0; batch--) {
    for (let o: usize = 0; o < bytes; o += 4) store<f32>(dx + o, load<f32>(dy + o) / <f32>pixels);
    const first = dx;
    dx += bytes;
    for (let i = 1; i < pixels; i++) {
      memory.copy(dx, first, bytes);
      dx += bytes;
    }
    dy += bytes;
  }
}

/** dscale [b, c] = the sum of x * dy over each map. */
export function scaleChannelsGradient(x: usize, dy: usize, dscale: usize, batch: i32, pixels: i32, c: i32): void {
  const bytes = <usize>c << 2, map = <usize>pixels * bytes;
  memory.fill(dscale, 0, <usize>batch * bytes);
  for (; batch > 0; batch--) {
    addRows(true, x, dy, dscale, pixels, c);
    x += map;
    dy += map;
    dscale += bytes;
  }
}

/** y = sum of weights[i] * map i over n numbers; `maps` points to `count` pointers. */
export function weightedSum(maps: usize, count: i32, weights: usize, y: usize, n: i32): void {
  let o: usize = 0;
  for (; n >= 8; n -= 8) {
    let s = f32x4.splat(0), t = s;
    for (let i = 0; i < count; i++) {
      const x = load<usize>(maps + (<usize>i << 2)) + o;
      const w = v128.load32_splat(weights + (<usize>i << 2));
      s = madd(v128.load(x), w, s);
      t = madd(v128.load(x, 16), w, t);
    }
    v128.store(y + o, s);
    v128.store(y + o, t, 16);
    o += 32;
  }
  for (; n > 0; n--) {
    let s: f32 = 0;
    for (let i = 0; i < count; i++)
      s += load<f32>(load<usize>(maps + (<usize>i << 2)) + o) * load<f32>(weights + (<usize>i << 2));
    store<f32>(y + o, s);
    o += 4;
  }
}

/** y = x * factor[0]. */
export function scaleBy(x: usize, factor: usize, y: usize, n: i32): void {
  const w = v128.load32_splat(factor);
  for (; n >= 4; n -= 4) {
    v128.store(y, f32x4.mul(v128.load(x), w));
    x += 16;
    y += 16;
  }
  if (n) storePart(y, f32x4.mul(loadPart(x, n), w), n);
}

/** The sum of x * y over n numbers, in parts of 4096. */
export function dot(x: usize, y: usize, n: i32): f32 {
  let total: f32 = 0;
  while (n > 0) {
    const part = min(n, 4096);
    let a = f32x4.splat(0), b = a;
    let i = part;
    for (; i >= 8; i -= 8) {
      a = madd(v128.load(x), v128.load(y), a);
      b = madd(v128.load(x, 16), v128.load(y, 16), b);
      x += 32;
      y += 32;
    }
    let rest: f32 = 0;
    for (; i > 0; i--) {
      rest += load<f32>(x) * load<f32>(y);
      x += 4;
      y += 4;
    }
    total += sumLanes(f32x4.add(a, b)) + rest;
    n -= part;
  }
  return total;
}
