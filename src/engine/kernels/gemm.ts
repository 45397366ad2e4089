// Matrix products over rows in memory: c = a b and c += a^T b, all float32. Pointers and row lengths are in bytes.
//
// The micro-kernels keep a tile of c in registers: V8 gives out 15. With a multiply-add, unrolled rounds of a loop run at
// the machine's speed. Without it Node 20's compiler gathers the products of all rounds before it adds them, and spills: so
// the plain build takes one round at a time, and a smaller tile for a^T b. Tiles with fewer rows of a than they have
// repeat the last: they compute and store the same numbers.
import { madd } from './math';

/** Bytes of a packed [k, n] matrix: panels of 8 columns, the last one filled up with zeros. */
// @ts-ignore: decorator
@inline
export function packedBytes(k: i32, n: i32): usize {
  return <usize>(((n + 7) >> 3) * k) << 5;
}

/** b [k, n], rows `ldb` bytes apart, into panels [n / 8][k][8]. */
export function pack(b: usize, ldb: usize, k: i32, n: i32, to: usize): void {
  const zero = f32x4.splat(0);
  for (let j = 0; j < n; j += 8) {
    let from = b + (<usize>j << 2);
    const columns = n - j;
    if (columns >= 8)
      for (let i = 0; i < k; i++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        from += ldb;
        to += 32;
      }
    else
      for (let i = 0; i < k; i++) {
        v128.store(to, zero);
        v128.store(to, zero, 16);
        for (let c = 0; c < columns; c++) store<f32>(to + (<usize>c << 2), load<f32>(from + (<usize>c << 2)));
        from += ldb;
        to += 32;
      }
  }
}

/** The transpose of b [n, k], rows `ldb` bytes apart, into panels [n / 8][k][8]. */
export function packTransposed(b: usize, ldb: usize, k: i32, n: i32, to: usize): void {
  for (let j = 0; j < n; j += 8) {
    const columns = min(8, n - j);
    if (columns < 8) memory.fill(to, 0, <usize>k << 5);
    for (let c = 0; c < columns; c++) {
      let from = b + <usize>(j + c) * ldb;
      let at = to + (<usize>c << 2);
      for (let i = 0; i < k; i++) {
        store<f32>(at, load<f32>(from));
        from += 4;
        at += 32;
      }
    }
    to += <usize>k << 5;
  }
}

