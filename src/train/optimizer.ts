import { add, div, mul, type Scalar, sqrt, square, sub, type Tensor, zeros } from '@tensorflow/tfjs-core';
import type { Weight } from '../core/weight.ts';

/** Numbers that an optimizer keeps for a weight, by name; each of the weight's shape. */
export type Slots = { readonly [name: string]: Tensor };

/** A rule that moves a weight: a pure function of value, gradient, slots and learning rate. */
export interface Optimizer {
  readonly name: string;
  /** Its settings, for logs and checkpoints. */
  readonly options: { readonly [name: string]: number | boolean | string };
  /** Names of its slots; all start at zero. */
  readonly slots: readonly string[];
  readonly update: (
    weight: Weight,
    given: { value: Tensor; gradient: Tensor; slots: Slots; learningRate: Scalar },
  ) => { value: Tensor; slots: Slots };
}

/** Slots of zeros for a weight. The caller disposes them. */
export function firstSlots({ slots }: Optimizer, shape: readonly number[]): Slots {
  return Object.fromEntries(slots.map((name) => [name, zeros([...shape])]));
}

/** Biases, scales and shifts are not decayed: they have one dimension. */
const decayed = (weight: Weight, value: Tensor, gradient: Tensor, decay: number): Tensor =>
  decay > 0 && (weight.shape?.length ?? 0) > 1 ? add(gradient, mul(value, decay)) : gradient;

const slot = (slots: Slots, name: string, optimizer: string): Tensor => {
  const found = slots[name];
  if (found === undefined)
    throw new RangeError(`${optimizer}: no slot '${name}'; start from firstSlots(optimizer, shape)`);
  return found;
};

export interface SgdOptions {
  /** Share of the last step that is taken again. Default 0.9. */
  readonly momentum?: number;
  /** Added to the gradient times the weight, of weights of two or more dimensions. Default 0. */
  readonly weightDecay?: number;
}

/** v = momentum * v + g; w = w - rate * v. @see PyTorch, torch.optim.SGD */
export function sgd({ momentum = 0.9, weightDecay = 0 }: SgdOptions = {}): Optimizer {
  return {
    name: 'sgd',
    options: { momentum, weightDecay },
    slots: ['velocity'],
    update: (weight, { value, gradient, slots, learningRate }) => {
      const g = decayed(weight, value, gradient, weightDecay);
      const velocity = add(mul(slot(slots, 'velocity', 'sgd'), momentum), g);
      return { value: sub(value, mul(velocity, learningRate)), slots: { velocity } };
    },
  };
}

export interface RmspropOptions {
  /** Share of the running mean square that stays. Default 0.99. */
  readonly decay?: number;
  /** Share of the last step that is taken again. Default 0. */
  readonly momentum?: number;
  /** Added to the root of the mean square. Default 1e-8. */
  readonly epsilon?: number;
  /** Added to the gradient times the weight, of weights of two or more dimensions. Default 0. */
  readonly weightDecay?: number;
}

/** s = decay * s + (1 - decay) * g^2; v = momentum * v + g / (sqrt(s) + epsilon); w = w - rate * v. @see PyTorch, torch.optim.RMSprop */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { decay = 0.99, momentum = 0, epsilon = 1e-8, weightDecay = 0 } = options;
  return {
    name: 'rmsprop',
    options: { decay, momentum, epsilon, weightDecay },
    slots: ['meanSquare', 'velocity'],
    update: (weight, { value, gradient, slots, learningRate }) => {
      const g = decayed(weight, value, gradient, weightDecay);
      const meanSquare = add(mul(slot(slots, 'meanSquare', 'rmsprop'), decay), mul(square(g), 1 - decay));
      const step = div(g, add(sqrt(meanSquare), epsilon));
      const velocity = add(mul(slot(slots, 'velocity', 'rmsprop'), momentum), step);
      return { value: sub(value, mul(velocity, learningRate)), slots: { meanSquare, velocity } };
    },
  };
}
