import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { at, weights } from '../../src/core/block.ts';
import { freeze } from '../../src/core/freeze.ts';
import { keyedRandom } from '../../src/core/random.ts';
import type { Sample } from '../../src/data/sample.ts';
import { baselineAnchors } from '../../src/detection/baselineAnchors.ts';
import { ssdHead } from '../../src/head/ssdHead.ts';
import { detector } from '../../src/model/detector.ts';
import { bifpn } from '../../src/neck/bifpn.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { baselineRecipe, type Recipe, studyRecipe } from '../../src/train/recipe.ts';
import type { Report } from '../../src/train/report.ts';
import { type TrainOptions, train } from '../../src/train/train.ts';

const side = 64;
/** A bright rectangle on noise, and a box around it. */
const sample = (name: number): Sample => {
  const random = keyedRandom('toy', name);
  const [y, x] = [Math.floor(random() * 24), Math.floor(random() * 40)];
  const box = [y, x, y + 40, x + 20] as const;
  const image = async () => {
    const noise = keyedRandom('noise', name);
    const data = Uint8Array.from({ length: side * side * 3 }, () => noise() * 60);
    for (let i = box[0]; i < box[2]; i++) data.fill(220, 3 * (i * side + box[1]), 3 * (i * side + box[3]));
    return { width: side, height: side, data };
  };
  return { id: `toy/${name}`, width: side, height: side, objects: [{ box, label: 'person' }], image };
};
const data = Array.from({ length: 6 }, (_, i) => sample(i));
const recipe: Recipe = {
  name: 'toy',
  optimizer: { name: 'sgd', momentum: 0.9, weightDecay: 1e-4 },
  schedule: { name: 'multiStep', rate: 0.01, at: [0.5], warmUp: 2 },
  clipNorm: 10,
  batch: 2,
  epochs: 2,
  augment: [{ name: 'flip', probability: 0.5 }],
};
const model = () =>
  detector({
    backbone: efficientNet({ width: 0.25, depth: 0.3 }),
    neck: bifpn({ from: 'P3', to: 'P5', channels: 8, cells: 1 }),
    head: ssdHead({
      levels: ['P3', 'P4', 'P5'],
      anchors: baselineAnchors({ sides: [12, 24, 32] }),
      labels: ['person'],
    }),
    inputSize: [side, side],
    seed: 3,
  });
const bits = async (of: ReturnType<typeof model>) => {
  const all: { [place: string]: number[] } = {};
  for (const [place, weight] of weights(of)) all[place] = [...(await weight.read().data())];
  return all;
};
/** Runs and keeps what is said and saved. */
async function run(of: ReturnType<typeof model>, more: Partial<TrainOptions> = {}) {
  const reports: Report[] = [];
  const saved: { name: string; bytes: Uint8Array }[] = [];
  const result = await train(of, {
    data,
    recipe,
    seed: 5,
    onReport: (report) => reports.push(report),
    checkpoints: { save: async (name, bytes) => void saved.push({ name, bytes }) },
    ...more,
  });
  const losses = reports.flatMap((report) => (report.kind === 'step' ? [report.loss.total] : []));
  return { reports, saved, result, losses };
}

beforeAll(() => useBackend('wasm'));

