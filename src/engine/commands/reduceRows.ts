// Rows that become rows, or a place in them: softmax, running sums, the place of the largest.
import { chainConstants } from './chainMath';
import { exp0, log0 } from './chainMath.generated';
import { maxRun, sumRun } from './reduce';
import { address, share, word } from './words';

/** exp(x - m) of n numbers. */
function expRun(from: usize, to: usize, n: i32, m: f32, k: usize): void {
  const m4 = f32x4.splat(m);
  for (; n >= 4; n -= 4) {
    v128.store(to, exp0(k, f32x4.sub(v128.load(from), m4)));
    from += 16;
    to += 16;
  }
  for (; n > 0; n--) {
    store<f32>(to, f32x4.extract_lane(exp0(k, f32x4.splat(load<f32>(from) - m)), 0));
    from += 4;
    to += 4;
  }
}
/** (x + a) * b of n numbers. */
function scaleRun(from: usize, to: usize, n: i32, a: f32, b: f32): void {
  const a4 = f32x4.splat(a), b4 = f32x4.splat(b);
  for (; n >= 4; n -= 4) {
    v128.store(to, f32x4.mul(f32x4.add(v128.load(from), a4), b4));
    from += 16;
    to += 16;
  }
  for (; n > 0; n--) {
    store<f32>(to, (load<f32>(from) + a) * b);
    from += 4;
    to += 4;
  }
}

/** Words: x, y, rows, numbers of a row, whether its logarithm is meant, scratch, bytes of scratch for a thread. */
export function runSoftmax(p: usize, thread: i32, threads: i32): void {
  const n = word(p, 5), log = word(p, 6), k = address(p, 7) + <usize>thread * address(p, 8);
  chainConstants(k);
  const end = share(word(p, 4), thread + 1, threads);
  for (let i = share(word(p, 4), thread, threads); i < end; i++) {
    const at = <usize>i * (<usize>n << 2);
    const x = address(p, 2) + at, y = address(p, 3) + at;
    const m = maxRun(x, n);
    expRun(x, y, n, m, k);
    const s = sumRun(y, n);
    if (log) {
      scaleRun(x, y, n, -m, 1);
      scaleRun(y, y, n, -logarithm(<f32>s, k), 1);
    } else scaleRun(y, y, n, 0, <f32>(1 / s));
  }
}
function logarithm(x: f32, k: usize): f32 {
  return f32x4.extract_lane(log0(k, f32x4.splat(x)), 0);
}

/** Words: x, y [outer, n, inner]; outer, n, inner, 0 sum or 1 product (2, 3: of whole numbers), exclusive, reverse. */
export function runScan(p: usize, thread: i32, threads: i32): void {
  const n = word(p, 5), inner = word(p, 6), kind = word(p, 7), exclusive = word(p, 8), reverse = word(p, 9);
  const end = share(word(p, 4) * inner, thread + 1, threads);
  const step = reverse ? 0 - (<usize>inner << 2) : <usize>inner << 2;
  for (let i = share(word(p, 4) * inner, thread, threads); i < end; i++) {
    const o = i / inner;
    const at = (<usize>(o * n + (reverse ? n - 1 : 0)) * <usize>inner + <usize>(i - o * inner)) << 2;
    let x = address(p, 2) + at, y = address(p, 3) + at, s: f64 = kind & 1 ? 1 : 0, w: i32 = kind & 1;
    for (let k = 0; k < n; k++) {
      if (kind < 2) {
        const v = <f64>load<f32>(x), next = kind ? s * v : s + v;
        store<f32>(y, <f32>(exclusive ? s : next));
        s = next;
      } else {
        const v = load<i32>(x), next = kind & 1 ? w * v : w + v;
        store<i32>(y, exclusive ? w : next);
        w = next;
      }
      x += step;
      y += step;
    }
  }
}

/** Words: x [outer, n, inner], y [outer, inner]; outer, n, inner, whether the least is meant, whether x is of whole numbers. */
export function runExtremeAt(p: usize, thread: i32, threads: i32): void {
  const n = word(p, 5), inner = word(p, 6), least = word(p, 7), whole = word(p, 8);
  const step = <usize>inner << 2;
  const end = share(word(p, 4) * inner, thread + 1, threads);
  for (let i = share(word(p, 4) * inner, thread, threads); i < end; i++) {
    const o = i / inner;
    let x = address(p, 2) + ((<usize>(o * n) * <usize>inner + <usize>(i - o * inner)) << 2), best = 0;
    if (whole) {
      let m = load<i32>(x);
      for (let k = 1; k < n; k++) {
        x += step;
        const v = load<i32>(x);
        if (least ? v < m : v > m) {
          m = v;
          best = k;
        }
      }
    } else {
      let m = load<f32>(x);
      for (let k = 1; k < n; k++) {
        x += step;
        const v = load<f32>(x);
        if (least ? v < m : v > m) {
          m = v;
          best = k;
        }
      }
    }
    store<i32>(address(p, 3) + (<usize>i << 2), best);
  }
}
