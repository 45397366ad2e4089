import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { at } from '../../src/core/block.ts';
import { freeze } from '../../src/core/freeze.ts';
import { baselineAnchors } from '../../src/detection/baselineAnchors.ts';
import { ssdHead } from '../../src/head/ssdHead.ts';
import { detector } from '../../src/model/detector.ts';
import type { Predictor } from '../../src/model/predict.ts';
import { loadWeights } from '../../src/model/zooWeights.ts';
import { bifpn } from '../../src/neck/bifpn.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { seal, unsealed } from '../../src/train/checksum.ts';
import type { Recipe } from '../../src/train/recipe.ts';
import type { TrainOptions } from '../../src/train/trainOptions.ts';
import { readSafetensors, type Safetensors, writeSafetensors } from '../../src/weights/safetensors.ts';
import { numbers, type Run, recipe, run, samples, toy } from './toy.ts';

const none = new Uint8Array();
const last = ({ saved }: Run) => saved.findLast(({ name }) => name === 'last')?.bytes ?? none;

/** A run that is stopped when it says so, and the run that goes on from its checkpoint in a new model. */
async function broken(make: () => Predictor, options: Partial<TrainOptions>, stopAfter: number) {
  const stop = new AbortController();
  const first = await run(make(), {
    ...options,
    signal: stop.signal,
    onReport: (report) => report.kind === 'step' && report.step === stopAfter && stop.abort(),
  });
  const second = make();
  const { seed: _, ...rest } = options; // the checkpoint knows it
  return { first, second, rest: await run(second, { ...rest, resume: last(first) }) };
}

beforeAll(() => useBackend('wasm'));

