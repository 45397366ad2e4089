import '@tensorflow/tfjs-layers';
import { tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { torchvision } from '../../src/backbone/variant.ts';
import { dispose } from '../../src/core/model.ts';
import { ssd300 } from '../../src/model/ssd.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { torchvision as names } from '../../src/weights/names/torchvision.ts';
import { distance } from '../parity/compare.ts';
import { fill, inputOf } from '../parity/fill.ts';
import { goldens, present, skipped } from '../parity/formula.ts';
import { xFirst } from './codes.ts';

describe.skipIf(!present)(`torchvision's SSD300 ${present ? '' : skipped}`, () => {
  beforeAll(() => useBackend('wasm'));

  it('has the same maps, boxes and classes', { timeout: 120_000 }, () => {
    const golden = goldens('models.json')['torchvision/ssd300_vgg16@300x300/raw'];
    if (golden === undefined) throw new Error('no golden of SSD300');
    const model = ssd300({ classes: 90, variant: torchvision });
    fill(model, names);
    const far = tidy(() => {
      const maps = model.backbone(inputOf(golden)); // the reference's input is standardized already
      const { boxes, logits } = model.head(model.neck(maps));
      const answers = {
        ...Object.fromEntries(Object.values(maps).map((map, i) => [`feature${i}`, map])),
        bbox_regression: xFirst(boxes),
        cls_logits: logits,
      };
      expect(Object.keys(answers)).toEqual(Object.keys(golden.outputs));
      return Object.entries(answers).map(([name, answer]) => {
        const wanted = golden.outputs[name];
        if (wanted === undefined) throw new Error(`no golden of ${name}`);
        return { name, ...distance(answer, wanted) };
      });
    });
    dispose(model);
    for (const { name, units, worst, relative } of far) {
      expect(units, `${name}, ${worst}`).toBeLessThan(20); // of torchvision's own float32 error
      expect(relative, name).toBeLessThan(1e-4);
    }
  });
});
