import { add, dispose, mul, type Scalar, scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { compile } from '../trace/compile.ts';
import type { LocalTarget } from '../trace/target.ts';

/** How weights are averaged over the steps of a run. Plain data: part of a recipe. */
export interface EmaOptions {
  /** Share of the average that stays at each step. Default 0.9998. */
  readonly decay?: number;
  /**
   * How the share grows to that, so that the first weights are forgotten: `power`, 1 - (1 + n / gamma)^-power over n steps
   * after `after`, as in timm; `count`, (1 + n) / (10 + n) over n steps, as in TensorFlow. Default not at all.
   */
  readonly warmUp?:
    | {
        readonly name: 'power';
        /** Steps in which it grows. Default 1. */
        readonly gamma?: number;
        /** Default 2/3. */
        readonly power?: number;
        /** Steps in which the average only follows the weights. Default 0. */
        readonly after?: number;
      }
    | { readonly name: 'count' };
}

/**
 * The share of the average that stays at a step, from 1.
 *
 * @throws RangeError for a setting that cannot be
 * @see timm, utils/model_ema.py, ModelEmaV2 and V3; TensorFlow, ExponentialMovingAverage
 */
export function emaDecay({ decay = 0.9998, warmUp }: EmaOptions, step: number): number {
  if (!(decay >= 0 && decay < 1)) throw new RangeError(`ema: decay is ${decay}; it must be at least 0 and below 1`);
  if (warmUp === undefined) return decay;
  if (warmUp.name === 'count') return Math.min(decay, (1 + step) / (10 + step));
  const { gamma = 1, power = 2 / 3, after = 0 } = warmUp;
  if (!(gamma > 0 && power > 0 && after >= 0))
    throw new RangeError(`ema: gamma is ${gamma}, power ${power} and after ${after}; the first two must be above 0`);
  return Math.min(decay, 1 - (1 + Math.max(0, step - after - 1) / gamma) ** -power);
}

/** Averages after a step: decay * average + (1 - decay) * value. The averages given are disposed, the values are not. */
export function moveEma<K>(
  averages: ReadonlyMap<K, Tensor>,
  values: (key: K) => Tensor,
  decay: number,
): Map<K, Tensor> {
  const moved = new Map<K, Tensor>();
  for (const [key, average] of averages) {
    moved.set(
      key,
      tidy(() => add(mul(average, decay), mul(values(key), 1 - decay))),
    );
    average.dispose();
  }
  return moved;
}

/** What one step of averaging reads. */
interface EmaInputs<K> {
  readonly averages: ReadonlyMap<K, Tensor>;
  readonly values: ReadonlyMap<K, Tensor>;
  /** Shares of the average and of the value. */
  readonly shares: readonly [Scalar, Scalar];
}

const emaStep = <K>({ averages, values, shares: [stays, comes] }: EmaInputs<K>) => ({
  averages: new Map(
    Array.from(averages, ([key, average]): [K, Tensor] => {
      const value = values.get(key) ?? average;
      return [key, tidy(() => add(mul(average, stays), mul(value, comes)))];
    }),
  ),
});

/** `moveEma` where the weights are: on an engine, or by tfjs. */
export function emaOn(target: LocalTarget | undefined): {
  readonly move: typeof moveEma;
  readonly dispose: () => void;
} {
  if (target === undefined) return { move: moveEma, dispose: () => undefined };
  const step = compile(emaStep, { label: 'train', target, donate: { inputs: ['averages'] } });
  return {
    move: <K>(averages: ReadonlyMap<K, Tensor>, values: (key: K) => Tensor, decay: number) => {
      const shares = [scalar(decay), scalar(1 - decay)] as const;
      const now = new Map([...averages.keys()].map((key) => [key, values(key)]));
      const { averages: moved } = step({ averages, values: now, shares });
      dispose([...shares, ...averages.values()]);
      return moved as Map<K, Tensor>; // of the keys that it was given
    },
    dispose: step.dispose,
  };
}
