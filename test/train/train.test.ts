import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { at, weights } from '../../src/core/block.ts';
import { freeze } from '../../src/core/freeze.ts';
import { baselineAnchors } from '../../src/detection/baselineAnchors.ts';
import { caltechProtocols } from '../../src/evaluate/protocol.ts';
import { ssdHead } from '../../src/head/ssdHead.ts';
import { detector } from '../../src/model/detector.ts';
import { bifpn } from '../../src/neck/bifpn.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { baselineRecipe, type Recipe, scenesRecipe, studyRecipe } from '../../src/train/recipe.ts';
import { numbers, recipe, run, samples, toy } from './toy.ts';

const { clipNorm: _, ...unclipped } = recipe;
const once: Recipe = { ...recipe, epochs: 1 };

beforeAll(() => useBackend('wasm'));

describe('a run', () => {
  it('says what it does: the recipe first, each step, each epoch, the end', async () => {
    const { reports, saved, result } = await run(toy(), { seed: 5, validation: { data: samples.slice(0, 3) } });
    expect(reports.map(({ kind }) => kind).join(' ')).toBe('start step step step epoch step step step epoch end');
    expect(reports[0]).toMatchObject({ recipe, seed: 5, images: 6, stepsPerEpoch: 3 });
    expect(reports[1]).toMatchObject({ epoch: 0, step: 1, steps: 6, learningRate: 0.005 }); // warm-up over two steps
    expect(reports[5]).toMatchObject({ learningRate: 0.001 }); // after half of the epochs
    expect(result).toMatchObject({ why: 'done', validation: { missRate: { images: 3, truths: 3 } } });
    expect(saved.slice(0, 2).map(({ name }) => name)).toEqual(['best', 'last']); // the last says that the best is there
    for (const report of reports) expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
  it('says what its time went into, and waits for whoever hears of it', async () => {
    const order: string[] = [];
    const onReport = async ({ kind }: { kind: string }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(kind);
    };
    const save = async () => void order.push('save');
    const validation = { data: samples.slice(0, 2) };
    const { reports } = await run(toy(), { recipe: once, validation, onReport, checkpoints: { save } });
    expect(order.join(' ')).toBe('start step step step epoch save save end'); // told before it is saved: no resume skips it
    const [epoch, end] = reports.slice(-2);
    if (epoch?.kind !== 'epoch' || end?.kind !== 'end') throw new Error('no end of an epoch');
    for (const phase of ['waiting', 'steps', 'validation'] as const) expect(epoch.spent[phase]).toBeGreaterThan(0);
    expect(end.spent.saving).toBeGreaterThan(0);
    expect(Object.values(end.spent).reduce((sum, value) => sum + value)).toBeLessThanOrEqual(end.seconds);
  });
  it('learns: the loss of the toy falls to a third', async () => {
    const schedule = { name: 'constant', rate: 0.02 } as const;
    const { losses } = await run(toy(), { recipe: { ...recipe, schedule, epochs: 60 } });
    const mean = (from: number) => losses.slice(from, from + 3).reduce((sum, { total = Number.NaN }) => sum + total, 0);
    expect(mean(177)).toBeLessThan(mean(0) / 3);
  });
  it('trains by the focal loss where the recipe says so, and refills the last batch', async () => {
    const focal: Recipe = { ...once, loss: { name: 'focal' }, batch: 4, last: 'refill' };
    const { losses } = await run(toy(), { recipe: focal });
    expect(losses).toHaveLength(2); // 6 images by 4, two of them again
    const ssd = await run(toy(), { recipe: { ...focal, loss: { name: 'ssd' } } });
    expect(losses[0]?.localization).toBe(ssd.losses[0]?.localization);
    expect(losses[0]?.classification).not.toBe(ssd.losses[0]?.classification);
  });
  it('leaves no tensor behind, whether it ends, is stopped, or fails', async () => {
    const model = toy();
    await run(model, { recipe: once });
    const before = tf.memory().numTensors;
    const { saved } = await run(model, { recipe: once, validation: { data: samples } });
    await run(model, { recipe: once, resume: saved[0]?.bytes ?? new Uint8Array() });
    await run(model, { signal: AbortSignal.abort() });
    const wild: Recipe = { ...unclipped, schedule: { name: 'constant', rate: 1e30 } };
    await expect(run(model, { recipe: wild })).rejects.toThrow(/not finite|loss is/);
    expect(tf.memory().numTensors).toBe(before);
  });
  it('moves nothing that is frozen, statistics least of all', async () => {
    const model = toy();
    freeze(at(model, 'stem'));
    const before = await numbers(model);
    await run(model, { recipe: once });
    const after = await numbers(model);
    const moved = Object.keys(before).filter((place) => `${before[place]}` !== `${after[place]}`);
    expect(moved.some((place) => place.startsWith('stem'))).toBe(false);
    expect(moved).toEqual(expect.arrayContaining(['stage/kernel', 'stage/norm/mean', 'head/boxes/P2/kernel']));
  });
  it('leaves statistics as they are from the share of the run on that the recipe names, and still trains', async () => {
    const long: Recipe = { ...recipe, epochs: 3 }; // 9 steps
    const followed = async (epochs: Recipe) => {
      const model = toy();
      const statistics: number[][] = [];
      const kernels: number[][] = [];
      const onReport = ({ kind }: { kind: string }) => {
        if (kind !== 'step') return;
        const all = [...weights(model).values()];
        statistics.push(all.filter((one) => one.kind === 'statistic').flatMap((one) => [...one.read().dataSync()]));
        kernels.push(all.filter(({ trainable }) => trainable).flatMap((one) => [...one.read().dataSync()]));
      };
      await run(model, { recipe: epochs, onReport });
      return { statistics, kernels };
    };
    const { statistics, kernels } = await followed({ ...long, storedFrom: 0.5 }); // steps 6 to 9
    for (const i of [1, 2, 3, 4]) expect(statistics[i]).not.toEqual(statistics[i - 1]);
    for (const i of [5, 6, 7, 8]) expect(statistics[i]).toEqual(statistics[4]);
    for (const i of [5, 6, 7, 8]) expect(kernels[i]).not.toEqual(kernels[i - 1]);
    const never = await followed(long);
    expect(never.kernels[4]).toEqual(kernels[4]);
    expect(never.kernels[5]).not.toEqual(kernels[5]);
  });
  it('gives the event loop a turn after each step', async () => {
    let turns = 0;
    let running = true;
    const count = () => {
      turns++;
      if (running) setTimeout(count);
    };
    setTimeout(count);
    await run(toy(), { recipe: { ...recipe, epochs: 10 } });
    running = false;
    expect(turns).toBeGreaterThan(10); // 30 steps; a loop that only awaited finished work would leave it at 0
  });
  it('lists once the weights that the loss does not reach', async () => {
    const model = detector({
      backbone: efficientNet({ width: 0.25, depth: 0.3 }),
      neck: bifpn({ from: 'P3', to: 'P5', channels: 8, cells: 1 }),
      head: ssdHead({ levels: ['P3'], anchors: baselineAnchors({ sides: [24] }), labels: ['person'] }),
      inputSize: [64, 64],
    });
    const { reports } = await run(model, { recipe: once });
    const steps = reports.flatMap((report) => (report.kind === 'step' ? [report] : []));
    const { unreached = [] } = steps[0] ?? {};
    const nodes = new Set(unreached.map((place) => place.split('/').slice(0, 5).join('/')));
    expect([...nodes]).toEqual(['neck/cells/0/up/P4', 'neck/cells/0/up/P5']); // P3 is all that the head reads
    expect(steps.slice(1).some((step) => 'unreached' in step)).toBe(false);
    expect([...weights(model).keys()]).toEqual(expect.arrayContaining([...unreached]));
  });
});

describe('a run that goes wrong', () => {
  it('stops at a loss that is not finite, naming step, images and the first bad map', async () => {
    const model = toy();
    const [weight] = [...weights(model).values()];
    const poison = (report: { kind: string }) => {
      if (report.kind === 'step') weight?.write(new Float32Array(162).fill(3e38)); // 3 * 3 * 3 * 6; overflows when summed
    };
    await expect(run(model, { onReport: poison })).rejects.toThrow(
      /^train: the loss is total NaN, .* in step 2 \(epoch 1\), of images toy\/\d, toy\/\d; the first that is not finite is map stem\/norm, of toy\/\d, toy\/\d\. Lower the learning rate/,
    );
  });
  it('names the step that spoiled the weights, not the one that met them', async () => {
    const wild: Recipe = { ...unclipped, schedule: { name: 'constant', rate: 3e38 } };
    const heard: string[] = [];
    await expect(run(toy(), { recipe: wild, onReport: ({ kind }) => heard.push(kind) })).rejects.toThrow(
      /^train: step 1 \(epoch 1\), of images toy\/\d, toy\/\d, has left .* not finite/,
    );
    expect(heard).toEqual(['start', 'step']);
  });
  it('saves no checkpoint of spoiled weights, although every loss was finite', async () => {
    const wild: Recipe = { ...unclipped, batch: 6, epochs: 1, schedule: { name: 'constant', rate: 3e38 } };
    const heard: string[] = [];
    await expect(run(toy(), { recipe: wild, onReport: ({ kind }) => heard.push(kind) })).rejects.toThrow(
      /^train: step 1 \(epoch 1\), of images toy.* has left/,
    );
    expect(heard).toEqual(['start', 'step']); // no epoch: it is told after its checkpoint
  });
  it('names the image that cannot be read, or leaves it out and tells', async () => {
    const broken = samples.map((sample, i) =>
      i === 4 ? { ...sample, image: () => Promise.reject(new RangeError('cut')) } : sample,
    );
    await expect(run(toy(), { data: broken, recipe: once })).rejects.toThrow(/toy\/4/);
    const bad: string[] = [];
    const { result } = await run(toy(), { data: broken, recipe: once, onBad: (id) => bad.push(id) });
    expect(result.why).toBe('done');
    expect(bad).toContain('toy/4');
  });
  it('is refused before it begins where it cannot be', async () => {
    const model = toy();
    const refused = (options: Parameters<typeof run>[1]) => expect(run(model, options)).rejects;
    await refused({ recipe: { ...recipe, batch: 7 } }).toThrow(/batch is 7 but there are 6 samples/);
    await refused({ recipe: { ...recipe, epochs: 0 } }).toThrow(/recipe toy: epochs is 0/);
    await refused({ recipe: { ...recipe, optimizer: { name: 'sgd', momentum: 1 } } }).toThrow(/sgd: momentum is 1/);
    const foreign = JSON.parse('{"name":"lion"}');
    await refused({ recipe: { ...recipe, optimizer: foreign } }).toThrow(/no optimizer 'lion'; there are sgd, rmsprop/);
    await refused({ recipe: { ...recipe, loss: foreign } }).toThrow(/no loss 'lion'/);
    await refused({ recipe: { ...recipe, schedule: { ...foreign, rate: 1 } } }).toThrow(/no schedule 'lion'/);
    await refused({ recipe: { ...recipe, storedFrom: 2 } }).toThrow(/storedFrom is 2; it must be a share of the run/);
    await refused({ saveEvery: 0 }).toThrow(/saveEvery is 0/);
    await refused({ validation: { data: [] } }).toThrow(/validation.data is empty/);
    await refused({ validation: { data: samples, protocol: caltechProtocols[0] } }).toThrow(
      /none of 6 images has an object that counts under Reasonable/, // 50 pixels and more
    );
    freeze(model);
    await refused({}).toThrow(/every weight is frozen/);
  });
});

it('the ready recipes are plain data', () => {
  for (const ready of [baselineRecipe, scenesRecipe, studyRecipe])
    expect(JSON.parse(JSON.stringify(ready))).toEqual(ready);
});
