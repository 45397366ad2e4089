// Where a filter goes: 16 whole numbers in memory, written by ../geometry.ts, so that calls stay short.

// @ts-ignore: decorator
@inline
function field(g: usize, i: usize): i32 {
  return load<i32>(g + (i << 2));
}
// @ts-ignore: decorator
@inline
export function batch(g: usize): i32 { return field(g, 0); }
// @ts-ignore: decorator
@inline
export function inHeight(g: usize): i32 { return field(g, 1); }
// @ts-ignore: decorator
@inline
export function inWidth(g: usize): i32 { return field(g, 2); }
// @ts-ignore: decorator
@inline
export function inChannels(g: usize): i32 { return field(g, 3); }
// @ts-ignore: decorator
@inline
export function outHeight(g: usize): i32 { return field(g, 4); }
// @ts-ignore: decorator
@inline
export function outWidth(g: usize): i32 { return field(g, 5); }
// @ts-ignore: decorator
@inline
export function outChannels(g: usize): i32 { return field(g, 6); }
// @ts-ignore: decorator
@inline
export function kernelHeight(g: usize): i32 { return field(g, 7); }
// @ts-ignore: decorator
@inline
export function kernelWidth(g: usize): i32 { return field(g, 8); }
// @ts-ignore: decorator
@inline
export function strideHeight(g: usize): i32 { return field(g, 9); }
// @ts-ignore: decorator
@inline
export function strideWidth(g: usize): i32 { return field(g, 10); }
// @ts-ignore: decorator
@inline
export function padTop(g: usize): i32 { return field(g, 11); }
// @ts-ignore: decorator
@inline
export function padLeft(g: usize): i32 { return field(g, 12); }
// @ts-ignore: decorator
@inline
export function dilationHeight(g: usize): i32 { return field(g, 13); }
// @ts-ignore: decorator
@inline
export function dilationWidth(g: usize): i32 { return field(g, 14); }
