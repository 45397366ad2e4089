import '@tensorflow/tfjs-layers';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Detection } from '../../src/core/annotation.ts';
import { weights } from '../../src/core/block.ts';
import { detect } from '../../src/detect/detect.ts';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import { type WorkerEngine, workerEngine } from '../../src/engine/workerEngine.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import type { Recipe } from '../../src/train/recipe.ts';
import { numbers, recipe, run, samples, toy } from './toy.ts';

let here: WasmEngine;
let worker: WorkerEngine;
beforeAll(async () => {
  await useBackend('wasm');
  here = await wasmEngine({ threads: 1 });
  worker = await workerEngine({ threads: 1 });
});
afterAll(() => worker.dispose());

const validation = { data: samples.slice(0, 3) };
const averaged: Recipe = { ...recipe, ema: { decay: 0.9 } };

it('trains in a worker as it does here, bit for bit: losses, checkpoints, validation, averages, weights', async () => {
  const [wanted, made] = [toy(), toy()];
  const options = { recipe: averaged, validation, saveEvery: 2 };
  const first = await run(wanted, { ...options, on: here });
  const second = await run(made, { ...options, on: worker });
  expect(second.losses).toEqual(first.losses);
  expect(second.result).toEqual(first.result);
  expect(second.saved.map(({ bytes }) => bytes)).toEqual(first.saved.map(({ bytes }) => bytes));
  expect(await numbers(made)).toEqual(await numbers(wanted));
});

it('adds the parts of a step in a worker as it does here', async () => {
  const parted: Recipe = { ...averaged, batch: 1, accumulate: 2 };
  const [wanted, made] = [toy(), toy()];
  const first = await run(wanted, { recipe: parted, on: here });
  const second = await run(made, { recipe: parted, on: worker });
  expect(second.losses).toEqual(first.losses);
  expect(await numbers(made)).toEqual(await numbers(wanted));
});

it('names the first map that is not finite, of weights that are in a worker', async () => {
  const model = toy();
  const [weight] = [...weights(model).values()];
  const poison = ({ kind }: { kind: string }) => {
    if (kind === 'step') weight?.write(new Float32Array(162).fill(3e38)); // finite; its products are not
  };
  await expect(run(model, { on: worker, onReport: poison })).rejects.toThrow(
    /in step 2 .* the first that is not finite is map stem\/norm, of toy/,
  );
});

it('goes on in a worker from a checkpoint that was made here', async () => {
  const { saved } = await run(toy(), { recipe: averaged, on: here });
  const rest = await run(toy(), { recipe: averaged, on: worker, resume: saved[0]?.bytes ?? new Uint8Array() });
  expect(rest.saved.at(-1)?.bytes).toEqual(saved.at(-1)?.bytes);
});

it('leaves weights that are read at once, no tensor, and no bytes in the worker', async () => {
  const model = toy();
  const once = async () => {
    await run(model, { recipe: averaged, validation, on: worker });
    for (const weight of weights(model).values()) expect(weight.read().dataSync().every(Number.isFinite)).toBe(true);
  };
  await once();
  const [tensors, { used }] = [memory().numTensors, await worker.memory()];
  await once();
  expect(memory().numTensors).toBe(tensors);
  expect((await worker.memory()).used).toBe(used);
});

it('detects in the worker while it trains there, and here what it has learned', async () => {
  const model = toy();
  const image = await samples[0]?.image();
  if (image === undefined) throw new Error('there is no sample');
  const looks: Promise<Detection[]>[] = [];
  const options = { scoreAbove: 0, keep: 3 };
  const signal = new AbortController();
  await run(model, {
    on: worker,
    signal: signal.signal,
    onReport: ({ kind }) => {
      if (kind !== 'step') return;
      looks.push(detect(model, image, { ...options, on: worker }));
      if (looks.length === 4) signal.abort();
    },
  });
  const found = await Promise.all(looks);
  expect(found.map(({ length }) => length)).toEqual([3, 3, 3, 3]);
  const last = await detect(model, image, { ...options, on: worker });
  expect(last).toEqual(await detect(model, image, { ...options, on: here }));
});

it('says that the worker has ended in the place of waiting for a step', async () => {
  const own = await workerEngine({ threads: 1 });
  const ending = run(toy(), { on: own, onReport: ({ kind }) => kind === 'step' && own.dispose() });
  await expect(ending).rejects.toThrow('engine: it was disposed; make another engine');
});
