import { dispose, type Scalar, type Tensor, zeros } from '@tensorflow/tfjs-core';
import type { Weight } from '../core/weight.ts';
import type { gradientStep, updateStep } from './accumulate.ts';
import { applyStep, disposeStep, lossNumbers } from './applyStep.ts';
import { addedLoss, isFiniteLoss } from './lossSums.ts';
import type { Slots, SlotsOf } from './optimizer.ts';
import type { LossNumbers } from './report.ts';
import type { trainStep } from './step.ts';
import type { StepPart } from './stepInputs.ts';
import type { TargetTensors } from './targets.ts';

/** What a step has brought; the weights have moved. */
export interface Taken {
  readonly loss: LossNumbers;
  /** From now on. */
  readonly slots: Map<Weight, Slots>;
  /** Places of weights that the loss does not reach. */
  readonly unreached: readonly string[];
}

/** What a step would have brought whose loss is not finite. */
export interface NotTaken {
  readonly loss: LossNumbers;
  /** The part that has it. */
  readonly bad: Pick<StepPart, 'ids'>;
}

/** Takes the parts of a step. Gives the loss alone where it is not finite, and has moved nothing then. */
export type Mover = (
  parts: Iterable<StepPart>,
  given: { readonly slots: SlotsOf; readonly learningRate: Scalar },
) => Promise<Taken | NotTaken>;

/** Takes the one part of a step. */
export function atOnce(step: ReturnType<typeof trainStep<TargetTensors>>): Mover {
  return async ([part], { slots, learningRate }) => {
    if (part === undefined) throw new RangeError('train: a step has no images');
    const results = tryFinally(() => step({ ...part.inputs, slots, learningRate }), part.dispose);
    const loss = await lossNumbers(results);
    if (!isFiniteLoss(loss)) {
      disposeStep(results);
      return { loss, bad: part };
    }
    return { loss, slots: applyStep(results, slots), unreached: places(results.unreached) };
  };
}

/** Adds up the gradients of parts. Running statistics follow the parts one after the other, as they would follow batches. */
export function inParts(
  trained: readonly Weight[],
  gradientsOf: ReturnType<typeof gradientStep<TargetTensors>>,
  update: ReturnType<typeof updateStep>,
): Mover {
  return async (parts, { slots, learningRate }) => {
    const sums = new Map(trained.map((weight): [Weight, Tensor] => [weight, zeros([...(weight.shape ?? [])])]));
    let loss: LossNumbers = {};
    let unreached: readonly Weight[] = [];
    try {
      for (const part of parts) {
        const found = tryFinally(() => gradientsOf({ ...part.inputs, gradients: sums }), part.dispose);
        const own = await lossNumbers(found);
        if (!isFiniteLoss(own)) {
          dispose([...found.gradients.values(), ...found.statistics.values()]);
          return { loss: own, bad: part };
        }
        for (const [weight, value] of found.statistics) weight.adopt(value);
        for (const [weight, sum] of found.gradients) {
          sums.get(weight)?.dispose();
          sums.set(weight, sum);
        }
        loss = addedLoss(loss, own);
        unreached = found.unreached;
      }
      const left = new Set(unreached);
      const gradients = new Map([...sums].filter(([weight]) => !left.has(weight)));
      const weights = new Map(trained.map((weight) => [weight, weight.read()]));
      const moved = update({ weights, slots, gradients, learningRate });
      const after = applyStep({ ...moved, statistics: new Map() }, slots);
      return { loss, slots: after, unreached: places(unreached) };
    } finally {
      dispose([...sums.values()]);
    }
  };
}

const places = (weights: readonly Weight[]) => weights.map(({ place }) => place);

function tryFinally<T>(run: () => T, after: () => void): T {
  try {
    return run();
  } finally {
    after();
  }
}