/** Up to 5 rows of c = a b for `panels` panels of b; rows of a hold k numbers in a row. */
function rows5(a0: usize, lda: usize, m: i32, b: usize, k: i32, panels: i32, c0: usize, ldc: usize): void {
  const a1 = m > 1 ? a0 + lda : a0,
    a2 = m > 2 ? a1 + lda : a1,
    a3 = m > 3 ? a2 + lda : a2,
    a4 = m > 4 ? a3 + lda : a3;
  const d1: usize = m > 1 ? ldc : 0,
    d2: usize = m > 2 ? ldc : 0,
    d3: usize = m > 3 ? ldc : 0,
    d4: usize = m > 4 ? ldc : 0;
  const bytes = <usize>k << 2;
  const zero = f32x4.splat(0);
  for (; panels > 0; panels--) {
    let s00 = zero, s01 = zero, s10 = zero, s11 = zero, s20 = zero, s21 = zero;
    let s30 = zero, s31 = zero, s40 = zero, s41 = zero;
    let p0 = a0, p1 = a1, p2 = a2, p3 = a3, p4 = a4;
    const end = a0 + bytes;
    let y0: v128, y1: v128, x: v128;
    if (ASC_FEATURE_RELAXED_SIMD) {
      const even = a0 + (bytes & ~15);
      while (p0 < even) {
        y0 = v128.load(b); y1 = v128.load(b, 16);
        x = v128.load32_splat(p0); s00 = madd(x, y0, s00); s01 = madd(x, y1, s01);
        x = v128.load32_splat(p1); s10 = madd(x, y0, s10); s11 = madd(x, y1, s11);
        x = v128.load32_splat(p2); s20 = madd(x, y0, s20); s21 = madd(x, y1, s21);
        x = v128.load32_splat(p3); s30 = madd(x, y0, s30); s31 = madd(x, y1, s31);
        x = v128.load32_splat(p4); s40 = madd(x, y0, s40); s41 = madd(x, y1, s41);
        y0 = v128.load(b, 32); y1 = v128.load(b, 48);
        x = v128.load32_splat(p0, 4); s00 = madd(x, y0, s00); s01 = madd(x, y1, s01);
        x = v128.load32_splat(p1, 4); s10 = madd(x, y0, s10); s11 = madd(x, y1, s11);
        x = v128.load32_splat(p2, 4); s20 = madd(x, y0, s20); s21 = madd(x, y1, s21);
        x = v128.load32_splat(p3, 4); s30 = madd(x, y0, s30); s31 = madd(x, y1, s31);
        x = v128.load32_splat(p4, 4); s40 = madd(x, y0, s40); s41 = madd(x, y1, s41);
        y0 = v128.load(b, 64); y1 = v128.load(b, 80);
        x = v128.load32_splat(p0, 8); s00 = madd(x, y0, s00); s01 = madd(x, y1, s01);
        x = v128.load32_splat(p1, 8); s10 = madd(x, y0, s10); s11 = madd(x, y1, s11);
        x = v128.load32_splat(p2, 8); s20 = madd(x, y0, s20); s21 = madd(x, y1, s21);
        x = v128.load32_splat(p3, 8); s30 = madd(x, y0, s30); s31 = madd(x, y1, s31);
        x = v128.load32_splat(p4, 8); s40 = madd(x, y0, s40); s41 = madd(x, y1, s41);
        y0 = v128.load(b, 96); y1 = v128.load(b, 112);
        x = v128.load32_splat(p0, 12); s00 = madd(x, y0, s00); s01 = madd(x, y1, s01);
        x = v128.load32_splat(p1, 12); s10 = madd(x, y0, s10); s11 = madd(x, y1, s11);
        x = v128.load32_splat(p2, 12); s20 = madd(x, y0, s20); s21 = madd(x, y1, s21);
        x = v128.load32_splat(p3, 12); s30 = madd(x, y0, s30); s31 = madd(x, y1, s31);
        x = v128.load32_splat(p4, 12); s40 = madd(x, y0, s40); s41 = madd(x, y1, s41);
        b += 128;
        p0 += 16; p1 += 16; p2 += 16; p3 += 16; p4 += 16;
      }
    }
    while (p0 < end) {
      y0 = v128.load(b); y1 = v128.load(b, 16);
      x = v128.load32_splat(p0); s00 = madd(x, y0, s00); s01 = madd(x, y1, s01);
      x = v128.load32_splat(p1); s10 = madd(x, y0, s10); s11 = madd(x, y1, s11);
      x = v128.load32_splat(p2); s20 = madd(x, y0, s20); s21 = madd(x, y1, s21);
      x = v128.load32_splat(p3); s30 = madd(x, y0, s30); s31 = madd(x, y1, s31);
      x = v128.load32_splat(p4); s40 = madd(x, y0, s40); s41 = madd(x, y1, s41);
      b += 32;
      p0 += 4; p1 += 4; p2 += 4; p3 += 4; p4 += 4;
    }
    let c = c0;
    v128.store(c, s00); v128.store(c, s01, 16); c += d1;
    v128.store(c, s10); v128.store(c, s11, 16); c += d2;
    v128.store(c, s20); v128.store(c, s21, 16); c += d3;
    v128.store(c, s30); v128.store(c, s31, 16); c += d4;
    v128.store(c, s40); v128.store(c, s41, 16);
    c0 += 32;
  }
}

/** Bytes of the tile that `product` writes narrow columns through. */
export const TILE: usize = 160;

/** Largest part of b that is used for all rows before the next: it stays in the second-level cache. */
const BLOCK: i32 = 1 << 19;

