// Rows of pixels of 8 channels. The two vectors of one lie side by side: V8 joins them into one of 256 bits where constants are
// splats and no store lies between what makes the two.
// Activations by number, as of convolutions.
export const LINEAR: i32 = 0, SWISH: i32 = 1, RELU: i32 = 2, RELU6: i32 = 3;

/** Numbers that are summed apart: one long sum would round more. */
const PART: i32 = 512;

/** Adds n times 8 numbers to the 8 at `to`. */
export function addRow(p: usize, n: i32, to: usize): void {
  for (; n > PART; n -= PART) {
    addPart(p, PART, to);
    p += PART << 5;
  }
  addPart(p, n, to);
}

function addPart(p: usize, n: i32, to: usize): void {
  let a0 = f32x4.splat(0), a1 = f32x4.splat(0), b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;
  for (; n >= 4; n -= 4) {
    a0 = f32x4.add(a0, v128.load(p));
    a1 = f32x4.add(a1, v128.load(p, 16));
    b0 = f32x4.add(b0, v128.load(p, 32));
    b1 = f32x4.add(b1, v128.load(p, 48));
    c0 = f32x4.add(c0, v128.load(p, 64));
    c1 = f32x4.add(c1, v128.load(p, 80));
    d0 = f32x4.add(d0, v128.load(p, 96));
    d1 = f32x4.add(d1, v128.load(p, 112));
    p += 128;
  }
  for (; n > 0; n--) {
    a0 = f32x4.add(a0, v128.load(p));
    a1 = f32x4.add(a1, v128.load(p, 16));
    p += 32;
  }
  a0 = f32x4.add(f32x4.add(a0, b0), f32x4.add(c0, d0));
  a1 = f32x4.add(f32x4.add(a1, b1), f32x4.add(c1, d1));
  const low = f32x4.add(v128.load(to), a0), high = f32x4.add(v128.load(to, 16), a1);
  v128.store(to, low);
  v128.store(to, high, 16);
}

/** 8 numbers times a factor, where they are. */
export function scaleLanes(p: usize, factor: f32): void {
  const by = f32x4.splat(factor);
  v128.store(p, f32x4.mul(v128.load(p), by));
  v128.store(p, f32x4.mul(v128.load(p, 16), by), 16);
}

/** n times 8 numbers. */
export function copyRow(from: usize, to: usize, n: i32): void {
  for (; n > 0; n--) {
    const low = v128.load(from), high = v128.load(from, 16);
    v128.store(to, low);
    v128.store(to, high, 16);
    from += 32;
    to += 32;
  }
}

/** n times 8 zeros. */
// @ts-ignore: decorator
@inline
export function zeroRow(p: usize, n: i32): void {
  if (n > 0) memory.fill(p, 0, <usize>n << 5);
}
