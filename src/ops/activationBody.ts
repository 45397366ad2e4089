import {
  add,
  cast,
  clipByValue,
  greater,
  less,
  logicalAnd,
  mul,
  relu,
  sigmoid,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Shape } from './composite.ts';

/** What follows a batch norm: z, z * sigmoid(z), max(z, 0), min(max(z, 0), 6). */
export type NormActivation = 'linear' | 'swish' | 'relu' | 'relu6';

export function activateBody(z: Tensor, activation: string): Tensor {
  if (activation === 'swish') return mul(z, sigmoid(z));
  if (activation === 'relu') return relu(z);
  return activation === 'relu6' ? clipByValue(z, 0, 6) : z;
}

/** The derivative of an activation that is not linear. */
export function slopeBody(z: Tensor, activation: string): Tensor {
  if (activation === 'swish') {
    const s = sigmoid(z);
    return mul(s, add(1, mul(z, sub(1, s))));
  }
  const above = greater(z, 0);
  return cast(activation === 'relu' ? above : logicalAnd(above, less(z, 6)), 'float32');
}

/** @throws RangeError unless x is [b, h, w, c] or [b, c] and each of the others [c] */
export function checkChannels(op: string, x: Shape, others: { readonly [name: string]: Shape }): void {
  const channels = x.at(-1);
  if (x.length !== 2 && x.length !== 4) throw new RangeError(`${op}: x is [${x}]; it must be [b, h, w, c] or [b, c]`);
  for (const [name, shape] of Object.entries(others))
    if (`${shape}` !== `${channels}`)
      throw new RangeError(`${op}: ${name} is [${shape}] but x is [${x}]; ${name} must be [${channels}]`);
}
