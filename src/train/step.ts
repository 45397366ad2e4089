import { dispose, keep, mul, type Scalar, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { Block, HasParts } from '../core/block.ts';
import type { Predictions } from '../core/levels.ts';
import { trainingPass } from '../core/pass.ts';
import type { Weight } from '../core/weight.ts';
import { valueAndGradients } from '../tfjs/gradients.ts';
import { type Clip, clipFactor, clipped } from './clip.ts';
import type { Optimizer, Slots } from './optimizer.ts';

/** What is to become smaller, and what it is made of. */
export type LossParts = { readonly total: Scalar; readonly [part: string]: Scalar };

export interface StepOptions<Targets> {
  readonly model: Block<Tensor4D, Predictions>;
  /** Of the predictions and the targets that were matched on the host: what is to become smaller, and its parts. */
  readonly loss: (predictions: Predictions, targets: Targets) => LossParts;
  readonly optimizer: Optimizer;
  /** What is otherwise for a weight: its optimizer, of the same slots, and a factor on the learning rate. Default nothing. */
  readonly own?: (weight: Weight) => { readonly optimizer?: Optimizer; readonly rate?: number };
  /** What is cut of each gradient by itself. Default nothing. */
  readonly clip?: Clip;
  /** Joint norm that the gradients are clipped to after that. Default: they are not. */
  readonly clipNorm?: number;
  /** Which statistics batch norms use; stored ones stay as they are. Default `batch`. */
  readonly statistics?: 'batch' | 'stored';
}

/** Everything that a step depends on. */
export interface StepInputs<Targets> {
  /** Values of the weights to train. */
  readonly weights: ReadonlyMap<Weight, Tensor>;
  /** What the optimizer keeps for each of them. */
  readonly slots: ReadonlyMap<Weight, Slots>;
  /** RGB 0-255, [b, h, w, 3]. */
  readonly images: Tensor4D;
  readonly targets: Targets;
  readonly learningRate: Scalar;
  /** Uniform numbers of the random leaves, as `randomInputs` makes them. Default: nothing is dropped. */
  readonly randoms?: ReadonlyMap<HasParts, Tensor>;
}

/** Everything that a step changes, as new tensors; the caller disposes them. */
export interface StepResults {
  readonly loss: LossParts;
  /** New values of the weights that the loss reaches. */
  readonly weights: ReadonlyMap<Weight, Tensor>;
  /** Their new slots. */
  readonly slots: ReadonlyMap<Weight, Slots>;
  /** New running means and variances. */
  readonly statistics: ReadonlyMap<Weight, Tensor>;
  /** Weights that the loss does not reach: they stay as they are. */
  readonly unreached: readonly Weight[];
}

/** What a loss asks of the weights, as new tensors. */
export interface LossGradients extends Pick<StepResults, 'loss' | 'statistics' | 'unreached'> {
  /** Of the weights that the loss reaches. */
  readonly gradients: ReadonlyMap<Weight, Tensor>;
}

/** The part of a step that depends on images: forward, loss, gradients. Whatever it throws, it leaves nothing behind. */
export function lossGradients<Targets>(
  { model, loss, statistics = 'batch' }: Pick<StepOptions<Targets>, 'model' | 'loss' | 'statistics'>,
  { weights, images, targets, randoms }: Pick<StepInputs<Targets>, 'weights' | 'images' | 'targets' | 'randoms'>,
): LossGradients {
  const pass = trainingPass({ statistics, ...(randoms ? { randoms } : {}) });
  let parts: LossParts | undefined;
  const forward = () => {
    parts = loss(model(images, pass), targets);
    for (const part of Object.values(parts)) keep(part);
    return parts.total;
  };
  try {
    const { value, gradients, unreached } = valueAndGradients(forward, weights);
    return { gradients, loss: parts ?? { total: value }, statistics: pass.updates, unreached };
  } catch (error) {
    dispose([...Object.values(parts ?? {}), ...pass.updates.values()]);
    throw error;
  }
}

/**
 * A training step as a pure function: forward, loss, gradients, clipping, optimizer. Static shapes, nothing is read back
 * and nothing is moved, so that it can be traced, and run anywhere.
 *
 * @throws RangeError for a weight without slots; whatever the model and the loss throw
 */
export function trainStep<Targets>(options: StepOptions<Targets>): (inputs: StepInputs<Targets>) => StepResults {
  const { optimizer, own = () => ({}), clip, clipNorm } = options;
  return (inputs) => {
    const { weights, slots, learningRate } = inputs;
    for (const { place } of [...weights.keys()].filter((weight) => !slots.has(weight)))
      throw new RangeError(`trainStep: ${place} has no slots; start from firstSlots(optimizer, shape)`);
    const { gradients, ...found } = lossGradients(options, inputs);
    try {
      return { ...move({ optimizer, own, weights, slots, gradients, learningRate, clip, clipNorm }), ...found };
    } catch (error) {
      dispose([...Object.values(found.loss), ...found.statistics.values()]);
      throw error;
    }
  };
}

export interface MoveOptions extends Pick<StepInputs<unknown>, 'weights' | 'slots' | 'learningRate'> {
  readonly optimizer: Optimizer;
  readonly own: NonNullable<StepOptions<unknown>['own']>;
  readonly gradients: ReadonlyMap<Weight, Tensor>;
  readonly clip: Clip | undefined;
  readonly clipNorm: number | undefined;
}

/** Moves one weight after the other, each gradient freed as soon as it is used. */
export function move({ optimizer, own, weights, slots, gradients: whole, learningRate, clip, clipNorm }: MoveOptions) {
  const gradients = clip ? cutEach(clip, weights, whole) : whole;
  const factor = clipNorm === undefined ? undefined : clipFactor(gradients.values(), clipNorm);
  const values = new Map<Weight, Tensor>();
  const kept = new Map<Weight, Slots>();
  for (const [weight, raw] of gradients) {
    tidy(() => {
      const gradient = factor ? mul(raw, factor) : raw;
      const value = weights.get(weight) ?? weight.read();
      const { optimizer: rule = optimizer, rate = 1 } = own(weight);
      const scaled = rate === 1 ? learningRate : mul<Scalar>(learningRate, rate);
      const next = rule.update(weight, { value, gradient, slots: slots.get(weight) ?? {}, learningRate: scaled });
      values.set(weight, keep(next.value));
      kept.set(weight, next.slots);
      for (const slot of Object.values(next.slots)) keep(slot);
    });
    raw.dispose();
  }
  factor?.dispose();
  return { weights: values, slots: kept };
}

/** Cuts one gradient after the other and frees what it was. */
function cutEach(
  clip: Clip,
  weights: ReadonlyMap<Weight, Tensor>,
  gradients: ReadonlyMap<Weight, Tensor>,
): ReadonlyMap<Weight, Tensor> {
  const cut = new Map<Weight, Tensor>();
  for (const [weight, gradient] of gradients) {
    cut.set(weight, clipped(clip, weights.get(weight) ?? weight.read(), gradient));
    gradient.dispose();
  }
  return cut;
}