describe('a resumed run', () => {
  const plateau: Recipe = {
    ...recipe,
    name: 'plateau',
    optimizer: { name: 'rmsprop', decay: 0.9, momentum: 0.9, epsilon: 1e-3 },
    schedule: { name: 'plateau', rate: 1e-3, patience: 0, factor: 0.5 },
    epochs: 4,
  };
  const adamW: Recipe = { ...recipe, optimizer: { name: 'adamW' }, clip: { name: 'adaptive' } };
  const grouped: Recipe = {
    ...recipe,
    optimizer: { name: 'adam' },
    groups: [
      { at: 'stem', trainable: false, statistics: 'stored' },
      { at: 'head', rate: 0.5, weightDecay: 0.1 },
    ],
  };
  const averaged: Recipe = { ...recipe, ema: { decay: 0.9, warmUp: { name: 'power' } } };
  const parted: Recipe = { ...averaged, batch: 1, accumulate: 2 };
  const dampened: Recipe = { ...recipe, optimizer: { name: 'sgd', dampening: 0.5 }, clip: { name: 'norm', most: 1 } };
  it.each([
    ['in the middle of the first epoch', recipe, 2],
    ['at the end of an epoch', recipe, 3],
    ['in the middle of the last epoch', recipe, 5],
    ['before a plateau schedule has seen a validation', plateau, 1],
    ['after it has', plateau, 8],
    ['by AdamW, whose slots are numbers too', adamW, 3],
    ['by SGD that has begun', dampened, 1],
    ['with parts that train otherwise', grouped, 4],
    ['with averages', averaged, 4],
    ['with steps of two parts', parted, 4],
  ] as const)('gives the bits of an unbroken one: stopped %s', async (_, by, stopAfter) => {
    const options = { recipe: by, seed: 5, validation: { data: samples.slice(0, 3) } };
    const whole = toy();
    const unbroken = await run(whole, options);
    const { first, second, rest } = await broken(toy, options, stopAfter);
    expect(first.result).toMatchObject({ why: 'stopped', state: { step: stopAfter } });
    expect(rest.losses).toEqual(unbroken.losses.slice(stopAfter));
    expect(await numbers(second)).toEqual(await numbers(whole));
    expect(last(rest)).toEqual(last(unbroken)); // weights, slots, statistics, schedule, position
    expect(rest.result).toEqual(unbroken.result);
  });
  it('gives the bits of an unbroken one for a detector of the library', async () => {
    const make = () =>
      detector({
        backbone: efficientNet({ width: 0.25, depth: 0.3 }),
        neck: bifpn({ from: 'P3', to: 'P5', channels: 8, cells: 1 }),
        head: ssdHead({
          levels: ['P3', 'P4', 'P5'],
          anchors: baselineAnchors({ sides: [16, 32, 48] }),
          labels: ['person'],
        }),
        inputSize: [64, 64],
      });
    const whole = make();
    await run(whole, { recipe: { ...recipe, epochs: 1 } });
    const { second } = await broken(make, { recipe: { ...recipe, epochs: 1 } }, 1);
    expect(await numbers(second)).toEqual(await numbers(whole));
  });
  it('begins with the validation that was interrupted', async () => {
    const stop = new AbortController();
    const held = samples.slice(0, 3).map((sample) => ({
      ...sample,
      image: () => {
        stop.abort();
        return sample.image();
      },
    }));
    const first = await run(toy(), { validation: { data: held }, signal: stop.signal });
    expect(first.result).toMatchObject({ why: 'stopped', state: { epoch: 0, stepInEpoch: 3, step: 3 } });
    expect(first.reports.map(({ kind }) => kind).join(' ')).toBe('start step step step end');
    const rest = await run(toy(), { validation: { data: samples.slice(0, 3) }, resume: last(first) });
    expect(rest.reports.map(({ kind }) => kind).join(' ')).toBe('start epoch step step step epoch end');
    const whole = await run(toy(), { validation: { data: samples.slice(0, 3) } });
    expect(last(rest)).toEqual(last(whole));
  });
  it('goes on from a checkpoint that was saved within an epoch', async () => {
    const { saved, losses } = await run(toy(), { saveEvery: 2 });
    expect(saved.map(({ name }) => name)).toEqual(['last', 'last', 'last', 'last']); // steps 2, 3, 4 and 6
    const rest = await run(toy(), { resume: saved[2]?.bytes ?? none });
    expect(rest.losses).toEqual(losses.slice(4));
  });
  it('is a file of weights too, as the run left them', async () => {
    const model = toy();
    const checkpoint = last(await run(model));
    const other = toy(9);
    await loadWeights(other, checkpoint);
    expect(await numbers(other)).toEqual(await numbers(model));
  });
  it('is the same with any number of batches ahead', async () => {
    const [one, other] = await Promise.all([0, 5].map((ahead) => run(toy(), { ahead })));
    expect(one?.losses).toEqual(other?.losses);
  });
  it('of a run that was done is done', async () => {
    const done = await run(toy());
    const { result, losses } = await run(toy(), { resume: last(done) });
    expect(result).toMatchObject({ why: 'done', state: { step: 6 } });
    expect(losses).toEqual([]);
  });
});

describe('a stopped run', () => {
  it('finishes its step and saves', async () => {
    const { first } = await broken(toy, {}, 2);
    expect(first.reports.map(({ kind }) => kind).join(' ')).toBe('start step step end');
    expect(first.saved.map(({ name }) => name)).toEqual(['last']);
  });
  it('takes no step if it was stopped before it began', async () => {
    const { result, losses } = await run(toy(), { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ why: 'stopped', state: { step: 0 } });
    expect(losses).toEqual([]);
  });
});

