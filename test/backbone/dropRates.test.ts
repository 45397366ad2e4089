import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { efficientNetB0 } from '../../src/backbone/efficientNet.ts';
import { efficientNetV2S } from '../../src/backbone/efficientNetV2.ts';
import { factoryOf } from './named.ts';

const rates: number[] = [];
vi.mock('../../src/block/dropConnect.ts', async (original) => {
  const { dropConnect } = await original<typeof import('../../src/block/dropConnect.ts')>();
  return {
    dropConnect: (options: { rate: number }) => {
      rates.push(options.rate);
      return dropConnect(options);
    },
  };
});
afterEach(() => rates.splice(0));
const near = (values: readonly number[]) => values.map((x) => expect.closeTo(x, 8)); // printed with nine places

describe('drop connect', () => {
  it('grows in proportion from nothing at the first block to nearly 0.2 at the last', () => {
    efficientNetB0();
    expect(rates).toEqual(near(Array.from({ length: 16 }, (_, i) => (0.2 * i) / 16))); // automl: 0.2 * i / blocks
  });
  it('runs through fused blocks too', () => {
    efficientNetV2S();
    expect(rates).toEqual(near(Array.from({ length: 40 }, (_, i) => 0.005 * i))); // 0.2 / 40 blocks
  });
  it('can be left out', () => {
    efficientNetB0({ dropConnect: 0 });
    expect(new Set(rates)).toEqual(new Set([0]));
  });
});

const file = new URL('../../../shared/data/parity/configs.json', import.meta.url);
const there = existsSync(file);
const published: { readonly [name: string]: { readonly stochasticDepth?: readonly number[] } } = there
  ? JSON.parse(readFileSync(file, 'utf8')).torchvision
  : {};
const models = Object.entries(published).flatMap(([name, { stochasticDepth }]) =>
  stochasticDepth ? [{ name, stochasticDepth }] : [],
);

describe.skipIf(!there)("torchvision's stochastic depth (needs ../shared/data)", () => {
  it('is there for B0 to B7 and V2 S, M, L', () => expect(models).toHaveLength(11));
  it.each(models)('is that of $name, block by block', ({ name, stochasticDepth }) => {
    factoryOf(name).make();
    expect(rates).toEqual(near(stochasticDepth));
  });
});
