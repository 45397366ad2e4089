// The k largest of a row: few of them by a heap of k whose root is the least, many by sorting all by 11 bits at a time.
import { address, share, word } from './words';

// @ts-ignore: decorator
@inline
function key(heap: usize, i: i32): f64 {
  return load<f64>(heap + (<usize>i << 4));
}
// @ts-ignore: decorator
@inline
function place(heap: usize, i: i32): i32 {
  return load<i32>(heap + (<usize>i << 4), 8);
}
/** Whether a comes before b: larger, or equal and earlier. */
// @ts-ignore: decorator
@inline
function before(a: f64, i: i32, b: f64, j: i32): bool {
  return a > b || (a == b && i < j);
}
// @ts-ignore: decorator
@inline
function put(heap: usize, i: i32, x: f64, at: i32): void {
  store<f64>(heap + (<usize>i << 4), x);
  store<i32>(heap + (<usize>i << 4), at, 8);
}

/** Puts x where it belongs below i, of n. */
function sink(heap: usize, i: i32, n: i32, x: f64, at: i32): void {
  for (let child = 2 * i + 1; child < n; child = 2 * i + 1) {
    if (child + 1 < n && before(key(heap, child), place(heap, child), key(heap, child + 1), place(heap, child + 1))) child++;
    if (!before(x, at, key(heap, child), place(heap, child))) break;
    put(heap, i, key(heap, child), place(heap, child));
    i = child;
  }
  put(heap, i, x, at);
}

/** NaN comes last, after -Infinity. */
function read(x: usize, i: i32, whole: i32): f64 {
  if (whole) return <f64>load<i32>(x + (<usize>i << 2));
  const v = <f64>load<f32>(x + (<usize>i << 2));
  return v != v ? -Infinity : v == -Infinity ? -1e300 : v;
}

/** Sorts by so many bits at a time. */
const BITS: i32 = 11;
const COUNTS: i32 = 1 << BITS;

/** A number's bits in an order in which the largest is least; equal ones are equal, and NaN is behind all. */
// @ts-ignore: decorator
@inline
function descending(bits: u32, whole: i32): u32 {
  if (whole) return ~(bits ^ 0x80000000);
  if ((bits & 0x7fffffff) > 0x7f800000) return 0xffffffff;
  if (bits == 0x80000000) return 0x7fffffff; // -0 is 0
  return bits >> 31 ? bits : ~(bits ^ 0x80000000);
}

/**
 * Puts a row in order. `room`: counts of each digit, then twice n pairs of a key and a place. Equal digits stay in their
 * order, so the last pass leaves equal numbers by their place. Gives where the pairs are.
 */
function sorted(x: usize, n: i32, whole: i32, room: usize): usize {
  const bytes = <usize>COUNTS << 2;
  memory.fill(room, 0, 3 * bytes);
  let from = room + 3 * bytes, to = from + (<usize>n << 3);
  for (let i = 0; i < n; i++) {
    const key = descending(load<u32>(x + (<usize>i << 2)), whole), at = from + (<usize>i << 3);
    store<u32>(at, key);
    store<i32>(at, i, 4);
    for (let pass = 0; pass < 3; pass++) {
      const count = room + <usize>pass * bytes + (<usize>((key >> <u32>(pass * BITS)) & <u32>(COUNTS - 1)) << 2);
      store<i32>(count, load<i32>(count) + 1);
    }
  }
  for (let pass = 0; pass < 3; pass++) {
    const counts = room + <usize>pass * bytes, shift = <u32>(pass * BITS);
    const first = (load<u32>(from) >> shift) & <u32>(COUNTS - 1);
    if (load<i32>(counts + (<usize>first << 2)) == n) continue; // all have the same digit
    let sum = 0;
    for (let i = 0; i < COUNTS; i++) {
      const count = counts + (<usize>i << 2), more = load<i32>(count);
      store<i32>(count, sum);
      sum += more;
    }
    for (let i = 0; i < n; i++) {
      const pair = load<u64>(from + (<usize>i << 3)), count = counts + (<usize>((<u32>pair >> shift) & <u32>(COUNTS - 1)) << 2);
      const at = load<i32>(count);
      store<i32>(count, at + 1);
      store<u64>(to + (<usize>at << 3), pair);
    }
    const other = from;
    from = to;
    to = other;
  }
  return from;
}

/**
 * Words: x [rows, n], values [rows, k], indices [rows, k]; rows, n, k, whether x is of whole numbers, scratch, bytes of it for a
 * thread, whether all are sorted.
 */
export function runTopK(p: usize, thread: i32, threads: i32): void {
  const n = word(p, 6), k = word(p, 7), whole = word(p, 8), heap = address(p, 9) + <usize>thread * address(p, 10);
  const end = share(word(p, 5), thread + 1, threads);
  for (let r = share(word(p, 5), thread, threads); r < end; r++) {
    const x = address(p, 2) + (<usize>(r * n) << 2), to = <usize>(r * k) << 2;
    if (word(p, 11)) {
      const pairs = sorted(x, n, whole, heap);
      for (let i = 0; i < k; i++) {
        const best = load<i32>(pairs + (<usize>i << 3), 4), at = to + (<usize>i << 2);
        store<i32>(address(p, 4) + at, best);
        store<u32>(address(p, 3) + at, load<u32>(x + (<usize>best << 2)));
      }
      continue;
    }
    for (let i = 0; i < k; i++) put(heap, i, read(x, i, whole), i);
    for (let i = (k >> 1) - 1; i >= 0; i--) sink(heap, i, k, key(heap, i), place(heap, i));
    for (let i = k; i < n; i++) {
      const v = read(x, i, whole);
      if (before(v, i, key(heap, 0), place(heap, 0))) sink(heap, 0, k, v, i);
    }
    for (let i = k - 1; i >= 0; i--) {
      const best = place(heap, 0), at = to + (<usize>i << 2);
      store<i32>(address(p, 4) + at, best);
      store<u32>(address(p, 3) + at, load<u32>(x + (<usize>best << 2)));
      if (i > 0) sink(heap, 0, i, key(heap, i), place(heap, i));
    }
  }
}
