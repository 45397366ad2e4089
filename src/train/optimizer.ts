import { add, div, mul, type Scalar, sqrt, square, sub, type Tensor, zeros } from '@tensorflow/tfjs-core';
import type { Weight } from '../core/weight.ts';

/** Numbers that an optimizer keeps for a weight, by name; each of the weight's shape. */
export type Slots = { readonly [name: string]: Tensor };

/** Slots of each trained weight. */
export type SlotsOf = ReadonlyMap<Weight, Slots>;

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

/** @throws RangeError naming the first setting that lies outside */
function check(optimizer: string, settings: { readonly [name: string]: readonly [value: number, below: number] }) {
  for (const [name, [value, below]] of Object.entries(settings))
    if (!(value >= 0 && value < below))
      throw new RangeError(
        `${optimizer}: ${name} is ${value}; it must be at least 0${below < Number.POSITIVE_INFINITY ? ` and below ${below}` : ''}`,
      );
}

export interface SgdOptions {
  /** Share of the last step that is taken again. Default 0.9. */
  readonly momentum?: number;
  /** Where the slope is taken: `classical` here, `nesterov` where the momentum leads. Default `classical`. */
  readonly form?: 'classical' | 'nesterov';
  /** Added to the gradient times the weight, of weights of two or more dimensions. Default 0. */
  readonly weightDecay?: number;
}

/**
 * v = momentum * v + g; w = w - rate * v, or w - rate * (g + momentum * v) in Nesterov's form.
 *
 * @throws RangeError for a setting that cannot be
 * @see PyTorch, torch.optim.SGD
 */
export function sgd({ momentum = 0.9, form = 'classical', weightDecay = 0 }: SgdOptions = {}): Optimizer {
  check('sgd', { momentum: [momentum, 1], weightDecay: [weightDecay, Number.POSITIVE_INFINITY] });
  return {
    name: 'sgd',
    options: { momentum, form, weightDecay },
    slots: ['velocity'],
    update: (weight, { value, gradient, slots, learningRate }) => {
      const g = decayed(weight, value, gradient, weightDecay);
      const velocity = add(mul(slot(slots, 'velocity', 'sgd'), momentum), g);
      const step = form === 'nesterov' ? add(g, mul(velocity, momentum)) : velocity;
      return { value: sub(value, mul(step, learningRate)), slots: { velocity } };
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
  /** Added to the gradient times the weight, of weights of two or more dimensions. Default 0. */
  readonly weightDecay?: number;
}

/**
 * s = decay * s + (1 - decay) * g^2; v = momentum * v + g / (sqrt(s) + epsilon), or g / sqrt(s + epsilon); w = w - rate * v.
 *
 * @throws RangeError for a setting that cannot be
 * @see PyTorch, torch.optim.RMSprop; Keras 2, RMSprop, whose velocity holds the rate: the same while the rate is
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { decay = 0.99, momentum = 0, epsilon = 1e-8, epsilonTo = 'root', weightDecay = 0 } = options;
  const endless = Number.POSITIVE_INFINITY;
  check('rmsprop', {
    decay: [decay, 1],
    momentum: [momentum, 1],
    epsilon: [epsilon, endless],
    weightDecay: [weightDecay, endless],
  });
  return {
    name: 'rmsprop',
    options: { decay, momentum, epsilon, epsilonTo, weightDecay },
    slots: ['meanSquare', 'velocity'],
    update: (weight, { value, gradient, slots, learningRate }) => {
      const g = decayed(weight, value, gradient, weightDecay);
      const meanSquare = add(mul(slot(slots, 'meanSquare', 'rmsprop'), decay), mul(square(g), 1 - decay));
      const root = epsilonTo === 'root' ? add(sqrt(meanSquare), epsilon) : sqrt(add(meanSquare, epsilon));
      const step = div(g, root);
      const velocity = add(mul(slot(slots, 'velocity', 'rmsprop'), momentum), step);
      return { value: sub(value, mul(velocity, learningRate)), slots: { meanSquare, velocity } };
    },
  };
}
