import '@tensorflow/tfjs-layers';
import { type Tensor4D, tensor4d, tidy, transpose } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { block } from '../../src/core/block.ts';
import { dispose } from '../../src/core/model.ts';
import { bifpn } from '../../src/neck/bifpn.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { fromThere, shapeThere } from '../../src/weights/layout.ts';
import { effdet } from '../../src/weights/names/effdet.ts';
import { golden as goldens, spread } from '../detection/reference.ts';
import { use } from '../ops/backends.ts';
import { distance } from '../parity/compare.ts';
import { formulaWeight, type GoldenOutput } from '../parity/formula.ts';

const fusions = { bifpn_fa: 'fast', bifpn_attn: 'softmax', bifpn_sum: 'sum' } as const;

interface Golden {
  readonly fpn: keyof typeof fusions;
  readonly pad: 'same' | '';
  readonly redundantBias: boolean;
  readonly channels: number;
  readonly cells: number;
  readonly in: readonly number[];
  readonly featSizes: readonly (readonly [height: number, width: number])[];
  readonly outputs: Readonly<Record<'P3' | 'P4' | 'P5' | 'P6' | 'P7', GoldenOutput>>;
}

const cases: readonly (readonly [string, Golden])[] = Object.entries(goldens?.bifpn ?? {});

/** A stage of a golden, [1, h, w, c]: the reference draws it as [1, c, h, w]. */
function stage(name: string, { in: channels, featSizes }: Golden, i: number): Tensor4D {
  const [c = 0, [h, w] = [0, 0]] = [channels[i], featSizes[i]];
  return transpose(tensor4d(spread(name, c * h * w, 1), [1, c, h, w]), [0, 2, 3, 1]);
}

describe.skipIf(goldens === undefined)("effdet's BiFPN (skipped where ../shared/data/parity is absent)", () => {
  beforeAll(() => use('wasm'));

  it('has eight cases', () => expect(cases).toHaveLength(8));

  it.each(cases)('parity: %s', (_, golden) => {
    const { fpn, channels, cells, redundantBias: bias, pad } = golden;
    const padding = pad === 'same' ? 'same' : 'symmetric';
    const neck = bifpn({ from: 'P3', to: 'P7', channels, cells, fuse: fusions[fpn], bias, padding });
    tidy(() => {
      const maps = { C3: stage('C3', golden, 0), C4: stage('C4', golden, 1), C5: stage('C5', golden, 2) };
      complete(neck, { C3: maps.C3.shape, C4: maps.C4.shape, C5: maps.C5.shape });
      for (const [name, { weight, layout }] of effdet.entries(block({ neck }, () => undefined))) {
        const shape = weight.shape ?? [];
        const there = formulaWeight(name.replace(/^fpn\./, ''), shapeThere(layout, shape)); // it stands alone there
        weight.write(fromThere(there, layout, shape));
      }
      const levels = neck(maps);
      for (const level of ['P3', 'P4', 'P5', 'P6', 'P7'] as const) {
        const { units, worst } = distance(levels[level], golden.outputs[level]);
        expect(units, `${level}, ${worst}`).toBeLessThan(10);
      }
    });
    dispose(neck);
  });
});
