// What commands share: reading their words, sharing work among threads.

/** Word i of a command, a whole number. */
// @ts-ignore: decorator
@inline
export function word(p: usize, i: i32): i32 {
  return load<i32>(p + (<usize>i << 2));
}

/** Word i, an address. */
// @ts-ignore: decorator
@inline
export function address(p: usize, i: i32): usize {
  return <usize>load<u32>(p + (<usize>i << 2));
}

/** Word i, a float32. */
// @ts-ignore: decorator
@inline
export function number(p: usize, i: i32): f32 {
  return load<f32>(p + (<usize>i << 2));
}

/** First of the items of a thread, of `count`; the next thread's first ends them. */
// @ts-ignore: decorator
@inline
export function share(count: i32, thread: i32, threads: i32): i32 {
  return <i32>((<i64>count * thread) / threads);
}
