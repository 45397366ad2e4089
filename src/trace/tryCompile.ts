import type { Tensor4D } from '@tensorflow/tfjs-core';
import { type Compiled, type CompileOptions, compile } from './compile.ts';
import { trace } from './trace.ts';

/**
 * A function of images compiled; itself where it cannot be traced, as one that reads numbers: what is wrong with it besides,
 * it says itself.
 *
 * @param shape of images that it takes
 */
export function tryCompile<F extends (images: Tensor4D) => unknown>(
  model: F,
  shape: readonly number[],
  options: CompileOptions,
): F & Partial<Compiled> {
  try {
    trace(model, shape);
  } catch {
    return model;
  }
  return compile(model, options);
}
