import { tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientNetB0 } from '../../src/backbone/efficientNet.ts';
import { timm, timmTf } from '../../src/backbone/variant.ts';
import { weights } from '../../src/core/block.ts';
import { dispose } from '../../src/core/model.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { timm as names } from '../../src/weights/names/timm.ts';
import { use } from '../ops/backends.ts';
import { distance } from './compare.ts';
import { fill, inputOf } from './fill.ts';
import { type Golden, goldens, present, skipped } from './formula.ts';
import { tolerance } from './holds.ts';
import { none } from './zoo.ts';

/** What must not pass for the reference's model is far outside of the tolerance, at the last map. */
describe.skipIf(!present)(`parity: a mistake is noticed ${skipped}`, () => {
  beforeAll(() => use('wasm'));

  const name = 'timm/tf_efficientnet_b0@97x130/features';
  const made = (variant: typeof timm) => {
    const backbone = efficientNetB0({ variant, standardization: none });
    complete(backbone, [1, 97, 130, 3]);
    fill(backbone, names);
    return backbone;
  };
  type Backbone = ReturnType<typeof made>;
  const far = (backbone: Backbone, golden: Golden | undefined) => {
    let units = Number.NaN;
    tidy(() => {
      const wanted = golden?.outputs.C5;
      if (golden && wanted) units = distance(backbone(inputOf(golden)).C5, wanted).units;
    });
    dispose(backbone);
    return units;
  };
  const golden = present ? goldens('models.json')[name] : undefined;
  const scaled = (backbone: Backbone, place: string, factor: number) => {
    const weight = weights(backbone).get(place);
    const values = weight?.read().dataSync<'float32'>();
    if (values) weight?.write(values.map((value) => value * factor));
    return backbone;
  };

  it('not in the right model', () => {
    expect(far(made(timmTf), golden)).toBeLessThan(tolerance);
  });

  it.each([
    ['another epsilon', () => made({ ...timmTf, norm: timm.norm })],
    ['another padding', () => made({ ...timmTf, padding: 'symmetric' })],
    ['one gate a tenth wider', () => scaled(made(timmTf), 'stage5/1/squeeze/expand/kernel', 1.1)],
    ['a bias without effect', () => scaled(made(timmTf), 'stage6/2/depthwise/norm/beta', 0)],
    ['one running variance a tenth larger', () => scaled(made(timmTf), 'stage3/0/expand/norm/variance', 1.1)],
  ])('%s', (_, wrong) => {
    expect(far(wrong(), golden)).toBeGreaterThan(5 * tolerance);
  });
});
