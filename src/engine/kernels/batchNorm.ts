// Training batch norm and its activation, over rows [m, c]. Channels go by 4, rows by chunks that stay in the cache.
// k is the address of the constants.
import { multiply } from './channels';
import { activate, activateBack, LINEAR, loadPart, madd, RELU, storePart, SWISH } from './math';

const CHUNK: i32 = 64;

// @ts-ignore: decorator
@inline
function at(x: usize, n: i32): v128 {
  return n >= 4 ? v128.load(x) : loadPart(x, n);
}
// @ts-ignore: decorator
@inline
function put(to: usize, x: v128, n: i32): void {
  if (n >= 4) v128.store(to, x);
  else storePart(to, x, n);
}

/** Joins the statistics of up to 64 rows of 4 channels to those of the `seen` rows before. */
// @ts-ignore: decorator
@inline
function join(x: usize, stride: usize, rows: i32, n: i32, seen: i32, mean: usize, squares: usize): void {
  const shift = at(x, n);
  let sum = f32x4.splat(0), square = sum, other = sum, otherSquare = sum; // two chains: an addition takes its time
  let i = rows;
  for (; i > 1; i -= 2) {
    const d = f32x4.sub(at(x, n), shift);
    sum = f32x4.add(sum, d);
    square = madd(d, d, square);
    x += stride;
    const e = f32x4.sub(at(x, n), shift);
    other = f32x4.add(other, e);
    otherSquare = madd(e, e, otherSquare);
    x += stride;
  }
  if (i) {
    const d = f32x4.sub(at(x, n), shift);
    sum = f32x4.add(sum, d);
    square = madd(d, d, square);
  }
  sum = f32x4.add(sum, other);
  square = f32x4.add(square, otherSquare);
  // Chan, Golub and LeVeque, 1979: each chunk is summed about a value of its own.
  const count = f32x4.splat(<f32>rows), total = f32x4.splat(<f32>(seen + rows));
  const offset = f32x4.div(sum, count);
  const own = f32x4.max(f32x4.sub(square, f32x4.mul(sum, offset)), f32x4.splat(0));
  const before = at(mean, n);
  const delta = f32x4.sub(f32x4.add(shift, offset), before);
  const share = f32x4.div(count, total);
  put(mean, madd(delta, share, before), n);
  const between = f32x4.mul(f32x4.mul(delta, delta), f32x4.mul(share, f32x4.splat(<f32>seen)));
  put(squares, f32x4.add(at(squares, n), f32x4.add(own, between)), n);
}

/** Mean and biased variance of each channel. */
function statistics(x: usize, m: i32, c: i32, mean: usize, variance: usize): void {
  const bytes = <usize>c << 2;
  memory.fill(mean, 0, bytes);
  memory.fill(variance, 0, bytes);
  for (let i = 0; i < m; i += CHUNK) {
    const rows = min(CHUNK, m - i);
    const chunk = x + <usize>i * bytes;
    let j = 0;
    for (; j + 4 <= c; j += 4) {
      const o = <usize>j << 2;
      join(chunk + o, bytes, rows, 4, i, mean + o, variance + o);
    }
    const o = <usize>j << 2;
    if (j < c) join(chunk + o, bytes, rows, c - j, i, mean + o, variance + o);
  }
  for (let o: usize = 0; o < bytes; o += 4) store<f32>(variance + o, load<f32>(variance + o) / <f32>m);
}

/** y = activation((x - mean) * slope + offset), row by row. */
// @ts-ignore: decorator
@inline
function apply(kind: i32, k: usize, x: usize, mean: usize, slope: usize, offset: usize, y: usize, m: i32, c: i32): void {
  const whole = <usize>(c & ~3) << 2;
  const part = c & 3;
  for (; m > 0; m--) {
    for (let o: usize = 0; o < whole; o += 16) {
      const z = madd(f32x4.sub(v128.load(x + o), v128.load(mean + o)), v128.load(slope + o), v128.load(offset + o));
      v128.store(y + o, activate(kind, k, z));
    }
    x += whole;
    y += whole;
    if (part) {
      const centred = f32x4.sub(loadPart(x, part), loadPart(mean + whole, part));
      const z = madd(centred, loadPart(slope + whole, part), loadPart(offset + whole, part));
      storePart(y, activate(kind, k, z), part);
      x += <usize>part << 2;
      y += <usize>part << 2;
    }
  }
}

