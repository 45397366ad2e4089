// Depthwise filters with q outputs for each channel are filters of one output over channels repeated q times.

/** x [pixels, c] -> [pixels, c, q]. */
export function repeatChannels(x: usize, to: usize, pixels: i32, c: i32, q: i32): void {
  for (let i = pixels * c; i > 0; i--) {
    const v = load<f32>(x);
    for (let j = q; j > 0; j--) {
      store<f32>(to, v);
      to += 4;
    }
    x += 4;
  }
}

/** dy [pixels, c, q] -> its sums [pixels, c]. */
export function sumRepeated(dy: usize, to: usize, pixels: i32, c: i32, q: i32): void {
  for (let i = pixels * c; i > 0; i--) {
    let s: f32 = 0;
    for (let j = q; j > 0; j--) {
      s += load<f32>(dy);
      dy += 4;
    }
    store<f32>(to, s);
    to += 4;
  }
}
