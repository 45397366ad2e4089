// Numbers of the functions of chains (scripts/templates/chainMath.mjs), in memory at k, each 8 times: each half of 32 bytes
// loads its own, and V8 may join the two.

/** Bytes of the numbers. */
export const CHAIN_CONSTANTS: usize = 59 << 5;

// @ts-ignore: decorator
@inline
function put(k: usize, i: usize, x: f32): void {
  v128.store(k + (i << 5), f32x4.splat(x));
  v128.store(k + (i << 5), f32x4.splat(x), 16);
}
// @ts-ignore: decorator
@inline
function putBits(k: usize, i: usize, x: i32): void {
  put(k, i, reinterpret<f32>(x));
}

/** Writes the numbers. */
export function chainConstants(k: usize): void {
  put(k, 0, 1.44269504);
  put(k, 1, 12582912); // 1.5 * 2^23: a number added to it is rounded, its low bits count ones
  put(k, 2, -0.693359375);
  put(k, 3, 2.12194440e-4);
  put(k, 4, 1.9875691500e-4);
  put(k, 5, 1.3981999507e-3);
  put(k, 6, 8.3334519073e-3);
  put(k, 7, 4.1665795894e-2);
  put(k, 8, 1.6666665459e-1);
  put(k, 9, 5.0000001201e-1);
  put(k, 10, 1);
  put(k, 11, -104); // below, exp is 0
  put(k, 12, 89); // above, infinite
  putBits(k, 13, 0x4b400000);
  putBits(k, 14, 127);
  put(k, 15, -87);
  put(k, 16, 87);
  putBits(k, 17, i32.MIN_VALUE); // the sign
  put(k, 18, 0.625);
  put(k, 19, -5.70498872745e-3);
  put(k, 20, 2.06390887954e-2);
  put(k, 21, -5.37397155531e-2);
  put(k, 22, 1.33314422036e-1);
  put(k, 23, -3.33332819422e-1);
  put(k, 24, 2);
  put(k, 25, 1.17549435e-38);
  put(k, 26, 8388608);
  putBits(k, 27, 23);
  putBits(k, 28, 0x3f3504f3); // sqrt(1/2)
  putBits(k, 29, 0x007fffff);
  put(k, 30, 7.0376836292e-2);
  put(k, 31, -1.1514610310e-1);
  put(k, 32, 1.1676998740e-1);
  put(k, 33, -1.2420140846e-1);
  put(k, 34, 1.4249322787e-1);
  put(k, 35, -1.6668057665e-1);
  put(k, 36, 2.0000714765e-1);
  put(k, 37, -2.4999993993e-1);
  put(k, 38, 3.3333331174e-1);
  put(k, 39, -2.12194440e-4);
  put(k, 40, -0.5);
  put(k, 41, 0.693359375);
  put(k, 42, Infinity);
  put(k, 43, NaN);
  put(k, 44, 0.34657359);
  put(k, 45, 7.853861353153693e-5);
  put(k, 46, -8.010193625184903e-4);
  put(k, 47, 5.188327685732524e-3);
  put(k, 48, -2.685381193529856e-2);
  put(k, 49, 1.128358514861418e-1);
  put(k, 50, -3.761262582423300e-1);
  put(k, 51, 1.128379165726710);
  put(k, 52, 0.3275911);
  put(k, 53, 1.061405429);
  put(k, 54, -1.453152027);
  put(k, 55, 1.421413741);
  put(k, 56, -0.284496736);
  put(k, 57, 0.254829592);
  put(k, 58, 0);
}
