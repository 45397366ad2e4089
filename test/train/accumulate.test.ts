import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { freeze } from '../../src/core/freeze.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import type { Recipe } from '../../src/train/recipe.ts';
import { numbers, recipe, run, samples, toy } from './toy.ts';

beforeAll(() => useBackend('wasm'));

/** A model over stored statistics, trained by a recipe. */
async function stored(by: Recipe, on: 'engine' | 'backend' = 'engine') {
  const model = toy();
  freeze(model, { trainable: true, statistics: 'stored' });
  const { losses } = await run(model, { recipe: by, on });
  return { losses, after: await numbers(model) };
}
const one: Recipe = { ...recipe, batch: 4, epochs: 1, last: 'refill' }; // two steps of four images

it.each([
  ['SSD', {}, 'engine'],
  ['SSD', {}, 'backend'],
  ['the focal loss', { loss: { name: 'focal' } }, 'engine'],
  ['AdamW and a clip of each gradient', { optimizer: { name: 'adamW' }, clip: { name: 'adaptive' } }, 'engine'],
] as const)(
  'parts of a step add up to the larger batch over stored statistics: by %s %j on the %s',
  async (_, own, on) => {
    const [whole, parts] = [
      await stored({ ...one, ...own }, on),
      await stored({ ...one, ...own, batch: 2, accumulate: 2 }, on),
    ];
    expect(parts.losses).toHaveLength(2);
    for (const [i, loss] of parts.losses.entries())
      for (const [part, value] of Object.entries(loss))
        expect(value / (whole.losses[i]?.[part] ?? 0)).toBeCloseTo(1, 5);
    const apart = Object.entries(whole.after).flatMap(([place, values]) =>
      Array.from(values, (value, i) => Math.abs(value - (parts.after[place]?.[i] ?? 0))),
    );
    expect(Math.max(...apart)).toBeLessThan(2e-6); // weights of up to 1, float32 sums in another order
  },
);

it('parts of a step have statistics of their own where they are of the batch, one after the other', async () => {
  const [whole, parts] = await Promise.all(
    [one, { ...one, batch: 2, accumulate: 2 }].map(async (by) => {
      const model = toy();
      await run(model, { recipe: by });
      return numbers(model);
    }),
  );
  const [a = [], b = []] = [whole?.['stem/norm/mean'], parts?.['stem/norm/mean']].map((mean) => [...(mean ?? [])]);
  expect(a).not.toEqual(b);
  // The running mean keeps .99 of itself at each update: two updates for each of two steps move it about twice as far.
  expect((b[0] ?? 0) / (a[0] ?? 0)).toBeCloseTo(2, 0);
});

it('a step of parts leaves no tensor behind, and says what does not fill it', async () => {
  const model = toy();
  const by: Recipe = { ...recipe, batch: 1, accumulate: 3, epochs: 1 };
  await run(model, { recipe: by });
  const before = tf.memory().numTensors;
  const { reports } = await run(model, { recipe: by });
  expect(tf.memory().numTensors).toBe(before);
  expect(reports.filter(({ kind }) => kind === 'step')).toHaveLength(2);
  await expect(run(model, { recipe: { ...by, batch: 3 } })).rejects.toThrow(
    'train: a step has 3 parts of 3 images, 9 together, but there are 6',
  );
  await expect(run(model, { recipe: { ...by, accumulate: 0.5 } })).rejects.toThrow(/accumulate is 0.5/);
  expect(samples).toHaveLength(6);
});