/** scale / sqrt(variance + epsilon) of each channel. */
function slopes(scale: usize, variance: usize, epsilon: f32, to: usize, c: i32): void {
  for (let o: usize = 0; o < <usize>c << 2; o += 4)
    store<f32>(to + o, load<f32>(scale + o) / sqrt<f32>(load<f32>(variance + o) + epsilon));
}

/** Bytes of scratch that both directions need. */
export function batchNormBytes(c: i32): usize {
  return <usize>c * 12;
}

/** x [m, c] -> y, mean [c], variance [c]. */
export function batchNorm(
  kind: i32, k: usize, x: usize, scale: usize, offset: usize, epsilon: f32, y: usize, mean: usize, variance: usize,
  m: i32, c: i32, scratch: usize,
): void {
  statistics(x, m, c, mean, variance);
  normalize(kind, k, x, scale, offset, epsilon, y, mean, variance, m, c, scratch);
}

/** y = activation((x - mean) / sqrt(variance + epsilon) * scale + offset). */
export function normalize(
  kind: i32, k: usize, x: usize, scale: usize, offset: usize, epsilon: f32, y: usize, mean: usize, variance: usize,
  m: i32, c: i32, scratch: usize,
): void {
  slopes(scale, variance, epsilon, scratch, c);
  if (kind == LINEAR) apply(LINEAR, k, x, mean, scratch, offset, y, m, c);
  else if (kind == SWISH) apply(SWISH, k, x, mean, scratch, offset, y, m, c);
  else if (kind == RELU) apply(RELU, k, x, mean, scratch, offset, y, m, c);
  else apply(3, k, x, mean, scratch, offset, y, m, c);
}

/** dz = dy * the activation's slope, into dz; its sum and its sum times the centred x are added to the channel's. */
// @ts-ignore: decorator
@inline
function back(
  kind: i32, k: usize, x: usize, dy: usize, dz: usize, stride: usize, rows: i32, n: i32,
  mean: usize, slope: usize, offset: usize, sum: usize, moment: usize,
): void {
  const m = at(mean, n), a = at(slope, n), b = at(offset, n);
  let s = f32x4.splat(0), t = s;
  for (let i = 0; i < rows; i++) {
    const centred = f32x4.sub(at(x, n), m);
    const d = activateBack(kind, k, madd(centred, a, b), at(dy, n));
    if (kind != LINEAR) put(dz, d, n);
    s = f32x4.add(s, d);
    t = madd(d, centred, t);
    x += stride;
    dy += stride;
    dz += stride;
  }
  put(sum, f32x4.add(at(sum, n), s), n);
  put(moment, f32x4.add(at(moment, n), t), n);
}

// @ts-ignore: decorator
@inline
function backAll(
  kind: i32, k: usize, x: usize, dy: usize, dz: usize, m: i32, c: i32,
  mean: usize, slope: usize, offset: usize, sum: usize, moment: usize,
): void {
  const bytes = <usize>c << 2;
  for (let i = 0; i < m; i += CHUNK) {
    const rows = min(CHUNK, m - i);
    const first = <usize>i * bytes;
    let j = 0;
    for (; j + 4 <= c; j += 4) {
      const o = <usize>j << 2, p = first + o;
      back(kind, k, x + p, dy + p, dz + p, bytes, rows, 4, mean + o, slope + o, offset + o, sum + o, moment + o);
    }
    const o = <usize>j << 2, p = first + o;
    if (j < c) back(kind, k, x + p, dy + p, dz + p, bytes, rows, c - j, mean + o, slope + o, offset + o, sum + o, moment + o);
  }
}

