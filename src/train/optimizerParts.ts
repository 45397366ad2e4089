import { add, mul, type Tensor } from '@tensorflow/tfjs-core';
import type { Weight } from '../core/weight.ts';

/** Biases, scales and shifts are not decayed: they have one dimension. */
const decays = (weight: Weight, decay: number): boolean => decay > 0 && (weight.shape?.length ?? 0) > 1;

/** A gradient with its share of the weight: decay as a term of the loss. */
export const decayedGradient = (weight: Weight, value: Tensor, gradient: Tensor, decay: number): Tensor =>
  decays(weight, decay) ? add(gradient, mul(value, decay)) : gradient;

/** A value after its own decay, apart from the gradient. @see Loshchilov and Hutter, AdamW, 2019 */
export const decayedValue = (weight: Weight, value: Tensor, decay: number, learningRate: Tensor): Tensor =>
  decays(weight, decay) ? mul(value, add(1, mul(learningRate, -decay))) : value;

/** @throws RangeError where a slot is not there */
export function slotOf(slots: { readonly [name: string]: Tensor }, name: string, optimizer: string): Tensor {
  const found = slots[name];
  if (found === undefined)
    throw new RangeError(`${optimizer}: no slot '${name}'; start from firstSlots(optimizer, shape)`);
  return found;
}

/** A mean that the past fades from: share * mean + (1 - share) * news. */
export const fading = (mean: Tensor, news: Tensor | number, share: number): Tensor =>
  add(mul(mean, share), mul(news, 1 - share));

const endless = Number.POSITIVE_INFINITY;

/** Where a setting may lie: from 0 to below 1, or from 0 on. */
export const share = (value: number) => [value, 1] as const;
export const amount = (value: number) => [value, endless] as const;

/** @throws RangeError naming the first setting that lies outside */
export function checkSettings(
  optimizer: string,
  settings: { readonly [name: string]: readonly [value: number, below: number] },
): void {
  for (const [name, [value, below]] of Object.entries(settings))
    if (!(value >= 0 && value < below))
      throw new RangeError(
        `${optimizer}: ${name} is ${value}; it must be at least 0${below < endless ? ` and below ${below}` : ''}`,
      );
}