/** c [m, n] = a [m, k] b, b packed in panels. `tile` is scratch of TILE bytes. */
export function product(a: usize, lda: usize, b: usize, c: usize, ldc: usize, m: i32, k: i32, n: i32, tile: usize): void {
  const panel = <usize>k << 5;
  const full = n >> 3, rest = n & 7;
  const block = max(1, BLOCK / max(1, k << 5));
  for (let j = 0; j < full; j += block) {
    const panels = min(block, full - j);
    const bj = b + <usize>j * panel, cj = c + (<usize>j << 5);
    for (let i = 0; i < m; i += 5) rows5(a + <usize>i * lda, lda, m - i, bj, k, panels, cj + <usize>i * ldc, ldc);
  }
  if (rest == 0) return;
  const bj = b + <usize>full * panel, cj = c + (<usize>full << 5);
  for (let i = 0; i < m; i += 5) {
    const rows = min(5, m - i);
    rows5(a + <usize>i * lda, lda, rows, bj, k, 1, tile, 32);
    for (let r = 0; r < rows; r++) {
      const from = tile + (<usize>r << 5), to = cj + <usize>(i + r) * ldc;
      for (let q = 0; q < rest; q++) store<f32>(to + (<usize>q << 2), load<f32>(from + (<usize>q << 2)));
    }
  }
}

/** Rows of the tile of a^T b. */
// @ts-ignore: decorator
@inline
const ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;

/** c [ROWS, 8] += a^T b over k rows, each of ROWS numbers at a and 8 at b, side by side. */
function outer(a: usize, b: usize, k: i32, c: usize, ldc: usize): void {
  const zero = f32x4.splat(0);
  let s00 = zero, s01 = zero, s10 = zero, s11 = zero, s20 = zero, s21 = zero;
  let s30 = zero, s31 = zero, s40 = zero, s41 = zero, s50 = zero, s51 = zero;
  let y0: v128, y1: v128, x: v128;
  if (ASC_FEATURE_RELAXED_SIMD)
    for (; k > 1; k -= 2) {
      y0 = v128.load(b); y1 = v128.load(b, 16);
      x = v128.load32_splat(a); s00 = madd(x, y0, s00); s01 = madd(x, y1, s01);
      x = v128.load32_splat(a, 4); s10 = madd(x, y0, s10); s11 = madd(x, y1, s11);
      x = v128.load32_splat(a, 8); s20 = madd(x, y0, s20); s21 = madd(x, y1, s21);
      x = v128.load32_splat(a, 12); s30 = madd(x, y0, s30); s31 = madd(x, y1, s31);
      x = v128.load32_splat(a, 16); s40 = madd(x, y0, s40); s41 = madd(x, y1, s41);
      x = v128.load32_splat(a, 20); s50 = madd(x, y0, s50); s51 = madd(x, y1, s51);
      y0 = v128.load(b, 32); y1 = v128.load(b, 48);
      x = v128.load32_splat(a, 24); s00 = madd(x, y0, s00); s01 = madd(x, y1, s01);
      x = v128.load32_splat(a, 28); s10 = madd(x, y0, s10); s11 = madd(x, y1, s11);
      x = v128.load32_splat(a, 32); s20 = madd(x, y0, s20); s21 = madd(x, y1, s21);
      x = v128.load32_splat(a, 36); s30 = madd(x, y0, s30); s31 = madd(x, y1, s31);
      x = v128.load32_splat(a, 40); s40 = madd(x, y0, s40); s41 = madd(x, y1, s41);
      x = v128.load32_splat(a, 44); s50 = madd(x, y0, s50); s51 = madd(x, y1, s51);
      a += 48;
      b += 64;
    }
  for (; k > 0; k--) {
    y0 = v128.load(b); y1 = v128.load(b, 16);
    x = v128.load32_splat(a); s00 = madd(x, y0, s00); s01 = madd(x, y1, s01);
    x = v128.load32_splat(a, 4); s10 = madd(x, y0, s10); s11 = madd(x, y1, s11);
    x = v128.load32_splat(a, 8); s20 = madd(x, y0, s20); s21 = madd(x, y1, s21);
    x = v128.load32_splat(a, 12); s30 = madd(x, y0, s30); s31 = madd(x, y1, s31);
    if (ASC_FEATURE_RELAXED_SIMD) {
      x = v128.load32_splat(a, 16); s40 = madd(x, y0, s40); s41 = madd(x, y1, s41);
      x = v128.load32_splat(a, 20); s50 = madd(x, y0, s50); s51 = madd(x, y1, s51);
    }
    a += ROWS << 2;
    b += 32;
  }
  // The partial sum of these rows is added to the sum so far: one long sum would round more.
  v128.store(c, f32x4.add(v128.load(c), s00)); v128.store(c, f32x4.add(v128.load(c, 16), s01), 16); c += ldc;
  v128.store(c, f32x4.add(v128.load(c), s10)); v128.store(c, f32x4.add(v128.load(c, 16), s11), 16); c += ldc;
  v128.store(c, f32x4.add(v128.load(c), s20)); v128.store(c, f32x4.add(v128.load(c, 16), s21), 16); c += ldc;
  v128.store(c, f32x4.add(v128.load(c), s30)); v128.store(c, f32x4.add(v128.load(c, 16), s31), 16); c += ldc;
  if (ASC_FEATURE_RELAXED_SIMD) {
    v128.store(c, f32x4.add(v128.load(c), s40)); v128.store(c, f32x4.add(v128.load(c, 16), s41), 16); c += ldc;
    v128.store(c, f32x4.add(v128.load(c), s50)); v128.store(c, f32x4.add(v128.load(c, 16), s51), 16);
  }
}

