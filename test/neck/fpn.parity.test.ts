import '@tensorflow/tfjs-layers';
import { type Tensor4D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { weights } from '../../src/core/block.ts';
import { mapLevels } from '../../src/core/levels.ts';
import { fpn } from '../../src/neck/fpn.ts';
import type { ExtraLevels } from '../../src/neck/fpnExtra.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { fromThere } from '../../src/weights/layout.ts';
import { golden } from '../detection/reference.ts';
import { distance } from '../parity/compare.ts';
import { formulaWeight, skipped, spread } from '../parity/formula.ts';

const stages = ['C3', 'C4', 'C5'] as const;
const channels = 12;
/** Of each case: what it makes, and the names of its levels there. */
const cases = [
  ['plain', undefined, []],
  ['odd sides', undefined, []],
  ['max pool', 'pool', ['pool']],
  ['P6P7 from C5', 'convStage', ['p6', 'p7']],
  ['P6P7 from P5', 'convLevel', ['p6', 'p7']],
] as const satisfies readonly (readonly [string, ExtraLevels | undefined, readonly string[]])[];

/** torchvision's name of a weight of ours. */
function nameOf(place: string): string {
  const [part = '', level = '', leaf = ''] = place.split('/');
  const end = leaf === 'kernel' ? 'weight' : leaf;
  if (part === 'extra') return `extra_blocks.${level.toLowerCase()}.${end}`;
  return `${part === 'lateral' ? 'inner' : 'layer'}_blocks.${Number(level.slice(1)) - 3}.0.${end}`;
}

describe.skipIf(golden === undefined)(`torchvision's pyramid ${golden ? '' : skipped}`, () => {
  beforeAll(() => useBackend('wasm'));

  it.each(cases)('has the same maps: %s', (name, extra, more) => {
    const { inputs, outputs, weights: listed } = golden.fpn[name];
    const neck = extra ? fpn({ stages, channels, extra }) : fpn({ stages, channels });
    const mapOf = (stage: string): Tensor4D => {
      const [, c = 0, h = 0, w = 0] = inputs[stage];
      return tensor4d(fromThere(spread(stage, c * h * w, 1), 'oihw', [h, w, c, 1]), [1, h, w, c]);
    };
    const shapes = mapLevels(stages, (stage) => [1, inputs[stage][2], inputs[stage][3], inputs[stage][1]]);
    complete(neck, shapes);
    const named = [...weights(neck)].map(([place, weight]) => [nameOf(place), weight] as const);
    expect(named.map(([own]) => own).sort()).toEqual(listed.map(([own]: [string]) => own).sort());
    for (const [own, weight] of named) {
      const shape = weight.shape ?? [];
      const there = shape.length === 4 ? [shape[3] ?? 0, shape[2] ?? 0, shape[0] ?? 0, shape[1] ?? 0] : shape;
      weight.write(fromThere(formulaWeight(own, there), shape.length === 4 ? 'oihw' : 'same', shape));
    }
    tidy(() => {
      const levels: { readonly [level: string]: Tensor4D } = neck(mapLevels(stages, mapOf));
      expect(Object.keys(levels)).toEqual(['P3', 'P4', 'P5', ...more.map((_, i) => `P${6 + i}`)]);
      for (const [i, output] of [...stages, ...more].entries()) {
        const got = levels[`P${3 + i}`];
        expect(got && distance(got, outputs[output]).units, output).toBeLessThan(20); // of torchvision's own float32 error
      }
    });
  });
});
