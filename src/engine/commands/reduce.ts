// One number of many. Sums of float32 are exact to the last bits: at most 64 numbers are added before float64 takes their sum.
import { address, number, share, word } from './words';

// Kinds: of float32 from 0, of whole numbers from 4.
const SUM: i32 = 0, MAX: i32 = 1, MIN: i32 = 2, PRODUCT: i32 = 3, INT: i32 = 4;

// @ts-ignore: decorator
@inline
function lanes(x: v128): f64 {
  const low = f64x2.promote_low_f32x4(x), high = f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 1));
  const s = f64x2.add(low, high);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** The sum of n numbers in a row. */
export function sumRun(p: usize, n: i32): f64 {
  let s: f64 = 0;
  while (n >= 16) {
    let a = f32x4.splat(0), b = a, c = a, d = a;
    for (let k = min(16, n >> 4); k > 0; k--) {
      a = f32x4.add(a, v128.load(p));
      b = f32x4.add(b, v128.load(p, 16));
      c = f32x4.add(c, v128.load(p, 32));
      d = f32x4.add(d, v128.load(p, 48));
      p += 64;
      n -= 16;
    }
    s += lanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  }
  for (; n > 0; n--) {
    s += <f64>load<f32>(p);
    p += 4;
  }
  return s;
}

/** The largest of n numbers in a row; NaN if one is. */
export function maxRun(p: usize, n: i32): f32 {
  let m: f32 = -Infinity;
  if (n >= 8) {
    let a = f32x4.splat(-Infinity), b = a;
    for (; n >= 8; n -= 8) {
      a = f32x4.max(a, v128.load(p));
      b = f32x4.max(b, v128.load(p, 16));
      p += 32;
    }
    a = f32x4.max(a, b);
    m = max(max(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1)), max(f32x4.extract_lane(a, 2), f32x4.extract_lane(a, 3)));
  }
  for (; n > 0; n--) {
    m = max(m, load<f32>(p));
    p += 4;
  }
  return m;
}

/** What a sum, a product, an extreme starts with. */
function start(kind: i32): f64 {
  if (kind == SUM) return 0;
  if (kind == PRODUCT) return 1;
  return kind == MAX ? -Infinity : Infinity;
}
function startInt(kind: i32): i32 {
  if (kind == SUM) return 0;
  if (kind == PRODUCT) return 1;
  return kind == MAX ? i32.MIN_VALUE : i32.MAX_VALUE;
}

/** n more numbers, `step` bytes apart. */
function more(kind: i32, s: f64, p: usize, n: i32, step: usize): f64 {
  if (step == 4 && kind == SUM) return s + sumRun(p, n);
  if (step == 4 && kind == MAX) return max(s, <f64>maxRun(p, n));
  for (; n > 0; n--) {
    const x = <f64>load<f32>(p);
    p += step;
    if (kind == SUM) s += x;
    else if (kind == PRODUCT) s *= x;
    else s = kind == MAX ? max(s, x) : min(s, x);
  }
  return s;
}
function moreInt(kind: i32, s: i32, p: usize, n: i32, step: usize): i32 {
  for (; n > 0; n--) {
    const x = load<i32>(p);
    p += step;
    if (kind == SUM) s += x;
    else if (kind == PRODUCT) s *= x;
    else s = kind == MAX ? max(s, x) : min(s, x);
  }
  return s;
}

// Words: from, to, kind, factor, 4 kept sides, bytes along them where it reads and where it writes, 3 sides that go and bytes along them,
// numbers of the innermost side that goes and bytes along it, numbers beside each other that are kept (1 or more; beside each other in both).
const KEPT: i32 = 6, FROM: i32 = 10, TO: i32 = 14, GONE: i32 = 18, BY: i32 = 21, INNER: i32 = 24;

/** The place of row i of the sides that go. */
// @ts-ignore: decorator
@inline
function goneAt(p: usize, i: i32): usize {
  const s1 = word(p, GONE + 1), s2 = word(p, GONE + 2), a = i / s2, b = a / s1;
  return <usize>b * address(p, BY) + <usize>(a - b * s1) * address(p, BY + 1) + <usize>(i - a * s2) * address(p, BY + 2);
}

