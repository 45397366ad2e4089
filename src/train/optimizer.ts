import { add, div, mul, ones, type Scalar, sqrt, square, sub, type Tensor, zeros } from '@tensorflow/tfjs-core';
import type { Weight } from '../core/weight.ts';
import { amount, checkSettings, decayedGradient, fading, share, slotOf } from './optimizerParts.ts';

/** Numbers that an optimizer keeps for a weight, by name. */
export type Slots = { readonly [name: string]: Tensor };

/** Slots of each trained weight. */
export type SlotsOf = ReadonlyMap<Weight, Slots>;

/** What a slot begins with: `zeros` or `ones` of the weight's shape, or `zero`, one number for the whole weight. */
export type FirstSlot = 'zeros' | 'ones' | 'zero';

/** A rule that moves a weight: a pure function of value, gradient, slots and learning rate. */
export interface Optimizer {
  readonly name: string;
  /** Its settings, for logs and checkpoints. */
  readonly options: { readonly [name: string]: number | boolean | string };
  /** Its slots by name. */
  readonly slots: { readonly [name: string]: FirstSlot };
  readonly update: (
    weight: Weight,
    given: { value: Tensor; gradient: Tensor; slots: Slots; learningRate: Scalar },
  ) => { value: Tensor; slots: Slots };
}

/** Slots as a weight begins. The caller disposes them. */
export function firstSlots({ slots }: Optimizer, shape: readonly number[]): Slots {
  const first = { zeros: () => zeros([...shape]), ones: () => ones([...shape]), zero: () => zeros([]) };
  return Object.fromEntries(Object.entries(slots).map(([name, kind]) => [name, first[kind]()]));
}

export interface SgdOptions {
  /** Share of the last step that is taken again. Default 0.9. */
  readonly momentum?: number;
  /** Where the slope is taken: `classical` here, `nesterov` where the momentum leads. Default `classical`. */
  readonly form?: 'classical' | 'nesterov';
  /** Share of the gradient that does not enter the velocity, but for the first. Default 0. */
  readonly dampening?: number;
  /** Added to the gradient times the weight, of weights of two or more dimensions. Default 0. */
  readonly weightDecay?: number;
  /** What the rate scales: a `step` as it is taken, as in PyTorch, or what enters the `velocity`, as in Keras. Default `step`. */
  readonly rateOf?: 'step' | 'velocity';
}

/**
 * v = momentum * v + (1 - dampening) * g; w = w - rate * v, or w - rate * (g + momentum * v) in Nesterov's form. The first
 * v is g. With the rate in the velocity v = momentum * v + rate * g, and so on: the same while the rate is.
 *
 * @throws RangeError for a setting that cannot be, or dampening in Nesterov's form
 * @see PyTorch, torch.optim.SGD; Keras, SGD
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { momentum = 0.9, form = 'classical', dampening = 0, weightDecay = 0, rateOf = 'step' } = options;
  checkSettings('sgd', { momentum: share(momentum), dampening: share(dampening), weightDecay: amount(weightDecay) });
  if (form === 'nesterov' && dampening > 0)
    throw new RangeError(`sgd: dampening is ${dampening}; Nesterov's form has none`);
  return {
    name: 'sgd',
    options: { momentum, form, dampening, weightDecay, rateOf },
    slots: { velocity: 'zeros', ...(dampening > 0 ? { begun: 'zero' } : {}) },
    update: (weight, { value, gradient, slots, learningRate }) => {
      const slope = decayedGradient(weight, value, gradient, weightDecay);
      const g = rateOf === 'velocity' ? mul(slope, learningRate) : slope;
      const begun = dampening > 0 ? slotOf(slots, 'begun', 'sgd') : undefined; // 0, then 1
      const entering = begun ? mul(g, add(1, mul(begun, -dampening))) : g;
      const velocity = add(mul(slotOf(slots, 'velocity', 'sgd'), momentum), entering);
      const step = form === 'nesterov' ? add(g, mul(velocity, momentum)) : velocity;
      return {
        value: sub(value, rateOf === 'velocity' ? step : mul(step, learningRate)),
        slots: { velocity, ...(begun ? { begun: ones([]) } : {}) },
      };
    },
  };
}

export interface RmspropOptions {
  /** Share of the running mean square that stays. Default 0.99. */
  readonly decay?: number;
  /** Share of the last step that is taken again. Default 0. */
  readonly momentum?: number;
  /** Keeps the step finite where the gradient has always been small. Default 1e-8. */
  readonly epsilon?: number;
  /** Where epsilon is added: to the root, as in PyTorch, or under it, as in TensorFlow and Keras. Default `root`. */
  readonly epsilonTo?: 'root' | 'square';
  /** What the mean square begins with. Default `zeros`. */
  readonly first?: 'zeros' | 'ones';
  /** What is divided by: the root of the mean `square`, or of the `variance`, the mean square less the square of the mean. Default `square`. */
  readonly by?: 'square' | 'variance';
  /** What the rate scales: a `step` as it is taken, as in PyTorch, or what enters the `velocity`. Default `step`. */
  readonly rateOf?: 'step' | 'velocity';
  /** Added to the gradient times the weight, of weights of two or more dimensions. Default 0. */
  readonly weightDecay?: number;
}

