import type { Tensor4D } from '@tensorflow/tfjs-core';
import { type Block, block } from '../core/block.ts';

/** Runs blocks one after the other; its parts are `step/0`, `step/1`, .... */
export function sequence(...steps: readonly Block[]): Block {
  return block({ step: steps }, (x: Tensor4D, pass) => steps.reduce((y, step) => step(y, pass), x));
}
