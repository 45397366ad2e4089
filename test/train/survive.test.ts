import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { weights } from '../../src/core/block.ts';
import { batchOrder } from '../../src/data/batchOrder.ts';
import { sharedEngine } from '../../src/engine/sharedEngine.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import type { CheckpointStore } from '../../src/train/checkpointStore.ts';
import { firstBadMap } from '../../src/train/firstBadMap.ts';
import type { CheckpointName } from '../../src/train/kept.ts';
import type { Recipe } from '../../src/train/recipe.ts';
import { type StepPart, stepParts } from '../../src/train/stepInputs.ts';
import { lossOf } from '../../src/train/targets.ts';
import { train } from '../../src/train/train.ts';
import { recipe, run, samples, toy } from './toy.ts';

beforeAll(() => useBackend('wasm'));

/** Checkpoints in memory, and what happened to them. */
function memory(): { store: CheckpointStore; there: Map<CheckpointName, Uint8Array>; log: string[] } {
  const there = new Map<CheckpointName, Uint8Array>();
  const log: string[] = [];
  return {
    there,
    log,
    store: {
      save: async (name, bytes) => {
        there.set(name, bytes);
        log.push(`+${name}`);
      },
      remove: async (name) => {
        there.delete(name);
        log.push(`-${name}`);
      },
    },
  };
}

describe('a run whose images fail', () => {
  const third = batchOrder(6, { batch: 2, seed: 0, epoch: 0 })[2]?.[0]?.sample ?? 0;
  const gone = samples.map((sample, i) =>
    i === third ? { ...sample, image: () => Promise.reject(new Error('ENOENT: no such file')) } : sample,
  );
  const message = new RegExp(
    `^train: after step 2: batches: toy/${third} \\(image 0 of batch 2, epoch 0\\): ENOENT: no such file\\. The run is saved: put this right and resume`,
  );
  it('is saved where it is, says so, and goes on as an unbroken one once they are there', async () => {
    const [whole, broken] = [memory(), memory()];
    await train(toy(), { data: samples, recipe, checkpoints: whole.store });
    await expect(train(toy(), { data: gone, recipe, checkpoints: broken.store })).rejects.toThrow(message);
    expect(broken.log).toEqual(['+last']);
    const resume = broken.there.get('last') ?? new Uint8Array();
    await train(toy(), { data: samples, recipe, checkpoints: broken.store, resume });
    expect(broken.there.get('last')).toEqual(whole.there.get('last'));
  });
  it('is saved before its validation where a held-out one fails, and begins with that', async () => {
    const [whole, broken] = [memory(), memory()];
    const run = (store: CheckpointStore, held: typeof samples, resume?: Uint8Array) =>
      train(toy(), {
        data: samples,
        recipe,
        validation: { data: held },
        checkpoints: store,
        ...(resume ? { resume } : {}),
      });
    await run(whole.store, samples);
    await expect(run(broken.store, gone)).rejects.toThrow(/^train: after step 3: batches: toy.* The run is saved/);
    await run(broken.store, samples, broken.there.get('last'));
    expect(broken.there.get('last')).toEqual(whole.there.get('last'));
    expect(broken.there.get('best')).toEqual(whole.there.get('best'));
  });
  it('says where it could not be saved either, or has nowhere to be saved', async () => {
    const full = { save: () => Promise.reject(new Error('ENOSPC: no space left')) };
    await expect(train(toy(), { data: gone, recipe, checkpoints: full })).rejects.toThrow(
      /no such file\. The run could not be saved either: ENOSPC: no space left/,
    );
    await expect(train(toy(), { data: gone, recipe })).rejects.toThrow(/Nothing is saved: the run has no checkpoints/);
  });
});