/** dx = slope * (dz - sum / m - (x - mean) * factor); `dz` may be dx itself. */
function spread(x: usize, dz: usize, dx: usize, m: i32, c: i32, mean: usize, slope: usize, shift: usize, factor: usize): void {
  const whole = <usize>(c & ~3) << 2;
  const part = c & 3;
  for (; m > 0; m--) {
    for (let o: usize = 0; o < whole; o += 16) {
      const centred = f32x4.sub(v128.load(mean + o), v128.load(x + o));
      const d = f32x4.sub(v128.load(dz + o), v128.load(shift + o));
      v128.store(dx + o, f32x4.mul(madd(centred, v128.load(factor + o), d), v128.load(slope + o)));
    }
    x += whole;
    dz += whole;
    dx += whole;
    if (part) {
      const centred = f32x4.sub(loadPart(mean + whole, part), loadPart(x, part));
      const d = f32x4.sub(loadPart(dz, part), loadPart(shift + whole, part));
      storePart(dx, f32x4.mul(madd(centred, loadPart(factor + whole, part), d), loadPart(slope + whole, part)), part);
      const bytes = <usize>part << 2;
      x += bytes;
      dz += bytes;
      dx += bytes;
    }
  }
}

/** dz into dx (but not where the activation is linear), and its sums. */
function sums(
  kind: i32, k: usize, x: usize, dy: usize, dx: usize, m: i32, c: i32,
  mean: usize, slope: usize, offset: usize, dscale: usize, doffset: usize,
): void {
  const bytes = <usize>c << 2;
  memory.fill(doffset, 0, bytes);
  memory.fill(dscale, 0, bytes);
  if (kind == LINEAR) backAll(LINEAR, k, x, dy, dx, m, c, mean, slope, offset, doffset, dscale);
  else if (kind == SWISH) backAll(SWISH, k, x, dy, dx, m, c, mean, slope, offset, doffset, dscale);
  else if (kind == RELU) backAll(RELU, k, x, dy, dx, m, c, mean, slope, offset, doffset, dscale);
  else backAll(3, k, x, dy, dx, m, c, mean, slope, offset, doffset, dscale);
}

/** The gradients of x [m, c], scale [c] and offset [c], where mean and variance are those of x. */
export function batchNormGradient(
  kind: i32, k: usize, x: usize, dy: usize, scale: usize, offset: usize, mean: usize, variance: usize, epsilon: f32,
  dx: usize, dscale: usize, doffset: usize, m: i32, c: i32, scratch: usize,
): void {
  const bytes = <usize>c << 2;
  const slope = scratch, shift = scratch + bytes, factor = scratch + 2 * bytes;
  slopes(scale, variance, epsilon, slope, c);
  sums(kind, k, x, dy, dx, m, c, mean, slope, offset, dscale, doffset);
  for (let o: usize = 0; o < bytes; o += 4) {
    const r: f32 = 1 / sqrt<f32>(load<f32>(variance + o) + epsilon);
    const moment = load<f32>(dscale + o) * r;
    store<f32>(dscale + o, moment);
    store<f32>(shift + o, load<f32>(doffset + o) / <f32>m);
    store<f32>(factor + o, (moment * r) / <f32>m);
  }
  spread(x, kind == LINEAR ? dy : dx, dx, m, c, mean, slope, shift, factor);
}

/** The gradients of x [m, c], scale [c] and offset [c], where mean and variance are given numbers. */
export function normalizeGradient(
  kind: i32, k: usize, x: usize, dy: usize, scale: usize, offset: usize, mean: usize, variance: usize, epsilon: f32,
  dx: usize, dscale: usize, doffset: usize, m: i32, c: i32, scratch: usize,
): void {
  slopes(scale, variance, epsilon, scratch, c);
  sums(kind, k, x, dy, dx, m, c, mean, scratch, offset, dscale, doffset);
  for (let o: usize = 0; o < <usize>c << 2; o += 4)
    store<f32>(dscale + o, load<f32>(dscale + o) / sqrt<f32>(load<f32>(variance + o) + epsilon));
  multiply(kind == LINEAR ? dy : dx, scratch, dx, m, c);
}