describe('training', () => {
  it('says what it does: the recipe first, each step, each epoch, the end', async () => {
    const { reports, saved, result } = await run(model(), { validation: { data: data.slice(0, 3) } });
    expect(reports.map(({ kind }) => kind).join(' ')).toBe('start step step step epoch step step step epoch end');
    expect(reports[0]).toMatchObject({ recipe, seed: 5, images: 6, stepsPerEpoch: 3 });
    expect(reports[1]).toMatchObject({ epoch: 0, step: 1, steps: 6, learningRate: 0.005 }); // warm-up over two steps
    expect(reports[5]).toMatchObject({ learningRate: 0.001 }); // after half of the epochs
    expect(result).toMatchObject({ why: 'done', validation: { missRate: { images: 3, truths: 3 } } });
    expect(saved.map(({ name }) => name)).toContain('best');
    for (const report of reports) expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
  it('gives the same bits for the same seed, and after a resume in the middle of an epoch', async () => {
    const whole = model();
    const unbroken = await run(whole);
    const stop = new AbortController();
    const first = model();
    const broken = await run(first, {
      signal: stop.signal,
      onReport: (report) => report.kind === 'step' && report.step === 2 && stop.abort(),
    });
    expect(broken.result).toMatchObject({ why: 'stopped', state: { step: 2, stepInEpoch: 2 } });
    const second = model();
    const rest = await run(second, { resume: broken.saved.at(-1)?.bytes ?? new Uint8Array() });
    expect(rest.losses).toEqual(unbroken.losses.slice(2));
    expect(await bits(second)).toEqual(await bits(whole));
  });
  it('leaves no tensor behind', async () => {
    const of = model();
    await run(of, { recipe: { ...recipe, epochs: 1 } });
    const before = tf.memory().numTensors;
    await run(of, { recipe: { ...recipe, epochs: 1 }, validation: { data } });
    expect(tf.memory().numTensors).toBe(before);
  });
  it('moves nothing that is frozen, statistics least of all', async () => {
    const of = model();
    freeze(at(of, 'backbone'));
    const before = await bits(of);
    await run(of, { recipe: { ...recipe, epochs: 1 } });
    const after = await bits(of);
    const moved = Object.keys(before).filter((place) => `${before[place]}` !== `${after[place]}`);
    expect(moved.some((place) => place.startsWith('backbone'))).toBe(false);
    expect(moved).toContain('head/boxes/P3/kernel');
  });
  it('stops at a loss that is not finite, naming step, images and the first bad weight', async () => {
    const wild: Recipe = { ...recipe, schedule: { name: 'constant', rate: 1e30 } };
    const { clipNorm: _, ...unclipped } = wild;
    await expect(run(model(), { recipe: unclipped })).rejects.toThrow(
      /the loss of step \d \(epoch 1\) is (NaN|Infinity), of images toy\/\d, toy\/\d; the first weight .* is .*Lower the learning rate/,
    );
  });
  it('refuses a checkpoint of another model, or one that is cut, and changes nothing', async () => {
    const { saved } = await run(model(), { recipe: { ...recipe, epochs: 1 } });
    const bytes = saved[0]?.bytes ?? new Uint8Array();
    const of = model();
    const before = await bits(of);
    await expect(run(of, { resume: bytes.slice(0, bytes.length - 4) })).rejects.toThrow(/cut or damaged/);
    const rmsprop: Recipe = { ...recipe, optimizer: { name: 'rmsprop' } };
    await expect(run(of, { resume: bytes, recipe: rmsprop })).rejects.toThrow(
      /slots of the optimizer are not there, such as slots\/meanSquare/,
    );
    expect(await bits(of)).toEqual(before);
  });
  it('refuses what cannot be trained', async () => {
    const of = model();
    await expect(run(of, { recipe: { ...recipe, batch: 7 } })).rejects.toThrow(/batch/);
    await expect(run(of, { recipe: { ...recipe, epochs: 0 } })).rejects.toThrow(/recipe toy: epochs is 0/);
    freeze(of);
    await expect(run(of)).rejects.toThrow(/every weight is frozen/);
  });
  it('learns: the loss of the toy falls to a third', async () => {
    const { losses } = await run(model(), {
      recipe: { ...recipe, epochs: 20, augment: [], schedule: { name: 'constant', rate: 0.01 } },
    });
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 3);
  });
});

it('the ready recipes are plain data', () => {
  for (const ready of [baselineRecipe, studyRecipe]) expect(JSON.parse(JSON.stringify(ready))).toEqual(ready);
});
