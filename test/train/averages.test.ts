import '@tensorflow/tfjs-layers';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadWeights } from '../../src/model/zooWeights.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { evaluate } from '../../src/train/evaluate.ts';
import { checkRecipe, type Recipe } from '../../src/train/recipe.ts';
import { numbers, recipe, run, samples, toy } from './toy.ts';

beforeAll(() => useBackend('wasm'));

/** Half of the average stays at each step. */
const averaging: Recipe = { ...recipe, ema: { decay: 0.5 } };
const place = 'stem/kernel';
const validation = { data: samples.slice(0, 3) };

describe('averaged weights', () => {
  it('are halfway between the weights after each step and their average before', async () => {
    const model = toy();
    let average = (await numbers(model))[place] ?? new Float32Array();
    const { saved } = await run(model, { recipe: { ...averaging, epochs: 3, batch: 6 } }); // a step an epoch
    const plain = toy();
    const path = await run(plain, { recipe: { ...recipe, epochs: 3, batch: 6 } });
    for (const [i, { bytes }] of path.saved.entries()) {
      const [raw, given] = [toy(), toy()];
      await loadWeights(raw, bytes);
      await loadWeights(given, saved[i]?.bytes ?? bytes);
      const now = (await numbers(raw))[place] ?? new Float32Array();
      average = average.map((x, k) => (x + (now[k] ?? 0)) / 2);
      const loaded = (await numbers(given))[place] ?? new Float32Array();
      for (const [k, x] of average.entries()) expect(loaded[k]).toBeCloseTo(x, 6);
    }
    expect(await numbers(model)).toEqual(await numbers(plain)); // the run itself goes on with its own
  });
  it('are what is judged, and what a checkpoint gives', async () => {
    const { saved, result } = await run(toy(), { recipe: averaging, validation });
    const given = toy();
    await loadWeights(given, saved.at(-1)?.bytes ?? new Uint8Array());
    const { loss } = await evaluate(given, validation.data, { recipe: averaging, batch: 2 });
    expect(result.validation?.loss.total).toBeCloseTo(loss.total ?? Number.NaN, 6);
  });
  it('begin with the weights where a run had none, and leave no tensor behind', async () => {
    const once: Recipe = { ...recipe, epochs: 1 };
    const model = toy();
    const { saved } = await run(model, { recipe: once });
    const before = memory().numTensors;
    const { result } = await run(model, {
      recipe: averaging,
      resume: saved.at(-1)?.bytes ?? new Uint8Array(),
      resumeWith: 'changed',
      validation,
    });
    expect(result.why).toBe('done');
    expect(memory().numTensors).toBe(before);
  });
  it('are refused a share of 1', () => {
    expect(() => checkRecipe({ ...recipe, ema: { decay: 1 } })).toThrow(
      'ema: decay is 1; it must be at least 0 and below 1',
    );
  });
});
