// The slope of swish, for 8 lanes as two vectors side by side: see windowMath.ts.
import { madd } from '../kernels/math';

/** A number of the table of ../kernels/math, which the module keeps at 1024. */
// @ts-ignore: decorator
@inline
export function constant(at: usize): v128 {
  return v128.load32_splat(at + 1024);
}

/** 1 / (1 + exp(-x)) of x between -87 and 87. */
// @ts-ignore: decorator
@inline
function logistic(x: v128): v128 {
  const magic = constant(16), one = constant(32);
  const t = madd(x, constant(0), magic);
  const r = madd(x, constant(0), f32x4.sub(magic, t));
  const r2 = f32x4.mul(r, r);
  const low = madd(constant(48), r, one);
  const middle = madd(constant(80), r, constant(64));
  const high = madd(constant(112), r, constant(96));
  return f32x4.div(one, f32x4.add(one, i32x4.add(madd(madd(high, r2, middle), r2, low), i32x4.shl(t, 23))));
}

/** dy times the slope of x / (1 + exp(-x)), which is s + x s (1 - s). */
// @ts-ignore: decorator
@inline
export function swishSlope(z: v128, dy: v128): v128 {
  const x = f32x4.pmin(f32x4.pmax(z, constant(128)), constant(144)); // NaN stays
  const s = logistic(x), one = constant(32);
  return f32x4.mul(dy, f32x4.mul(s, madd(x, f32x4.sub(one, s), one)));
}