describe('the best checkpoints', () => {
  const wavering: Recipe = { ...recipe, epochs: 6, schedule: { name: 'constant', rate: 0.05 } };
  const options = { data: samples, recipe: wavering, validation: { data: samples.slice(0, 3) }, keep: 2 };
  it('are kept under epoch and score, and none goes before a better one is there', async () => {
    const { store, there, log } = memory();
    const scores: string[] = [];
    const { state } = await train(toy(), {
      ...options,
      checkpoints: store,
      onReport: (report) => {
        if (report.kind !== 'epoch') return;
        const { epoch, validation } = report;
        const score = validation?.missRate?.logAverage ?? validation?.loss.total ?? Number.NaN;
        scores.push(`best-epoch00${epoch + 1}-${score.toFixed(4)}`);
      },
    });
    const best = scores.toSorted((a, b) => Number(a.slice(14)) - Number(b.slice(14)) || (a < b ? -1 : 1)).slice(0, 2);
    expect([...there.keys()].sort()).toEqual(['best', 'last', ...best].sort());
    expect(state.kept?.map(({ epoch, score }) => `best-epoch00${epoch + 1}-${score.toFixed(4)}`)).toEqual(best);
    let kept = 0;
    for (const event of log.filter((name) => name.slice(1).startsWith('best-'))) {
      if (event.startsWith('-')) expect(kept).toBe(3);
      kept += event.startsWith('+') ? 1 : -1;
    }
    expect(log.at(-1) === '+last' || log.at(-1)?.startsWith('-best-')).toBe(true);
  });
  it('need a validation, and a store that can remove them', async () => {
    const { validation: _, ...blind } = options;
    await expect(train(toy(), { ...blind, checkpoints: memory().store })).rejects.toThrow(/keep is 2, which needs/);
    await expect(run(toy(), options)).rejects.toThrow(/keep is 2, which needs a validation .* and checkpoints that/);
    await expect(train(toy(), { ...options, keep: 0.5 })).rejects.toThrow(/keep is 0.5/);
  });
});

describe('numbers that are not finite', () => {
  const [one, other] = samples;
  if (!one || !other) throw new Error('no samples');
  const model = toy();
  const parts = () => {
    const images = { size: model.inputSize, images: new Float32Array(2 * 16 * 16 * 3).fill(9), ids: ['one', 'other'] };
    const given = {
      recipe,
      trained: [...weights(model).values()].filter(({ trainable }) => trainable),
      seed: 1,
      step: 0,
    };
    return [...stepParts(model, { ...images, objects: [one.objects, other.objects] }, given)];
  };
  const found = async (change: (part: StepPart) => StepPart = (part) => part) => {
    const [part] = parts();
    if (!part) throw new Error('no part');
    const given = { ...change(part), loss: lossOf(model, recipe), statistics: 'batch' as const };
    const before = tf.memory().numTensors;
    const bad = await firstBadMap(model, given);
    expect(tf.memory().numTensors).toBe(before);
    part.dispose();
    return bad;
  };
  const infinite = (shape: readonly number[], from: number) =>
    tf.concat([tf.zeros([from, ...shape.slice(1)]), tf.fill([1, ...shape.slice(1)], Number.POSITIVE_INFINITY)]);

  it('are found first in what goes in, with the image that has them', async () => {
    for (const weight of weights(model).values()) weight.read(); // which makes its tensor
    expect(await found()).toBeUndefined();
    const images = infinite([2, 16, 16, 3], 1) as tf.Tensor4D;
    expect(await found((part) => ({ ...part, inputs: { ...part.inputs, images } }))).toEqual({
      what: 'pixels',
      ids: ['other'],
    });
    expect(
      await found((part) => {
        const { targets } = part.inputs;
        const boxes = infinite(targets.boxes.shape, 1) as tf.Tensor3D;
        return { ...part, inputs: { ...part.inputs, targets: { ...targets, boxes } } };
      }),
    ).toEqual({ what: 'targets boxes', ids: ['other'] });
  });
  it('are found in the first map that has them, in the order in which maps are made', async () => {
    const place = 'stage/kernel';
    const kernel = weights(model).get(place);
    if (!kernel) throw new Error(`no ${place}`);
    const own = Float32Array.from(kernel.read().dataSync());
    kernel.write(new Float32Array(own.length).fill(3e38)); // finite; its products are not
    expect((await found())?.what).toBe('map stage/norm');
    kernel.write(own);
    expect(await found()).toBeUndefined();
  });
  it('of a step of parts are told with the images of that part alone', async () => {
    const parted = toy();
    const [weight] = [...weights(parted).values()];
    const poison = ({ kind }: { kind: string }) => {
      if (kind === 'step') weight?.write(new Float32Array(162).fill(3e38));
    };
    const by: Recipe = { ...recipe, batch: 1, accumulate: 2 };
    const statistics = { ...by, storedFrom: 0 };
    await expect(run(parted, { recipe: statistics, onReport: poison })).rejects.toThrow(
      /in step 2 \(epoch 1\), of images toy\/\d; the first that is not finite is map stem[\w/]*, of toy\/\d\. Lower/,
    );
  });
});

it('30 steps take no tensor and no byte of the engine more', async () => {
  const engine = await sharedEngine();
  const held: { readonly tensors: number; readonly bytes: number }[] = [];
  await run(toy(), {
    recipe: { ...recipe, epochs: 10, ema: {} },
    onReport: ({ kind }) =>
      kind === 'step' && held.push({ tensors: tf.memory().numTensors, bytes: engine.memory().used }),
  });
  expect(held).toHaveLength(30);
  expect(held.at(-1)).toEqual(held[9]); // by the tenth all plans are made
});
