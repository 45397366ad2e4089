import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { at, blocks, factsOf, weights } from '../../src/core/block.ts';
import { dispose } from '../../src/core/model.ts';
import { efficientDetLite0 } from '../../src/model/efficientDetLite.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { applyGroups, type Group } from '../../src/train/groups.ts';
import { checkRecipe, type Recipe } from '../../src/train/recipe.ts';
import { peopleRecipe } from '../../src/train/recipeZoo.ts';
import { numbers, recipe, run, toy } from './toy.ts';

beforeAll(() => useBackend('wasm'));

const plain: Recipe = {
  ...recipe,
  optimizer: { name: 'sgd', momentum: 0 },
  schedule: { name: 'constant', rate: 0.1 },
  epochs: 1,
  batch: 6, // one step
};
/** How far one step moves a weight, and where it was. */
async function moved(place: string, groups: readonly Group[], own: Partial<Recipe> = {}) {
  const model = toy();
  const before = (await numbers(model))[place] ?? new Float32Array();
  await run(model, { recipe: { ...plain, ...own, groups } });
  const after = (await numbers(model))[place] ?? new Float32Array();
  return { before, steps: after.map((x, i) => x - (before[i] ?? 0)) };
}

describe('a group', () => {
  it('learns faster or slower than the rest', async () => {
    const { steps: whole } = await moved('stem/kernel', []);
    const { steps: third } = await moved('stem/kernel', [{ at: 'stem', rate: 1 / 3 }]);
    expect(Math.max(...whole.map(Math.abs))).toBeGreaterThan(1e-4);
    for (const [i, step] of third.entries()) expect(step).toBeCloseTo((whole[i] ?? 0) / 3, 6);
    const { steps: other } = await moved('stage/kernel', [{ at: 'stem', rate: 1 / 3 }]);
    expect(other).toEqual((await moved('stage/kernel', [])).steps);
  });
  it('decays in its own way', async () => {
    const free = { clipNorm: 1e9 };
    const { steps: whole } = await moved('stem/kernel', [], free);
    const { steps, before } = await moved('stem/kernel', [{ at: 'stem', weightDecay: 0.5 }], free);
    for (const [i, step] of steps.entries())
      expect(step).toBeCloseTo((whole[i] ?? 0) - 0.1 * 0.5 * (before[i] ?? 0), 5);
  });
  it('stays as it is, statistics too, where it is told so; the last that holds a weight says', async () => {
    const frozen = [
      { at: 'stem', rate: 2 },
      { at: 'stem', trainable: false, statistics: 'stored' },
    ] as const;
    for (const place of ['stem/kernel', 'stem/norm/mean'])
      expect(Math.max(...(await moved(place, frozen)).steps)).toBe(0);
    const rules = applyGroups(toy(), [
      { at: 'stem', rate: 2, weightDecay: 1 },
      { at: 'stem', rate: 3 },
    ]);
    expect(new Set([...rules.values()].map((rule) => JSON.stringify(rule)))).toEqual(
      new Set(['{"rate":3,"weightDecay":1}']),
    );
  });
  it('is refused where the model has no such place, before anything is set, and where a number cannot be', () => {
    const model = toy();
    const groups = [{ at: 'stem', trainable: false }, { at: 'steam' }];
    expect(() => applyGroups(model, groups)).toThrow(
      /no part of the model is at 'steam'; there are stem, stage, residual, drop, head$/,
    );
    expect([...weights(at(model, 'stem')).values()].some(({ trainable }) => trainable)).toBe(true);
    expect(() => checkRecipe({ ...plain, groups: [{ at: 'stem', rate: -1 }] })).toThrow(
      'recipe toy: group stem: rate is -1; it must be 0 or more',
    );
  });
});

it('the recipe for people freezes up to stride 4 and trains scales over stored statistics, as the Penn-Fudan recipe C', () => {
  checkRecipe(peopleRecipe);
  const model = efficientDetLite0({ labels: ['person'] });
  applyGroups(model, peopleRecipe.groups);
  const trained = [...weights(model)].filter(([, weight]) => weight.trainable).map(([place]) => place);
  expect(trained.some((place) => /^backbone\/(stem|stage[12])\//.test(place))).toBe(false);
  expect(trained.some((place) => /^backbone\/stage3\/.*gamma$/.test(place))).toBe(true);
  const statistics = (place: string) =>
    new Set([...blocks(at(model, place)).values()].map((block) => factsOf(block).statistics));
  expect([statistics('backbone'), statistics('head')]).toEqual([new Set(['stored']), new Set(['batch'])]);
  dispose(model);
});