describe('a checkpoint is refused, and nothing is changed,', () => {
  const refuses = async (options: Partial<TrainOptions>, message: RegExp, model = toy()) => {
    const before = await numbers(model);
    await expect(run(model, options)).rejects.toThrow(message);
    expect(await numbers(model)).toEqual(before);
  };
  const middle = async () => last((await broken(toy, { seed: 5 }, 2)).first);
  /** The same file with something in another's place. */
  const rewritten = (bytes: Uint8Array, { tensors, record }: { tensors?: Safetensors['tensors']; record?: string }) => {
    const { metadata, ...rest } = readSafetensors(bytes);
    const text = record ?? metadata.record ?? '';
    return seal(writeSafetensors({ tensors: tensors ?? rest.tensors, metadata: { sum: unsealed, record: text } }));
  };

  it('cut anywhere', async () => {
    const bytes = await middle();
    for (const length of [0, 7, 100, bytes.length - 4])
      await refuses({ resume: bytes.slice(0, length) }, /^resume: .*(no safetensors|cut or damaged)/);
  });
  it('of another model, naming what differs', async () => {
    const whole = await middle();
    const tensors = new Map([...readSafetensors(whole).tensors].filter(([name]) => !name.endsWith('stem/kernel')));
    await refuses({ resume: rewritten(whole, { tensors }) }, /weights of another model; 1 missing: stem\/kernel/);
  });
  it('with a flipped bit, wherever it is', async () => {
    const bytes = await middle();
    const model = toy();
    const before = await numbers(model);
    for (let at = 0; at < bytes.length; at += 211) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      await expect(run(model, { resume: flipped }), `byte ${at}`).rejects.toThrow(/^resume: /);
    }
    const last = bytes.slice();
    last[bytes.length - 1] = (last.at(-1) ?? 0) ^ 1; // of a number: still a file that can be read
    await expect(run(model, { resume: last })).rejects.toThrow(
      /checksum .* the file is damaged, so go on from another/,
    );
    expect(await numbers(model)).toEqual(before);
  });
  it('of another optimizer or other frozen parts', async () => {
    const bytes = await middle();
    await refuses(
      { resume: bytes, recipe: { ...recipe, optimizer: { name: 'rmsprop' } }, resumeWith: 'changed' },
      /slots of the optimizer are not there, such as slots\/meanSquare\/stem\/kernel; the checkpoint is of sgd/,
    );
    const frozen = toy();
    freeze(at(frozen, 'stem'));
    const { saved } = await run(frozen, { recipe: { ...recipe, epochs: 1 } });
    await refuses({ resume: saved[0]?.bytes ?? none, resumeWith: 'changed' }, /such as slots\/velocity\/stem\/kernel/);
  });
  it('for another seed, and within an epoch for other data or batches', async () => {
    const resume = await middle();
    await refuses({ resume, seed: 6 }, /seed is 6, but the checkpoint's run has 5; leave seed out/);
    const changed = { resume, resumeWith: 'changed' } as const;
    await refuses(
      { ...changed, data: samples.slice(1) },
      /number of images is 5, but was 6 .* after 2 steps of epoch 1/,
    );
    await refuses({ ...changed, data: samples.toReversed() }, /hash of their ids and sizes is .* after 2 steps/);
    await refuses({ ...changed, recipe: { ...recipe, batch: 3 } }, /batch is 3, but was 2/);
    await refuses({ ...changed, recipe: { ...recipe, accumulate: 2 } }, /accumulate is 2, but was 1/);
    await refuses({ ...changed, recipe: { ...recipe, last: 'refill' } }, /last is refill, but was drop/);
  });
  it('for another recipe or other images, unless they are to be changed', async () => {
    const { saved } = await run(toy(), { recipe: { ...recipe, epochs: 1 } });
    const resume = saved[0]?.bytes ?? none;
    await refuses(
      { resume },
      /^resume: recipe.epochs is 2, but was 1 in the checkpoint's run; .*resumeWith: 'changed'/,
    );
    const other = { ...recipe, epochs: 1, optimizer: { ...recipe.optimizer, momentum: 0.5 } };
    await refuses({ resume, recipe: other }, /recipe.optimizer.momentum is 0.5, but was 0.9/);
    const same = { ...recipe, epochs: 1 };
    await refuses({ resume, recipe: same, data: samples.toReversed() }, /hash of their ids/);
    const { result } = await run(toy(), { resume, resumeWith: 'changed', data: samples.toReversed() });
    expect(result.state).toMatchObject({ epoch: 2, step: 6 });
  });
  it('that is only weights, or whose record is damaged', async () => {
    const bytes = await middle();
    await refuses({ resume: rewritten(bytes, { record: '{' }) }, /record is no JSON/);
    await refuses(
      { resume: rewritten(bytes, { record: '{"format":"pyramidion-checkpoint/1"}' }) },
      /no checkpoint of this version, pyramidion-checkpoint\/2 \(pyramidion-checkpoint\/1\); .* use loadWeights/,
    );
    await refuses({ resume: writeSafetensors({ ...readSafetensors(bytes), metadata: {} }) }, /\(no record\)/);
  });
});