/** Keras': `rmsprop({ ...kerasRmsprop, momentum: 0.9 })`. @see Keras, RMSprop */
export const kerasRmsprop = {
  decay: 0.9,
  epsilon: 1e-7,
  epsilonTo: 'square',
  rateOf: 'velocity',
} as const satisfies RmspropOptions;

/** TensorFlow 1's, which trained the EfficientNets. @see timm, optim/rmsprop_tf.py, RMSpropTF */
export const tensorflowRmsprop = {
  decay: 0.9,
  epsilon: 1e-10,
  epsilonTo: 'square',
  first: 'ones',
  rateOf: 'velocity',
} as const satisfies RmspropOptions;

/**
 * s = decay * s + (1 - decay) * g^2; v = momentum * v + g / (sqrt(s) + epsilon), or g / sqrt(s + epsilon); w = w - rate * v.
 * With the rate in the velocity v = momentum * v + rate * ...; w = w - v: the same while the rate is.
 *
 * @throws RangeError for a setting that cannot be
 * @see PyTorch, torch.optim.RMSprop; `kerasRmsprop` and `tensorflowRmsprop` for the others
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { decay = 0.99, momentum = 0, epsilon = 1e-8, epsilonTo = 'root', weightDecay = 0 } = options;
  const { first = 'zeros', by = 'square', rateOf = 'step' } = options;
  checkSettings('rmsprop', {
    decay: share(decay),
    momentum: share(momentum),
    epsilon: amount(epsilon),
    weightDecay: amount(weightDecay),
  });
  return {
    name: 'rmsprop',
    options: { decay, momentum, epsilon, epsilonTo, first, by, rateOf, weightDecay },
    slots: { meanSquare: first, velocity: 'zeros', ...(by === 'variance' ? { mean: 'zeros' } : {}) },
    update: (weight, { value, gradient, slots, learningRate }) => {
      const g = decayedGradient(weight, value, gradient, weightDecay);
      const meanSquare = fading(slotOf(slots, 'meanSquare', 'rmsprop'), square(g), decay);
      const mean = by === 'variance' ? fading(slotOf(slots, 'mean', 'rmsprop'), g, decay) : undefined;
      const size = mean ? sub(meanSquare, square(mean)) : meanSquare;
      const root = epsilonTo === 'root' ? add(sqrt(size), epsilon) : sqrt(add(size, epsilon));
      const step = div(rateOf === 'velocity' ? mul(g, learningRate) : g, root);
      const velocity = add(mul(slotOf(slots, 'velocity', 'rmsprop'), momentum), step);
      return {
        value: sub(value, rateOf === 'velocity' ? velocity : mul(velocity, learningRate)),
        slots: { meanSquare, velocity, ...(mean ? { mean } : {}) },
      };
    },
  };
}
