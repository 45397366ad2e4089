import { add, type Tensor4D } from '@tensorflow/tfjs-core';
import { conv } from '../../src/block/conv.ts';
import { dropConnect } from '../../src/block/dropConnect.ts';
import { block, weights } from '../../src/core/block.ts';
import { settle } from '../../src/core/model.ts';
import { keyedRandom } from '../../src/core/random.ts';
import type { Sample } from '../../src/data/sample.ts';
import { anchors } from '../../src/detection/anchors.ts';
import { ssdHead } from '../../src/head/ssdHead.ts';
import type { Predictor } from '../../src/model/predict.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import type { Recipe } from '../../src/train/recipe.ts';
import type { LossNumbers, Report } from '../../src/train/report.ts';
import { train } from '../../src/train/train.ts';
import type { TrainOptions } from '../../src/train/trainOptions.ts';

const side = 16;

/** A bright rectangle on noise, and a box around it. */
function sample(index: number): Sample {
  const id = `toy/${index}`;
  const random = keyedRandom('toy', index);
  const [y, x] = [Math.floor(random() * 6), Math.floor(random() * 10)];
  const box = [y, x, y + 10, x + 5] as const;
  const image = async () => {
    const noise = keyedRandom('noise', index);
    const data = Uint8Array.from({ length: side * side * 3 }, () => noise() * 60);
    for (let i = box[0]; i < box[2]; i++) data.fill(220, 3 * (i * side + box[1]), 3 * (i * side + box[3]));
    return { width: side, height: side, data };
  };
  return { id, width: side, height: side, objects: [{ box, label: 'person' }], image };
}
export const samples: readonly Sample[] = Array.from({ length: 6 }, (_, i) => sample(i));

/** A detector with all that training meets: statistics, random leaves, a head. Milliseconds a step. */
export function toy(seed = 3): Predictor {
  const levels = [{ shapes: [[10, 5] as const, [6, 6] as const] }];
  const down = (filters: number) => conv({ filters, kernel: 3, stride: 2, norm: {}, activation: 'swish' });
  const [stem, stage, residual] = [down(6), down(8), conv({ filters: 8, kernel: 3, norm: {} })];
  const drop = dropConnect({ rate: 0.4 });
  const head = ssdHead({ levels: ['P2'], anchors: levels, labels: ['person'] });
  const model = block({ stem, stage, residual, drop, head }, (image: Tensor4D, pass) => {
    const x = stage(stem(image, pass), pass);
    return head({ P2: add<Tensor4D>(x, drop(residual(x, pass), pass)) }, pass);
  });
  complete(model, [1, side, side, 3]);
  settle(model, seed);
  const maps = [{ height: side / 4, width: side / 4 }];
  const inputSize = [side, side] as const;
  return Object.assign(model, { anchors: anchors({ levels, maps, inputSize }), inputSize, labels: head.labels });
}

export const recipe: Recipe = {
  name: 'toy',
  optimizer: { name: 'sgd', momentum: 0.9, weightDecay: 1e-4 },
  schedule: { name: 'multiStep', rate: 0.01, at: [0.5], warmUp: 2 },
  clipNorm: 10,
  batch: 2,
  epochs: 2,
  augment: [{ name: 'flip', probability: 0.5 }],
};

export interface Run {
  readonly result: Awaited<ReturnType<typeof train>>;
  readonly reports: readonly Report[];
  /** Every checkpoint, in order. */
  readonly saved: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** Of each step. */
  readonly losses: readonly LossNumbers[];
}

/** Trains and keeps what is said and saved. */
export async function run(model: Predictor, options: Partial<TrainOptions> = {}): Promise<Run> {
  const reports: Report[] = [];
  const saved: { name: string; bytes: Uint8Array }[] = [];
  const result = await train(model, {
    data: samples,
    recipe,
    ...options,
    onReport: (report) => {
      reports.push(report);
      return options.onReport?.(report);
    },
    checkpoints: {
      save: async (name, bytes, record) => {
        saved.push({ name, bytes });
        await options.checkpoints?.save(name, bytes, record);
      },
    },
  });
  const losses = reports.flatMap((report) => (report.kind === 'step' ? [report.loss] : []));
  return { result, reports, saved, losses };
}

/** Every number of a model, by place. */
export async function numbers(model: Predictor): Promise<{ readonly [place: string]: Float32Array }> {
  const all: { [place: string]: Float32Array } = {};
  for (const [place, weight] of weights(model)) all[place] = Float32Array.from(await weight.read().data<'float32'>());
  return all;
}