/** The first ROWS columns of a [m, columns] into [m][ROWS], zeros where there are fewer. */
function packColumns(a: usize, lda: usize, m: i32, columns: i32, to: usize): void {
  if (columns >= ROWS)
    for (; m > 0; m--) {
      v128.store(to, v128.load(a));
      if (ASC_FEATURE_RELAXED_SIMD) store<u64>(to, load<u64>(a, 16), 16);
      a += lda;
      to += ROWS << 2;
    }
  else {
    memory.fill(to, 0, <usize>m * (ROWS << 2));
    for (; m > 0; m--) {
      for (let c = 0; c < columns; c++) store<f32>(to + (<usize>c << 2), load<f32>(a + (<usize>c << 2)));
      a += lda;
      to += ROWS << 2;
    }
  }
}

/** Rows that `addOuter` takes at a time. */
// @ts-ignore: decorator
@inline
function outerRows(n: i32): i32 {
  return max(48, min(512, (1 << 16) / n));
}

/** Bytes of the sums [k, n] of `addOuter`, in rows of whole vectors: k and n up to whole tiles. */
export function sumsBytes(k: i32, n: i32): usize {
  return <usize>((k + ROWS - 1) / ROWS * ROWS) * (<usize>((n + 7) >> 3) << 5);
}

/** Bytes of scratch that `addOuter` needs. */
export function outerBytes(n: i32): usize {
  const rows = outerRows(n);
  return packedBytes(rows, n) + <usize>rows * (ROWS << 2);
}

/** sums [k, n] += a^T b for a [m, k] and b [m, n]: how a weight's gradient is summed over pixels. */
export function addOuter(a: usize, lda: usize, b: usize, ldb: usize, m: i32, k: i32, n: i32, sums: usize, scratch: usize): void {
  const step = outerRows(n), panels = (n + 7) >> 3, ldc = <usize>panels << 5;
  const packed = scratch, columns = scratch + packedBytes(step, n);
  for (let i = 0; i < m; i += step) {
    const rows = min(step, m - i);
    pack(b + <usize>i * ldb, ldb, rows, n, packed);
    const ai = a + <usize>i * lda;
    for (let q = 0; q < k; q += ROWS) {
      packColumns(ai + (<usize>q << 2), lda, rows, k - q, columns);
      let c = sums + <usize>q * ldc, p = packed;
      for (let j = 0; j < panels; j++) {
        outer(columns, p, rows, c, ldc);
        c += 32;
        p += <usize>rows << 5;
      }
    }
  }
}

/** Copies sums in rows of whole vectors to a plain [k, n] matrix. */
export function unpackSums(sums: usize, k: i32, n: i32, to: usize): void {
  const ldc = <usize>((n + 7) >> 3) << 5, bytes = <usize>n << 2;
  for (; k > 0; k--) {
    memory.copy(to, sums, bytes);
    sums += ldc;
    to += bytes;
  }
}
