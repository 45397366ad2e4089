// Sums of rows that have the same number: the gradient of a gather.

/** x [n, width], ids [n] int32 -> y [segments, width]; rows whose id is no segment are left out. */
export function segmentSum(x: usize, ids: usize, y: usize, n: i32, width: i32, segments: i32): void {
  const bytes = <usize>width << 2;
  memory.fill(y, 0, <usize>segments * bytes);
  for (; n > 0; n--) {
    const id = load<i32>(ids);
    ids += 4;
    if (<u32>id < <u32>segments) {
      let from = x, to = y + <usize>id * bytes;
      let i = width;
      for (; i >= 4; i -= 4) {
        v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
        from += 16;
        to += 16;
      }
      for (; i > 0; i--) {
        store<f32>(to, load<f32>(to) + load<f32>(from));
        from += 4;
        to += 4;
      }
    }
    x += bytes;
  }
}
