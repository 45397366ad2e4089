import { baselineRecipe } from '../../src/train/recipe.ts';
import type { EpochReport, Report, ShownImage, StartReport, StepReport } from '../../src/train/report.ts';

const card = {
  data: { name: 'toys', images: 40, sha256: 'ab' },
  model: { inputSize: [16, 16], labels: ['person'], parameters: 12 },
  versions: { pyramidion: '1', tfjs: '2', runtime: 'node 3', backend: 'wasm' },
} as const;
const box = [1, 2, 9, 6] as const;
const shown: ShownImage = {
  id: 'set/a b',
  size: [12, 16],
  truths: [{ box, label: 'person' }],
  detections: [{ box, label: 'person', score: 0.75 }],
};

export const start = (step = 0, epoch = 0): StartReport => ({
  kind: 'start',
  recipe: baselineRecipe,
  seed: 3,
  images: 40,
  stepsPerEpoch: 2,
  epoch,
  step,
  card,
});
export const step = (at: number): StepReport => ({
  kind: 'step',
  epoch: Math.floor((at - 1) / 2),
  epochs: 2,
  step: at,
  steps: 4,
  loss: { total: 3 / at, classification: 2 / at, localization: 1 / at },
  learningRate: 0.001 / at,
  imagesPerSecond: 12.5,
  waiting: 0.25,
  secondsLeft: 75,
});
export const epoch = (at: number, rate: number): EpochReport => ({
  kind: 'epoch',
  epoch: at,
  epochs: 2,
  step: 2 * (at + 1),
  loss: { total: 2 / (at + 1) },
  best: true,
  spent: { steps: 8 * (at + 1), waiting: at + 1, validation: 2 * (at + 1), saving: at },
  validation: {
    loss: { total: 2.5 },
    missRate: { logAverage: rate, images: 4, truths: 9, detections: 20 },
    shown: [shown],
  },
});
export const end: Report = {
  kind: 'end',
  why: 'done',
  epoch: 2,
  step: 4,
  seconds: 24,
  spent: { steps: 16, waiting: 2, validation: 4, saving: 2 },
};
/** A whole run of two epochs of two steps. */
export const whole: readonly Report[] = [
  start(),
  step(1),
  step(2),
  epoch(0, 0.5),
  step(3),
  step(4),
  epoch(1, 0.25),
  end,
];
