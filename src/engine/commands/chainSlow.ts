// Functions of one number in float64, for instructions that are rare: their results are right to float32's last bits.

// @ts-ignore: decorator
@inline
function powerOf2(n: i32): f64 {
  return reinterpret<f64>(<i64>(n + 1023) << 52);
}

/** 2^x. */
function exp2(x: f64): f64 {
  if (!(x > -1100)) return x != x ? x : 0;
  if (x > 1100) return Infinity;
  const n = <i32>Math.floor(x + 0.5), r = (x - n) * 0.6931471805599453;
  let p: f64 = 1;
  for (let i: f64 = 12; i > 0; i--) p = 1 + (p * r) / i;
  const half = n >> 1;
  return p * powerOf2(half) * powerOf2(n - half);
}
function expOf(x: f64): f64 {
  return exp2(x * 1.4426950408889634);
}

/** The natural logarithm. */
function logOf(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  if (x == Infinity) return x;
  const i = reinterpret<i64>(x) - 0x3fe6a09e667f3bcd; // sqrt(1/2)
  const e = i >> 52;
  const m = reinterpret<f64>((i & 0x000fffffffffffff) + 0x3fe6a09e667f3bcd);
  const s = (m - 1) / (m + 1), z = s * s;
  let p: f64 = 0;
  for (let n: f64 = 19; n > 0; n -= 2) p = p * z + 1 / n;
  return <f64>e * 0.6931471805599453 + 2 * s * p;
}

/** As JavaScript's: x^0 is 1 whatever x is, NaN for a negative x to what is not whole. */
export function pow(x: f64, y: f64): f64 {
  if (y == 0) return 1;
  if (x != x || y != y) return NaN;
  const a = Math.abs(x);
  if (Math.abs(y) == Infinity) return a == 1 ? NaN : a > 1 == y > 0 ? Infinity : 0;
  const whole = Math.floor(y) == y, odd = whole && Math.floor(y * 0.5) != y * 0.5;
  const negative = reinterpret<i64>(x) < 0;
  if (negative && !whole && a > 0 && a < Infinity) return NaN;
  let r: f64;
  if (whole && Math.abs(y) <= 64) {
    r = 1;
    let base = a;
    for (let n = <i32>Math.abs(y); n > 0; n >>= 1) {
      if (n & 1) r *= base;
      base *= base;
    }
    if (y < 0) r = 1 / r;
  } else r = exp2(y * (logOf(a) * 1.4426950408889634));
  return negative && odd ? -r : r;
}

/** x - n pi/2 for the nearest n, which is 4 * turns + quarter; right for |x| < 1e6; from 1e9 on a turn is as good as any other. */
function reduced(x: f64): f64 {
  const n = Math.floor(x * 0.6366197723675814 + 0.5);
  return x - n * 1.5707963267341256 - n * 6.077100506303966e-11 - n * 2.0222662487959506e-21;
}
function sinPart(r: f64): f64 {
  const z = r * r;
  let p: f64 = 1;
  for (let i: f64 = 14; i > 0; i -= 2) p = 1 - (p * z) / (i * (i + 1));
  return r * p;
}
function cosPart(r: f64): f64 {
  const z = r * r;
  let p: f64 = 1;
  for (let i: f64 = 15; i > 0; i -= 2) p = 1 - (p * z) / (i * (i + 1));
  return p;
}
function turned(x: f64, quarters: i64): f64 {
  if (!(Math.abs(x) < Infinity)) return NaN;
  if (Math.abs(x) > 1e9) x = x % 6.283185307179586;
  const q = (<i64>Math.floor(x * 0.6366197723675814 + 0.5) + quarters) & 3, r = reduced(x);
  const y = q & 1 ? cosPart(r) : sinPart(r);
  return q & 2 ? -y : y;
}
export function sin(x: f64): f64 {
  return x == 0 ? x : turned(x, 0);
}
export function cos(x: f64): f64 {
  return turned(x, 1);
}
export function tan(x: f64): f64 {
  return x == 0 ? x : turned(x, 0) / turned(x, 1);
}

export function atan(x: f64): f64 {
  const a = Math.abs(x);
  let t = a > 1 ? 1 / a : a;
  const far = t > 0.41421356237309503;
  if (far) t = (t - 1) / (t + 1);
  const z = t * t;
  let p: f64 = 0;
  for (let n: f64 = 25; n > 0; n -= 2) p = 1 / n - p * z;
  let y = t * p + (far ? 0.7853981633974483 : 0);
  if (a > 1) y = 1.5707963267948966 - y;
  return copysign<f64>(y, x);
}
export function atan2(y: f64, x: f64): f64 {
  if (y != y || x != x) return NaN;
  const negative = reinterpret<i64>(x) < 0;
  const both = Math.abs(y) == Infinity && Math.abs(x) == Infinity;
  const a = y == 0 ? 0 : both ? 0.7853981633974483 : x == 0 ? 1.5707963267948966 : atan(Math.abs(y) / Math.abs(x));
  return copysign<f64>(negative ? 3.141592653589793 - a : a, y);
}
export function asin(x: f64): f64 {
  return Math.abs(x) <= 1 ? atan2(x, Math.sqrt((1 - x) * (1 + x))) : NaN;
}
export function acos(x: f64): f64 {
  return Math.abs(x) <= 1 ? atan2(Math.sqrt((1 - x) * (1 + x)), x) : NaN;
}

export function sinh(x: f64): f64 {
  const z = x * x;
  if (z < 1) return x * (1 + (z / 6) * (1 + (z / 20) * (1 + (z / 42) * (1 + (z / 72) * (1 + z / 110)))));
  return (expOf(x) - expOf(-x)) * 0.5;
}
export function cosh(x: f64): f64 {
  return (expOf(x) + expOf(-x)) * 0.5;
}
/** log(1 + x). */
function log1pOf(x: f64): f64 {
  const u = 1 + x;
  return u == 1 ? x : u == Infinity ? u : (logOf(u) * x) / (u - 1);
}
export function asinh(x: f64): f64 {
  const a = Math.abs(x);
  if (a > 1e9) return copysign<f64>(logOf(a) + 0.6931471805599453, x);
  return copysign<f64>(log1pOf(a + (a * a) / (1 + Math.sqrt(a * a + 1))), x);
}
export function acosh(x: f64): f64 {
  return x >= 1 ? log1pOf(x - 1 + Math.sqrt((x - 1) * (x + 1))) : NaN;
}
export function atanh(x: f64): f64 {
  return Math.abs(x) <= 1 ? copysign<f64>(0.5 * log1pOf((2 * Math.abs(x)) / (1 - Math.abs(x))), x) : NaN;
}

/** The remainder with the divisor's sign, as tfjs's `mod`. */
export function mod(a: f64, b: f64): f64 {
  const r = a % b;
  return (a < 0 && b < 0) || (a >= 0 && b >= 0) ? r : (r + b) % b;
}
export function floorDiv(a: f64, b: f64): i32 {
  return toInt(Math.floor(a / b));
}
/** As an Int32Array takes a number: NaN and infinities as 0, others by their low 32 bits. */
export function toInt(x: f64): i32 {
  if (!(Math.abs(x) < 9.2e18)) return 0;
  return <i32>(<i64>x);
}