/** 8 numbers beside each other, each of its own sum. */
function columns(p: usize, from: usize, to: usize, kind: i32, rows: i32, n: i32, step: usize, factor: f32): void {
  if (kind == SUM) {
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let r = 0; r < rows; r++) {
      let x = from + goneAt(p, r), left = n;
      while (left > 0) {
        let a = f32x4.splat(0), b = a;
        const some = min(32, left);
        for (let k = some; k > 0; k--) {
          a = f32x4.add(a, v128.load(x));
          b = f32x4.add(b, v128.load(x, 16));
          x += step;
        }
        left -= some;
        s0 = f64x2.add(s0, f64x2.promote_low_f32x4(a));
        s1 = f64x2.add(s1, f64x2.promote_low_f32x4(i64x2.shuffle(a, a, 1, 1)));
        s2 = f64x2.add(s2, f64x2.promote_low_f32x4(b));
        s3 = f64x2.add(s3, f64x2.promote_low_f32x4(i64x2.shuffle(b, b, 1, 1)));
      }
    }
    const f = f64x2.splat(<f64>factor);
    v128.store(to, i64x2.shuffle(f32x4.demote_f64x2_zero(f64x2.mul(s0, f)), f32x4.demote_f64x2_zero(f64x2.mul(s1, f)), 0, 2));
    v128.store(to, i64x2.shuffle(f32x4.demote_f64x2_zero(f64x2.mul(s2, f)), f32x4.demote_f64x2_zero(f64x2.mul(s3, f)), 0, 2), 16);
    return;
  }
  let a = f32x4.splat(<f32>start(kind)), b = a;
  for (let r = 0; r < rows; r++) {
    let x = from + goneAt(p, r);
    for (let k = n; k > 0; k--) {
      const y = v128.load(x), z = v128.load(x, 16);
      x += step;
      if (kind == MAX) {
        a = f32x4.max(a, y);
        b = f32x4.max(b, z);
      } else if (kind == MIN) {
        a = f32x4.min(a, y);
        b = f32x4.min(b, z);
      } else {
        a = f32x4.mul(a, y);
        b = f32x4.mul(b, z);
      }
    }
  }
  v128.store(to, a);
  v128.store(to, b, 16);
}

export function runReduce(p: usize, thread: i32, threads: i32): void {
  const kind = word(p, 4), factor = number(p, 5);
  const rows = word(p, GONE) * word(p, GONE + 1) * word(p, GONE + 2);
  const n = word(p, INNER), step = address(p, INNER + 1), width = word(p, INNER + 2);
  const pieces = (width + 7) >> 3;
  const kept = word(p, KEPT) * word(p, KEPT + 1) * word(p, KEPT + 2) * word(p, KEPT + 3);
  const end = share(kept * pieces, thread + 1, threads);
  for (let i = share(kept * pieces, thread, threads); i < end; i++) {
    let o = i / pieces;
    const piece = i - o * pieces;
    let from = address(p, 2) + (<usize>piece << 5), to = address(p, 3) + (<usize>piece << 5);
    for (let k = 3; k >= 0; k--) {
      const side = word(p, KEPT + k), q = o / side, at = <usize>(o - q * side);
      from += at * address(p, FROM + k);
      to += at * address(p, TO + k);
      o = q;
    }
    const some = min(8, width - (piece << 3));
    if (some == 8 && kind < INT) columns(p, from, to, kind, rows, n, step, factor);
    else
      for (let k: usize = 0; k < <usize>some; k++) {
        const x = from + (k << 2), y = to + (k << 2);
        if (kind < INT) {
          let s = start(kind);
          for (let r = 0; r < rows; r++) s = more(kind, s, x + goneAt(p, r), n, step);
          store<f32>(y, <f32>(kind == SUM ? s * <f64>factor : s));
        } else {
          let s = startInt(kind - INT);
          for (let r = 0; r < rows; r++) s = moreInt(kind - INT, s, x + goneAt(p, r), n, step);
          store<i32>(y, s);
        }
      }
  }
}
