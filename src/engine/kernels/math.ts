// What the kernels share: vectors of 4, their ends, and the logistic function. Lengths are in numbers, strides in bytes.

// One rounding where the machine has it; the plain build has two. The two builds differ in the low bits.
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** The first n (1 to 3) numbers at an address, then zeros; nothing beyond them is read. */
export function loadPart(at: usize, n: i32): v128 {
  if (n == 1) return v128.load32_zero(at);
  const two = v128.load64_zero(at);
  return n == 2 ? two : v128.load32_lane(at, two, 2, 8);
}

/** Stores the first n (1 to 3) numbers of a vector. */
export function storePart(at: usize, x: v128, n: i32): void {
  if (n == 1) v128.store32_lane(at, x, 0);
  else {
    v128.store64_lane(at, x, 0);
    if (n == 3) v128.store32_lane(at, x, 2, 8);
  }
}

// @ts-ignore: decorator
@inline
export function sumLanes(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

// exp(-x) = 2^n 2^r, n whole and |r| <= 1/2, the second factor by a polynomial (relative error 9.2e-8, minimax with
// 1 at 0). Its numbers lie in memory, at k: a load is cheaper than making a vector of a number in each round of a loop.

/** Bytes of the numbers. */
export const CONSTANTS: usize = 192;
/** 1.5 * 2^23: a number added to it is rounded, its low bits count ones. */
const MAGIC: f32 = 12582912;
/** Beyond it from 0, exp leaves float32. */
const END: f32 = 87;

/** Writes the numbers, once for all calls that get their address. */
export function constants(k: usize): void {
  v128.store(k, f32x4.splat(-1.4426950408889634));
  v128.store(k, f32x4.splat(MAGIC), 16);
  v128.store(k, f32x4.splat(1), 32);
  v128.store(k, f32x4.splat(0.69314698), 48);
  v128.store(k, f32x4.splat(0.24022242), 64);
  v128.store(k, f32x4.splat(0.055507337), 80);
  v128.store(k, f32x4.splat(0.0096715127), 96);
  v128.store(k, f32x4.splat(0.0013264727), 112);
  v128.store(k, f32x4.splat(-END), 128);
  v128.store(k, f32x4.splat(END), 144);
  v128.store(k, f32x4.splat(0), 160);
  v128.store(k, f32x4.splat(6), 176);
}

/** x, held where exp is in float32's range; NaN stays. */
// @ts-ignore: decorator
@inline
function within(k: usize, x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, v128.load(k, 128)), v128.load(k, 144));
}

/** exp(-x) for x within range. */
// @ts-ignore: decorator
@inline
function expNegative(k: usize, x: v128): v128 {
  const scale = v128.load(k), magic = v128.load(k, 16);
  const t = madd(x, scale, magic);
  const r = madd(x, scale, f32x4.sub(magic, t));
  const r2 = f32x4.mul(r, r);
  const low = madd(v128.load(k, 48), r, v128.load(k, 32));
  const middle = madd(v128.load(k, 80), r, v128.load(k, 64));
  const high = madd(v128.load(k, 112), r, v128.load(k, 96));
  return i32x4.add(madd(madd(high, r2, middle), r2, low), i32x4.shl(t, 23));
}

// Activations by number, as in ../kernelsOf.ts: a constant here, so that each gets a loop of its own.
export const LINEAR: i32 = 0;
export const SWISH: i32 = 1;
export const RELU: i32 = 2;

/** An activation of z. */
// @ts-ignore: decorator
@inline
export function activate(kind: i32, k: usize, z: v128): v128 {
  if (kind == LINEAR) return z;
  if (kind == SWISH) {
    // -inf gives 0: the numerator ends at -87, where the denominator is 6e37.
    const x = f32x4.pmax(z, v128.load(k, 128));
    return f32x4.div(x, f32x4.add(v128.load(k, 32), expNegative(k, f32x4.pmin(x, v128.load(k, 144)))));
  }
  const above = f32x4.pmax(z, v128.load(k, 160)); // NaN stays
  return kind == RELU ? above : f32x4.pmin(above, v128.load(k, 176));
}

/** dy times the slope of an activation at z. */
// @ts-ignore: decorator
@inline
export function activateBack(kind: i32, k: usize, z: v128, dy: v128): v128 {
  if (kind == LINEAR) return dy;
  if (kind == SWISH) {
    const x = within(k, z), one = v128.load(k, 32);
    const s = f32x4.div(one, f32x4.add(one, expNegative(k, x)));
    return f32x4.mul(dy, f32x4.mul(s, madd(x, f32x4.sub(one, s), one)));
  }
  const inside = f32x4.gt(z, v128.load(k, 160));
  return v128.and(dy, kind == RELU ? inside : v128.and(inside, f32x4.lt(z, v128.load(k, 176))));
}
