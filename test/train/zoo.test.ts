import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { dispose } from '../../src/core/model.ts';
import { ssdCoder } from '../../src/detection/coder.ts';
import { efficientDetMatch } from '../../src/detection/efficientDetRules.ts';
import { efficientDet } from '../../src/model/efficientDet.ts';
import type { Predictor } from '../../src/model/predict.ts';
import { retinaNet } from '../../src/model/retinaNet.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import type { Recipe } from '../../src/train/recipe.ts';
import { targetsOf } from '../../src/train/targets.ts';
import { run } from './toy.ts';

beforeAll(() => useBackend('wasm'));

const common = () =>
  ({
    backbone: efficientNet({ width: 0.25, depth: 0.3 }),
    inputSize: [64, 64],
    channels: 8,
    repeats: 1,
    labels: ['person'],
  }) as const;
const small = {
  retinaNet: () => retinaNet(common()),
  efficientDet: () => efficientDet({ ...common(), to: 'P7', cells: 1 }),
};
const recipe: Recipe = {
  name: 'zoo',
  optimizer: { name: 'sgd' },
  schedule: { name: 'constant', rate: 0.02 },
  clipNorm: 10,
  batch: 3,
  epochs: 8,
};
const efficientDetRule = { loss: { name: 'efficientDet' }, match: efficientDetMatch } as const;

describe('a model of a family', () => {
  it.each<[string, () => Predictor, Partial<Recipe>]>([
    ["a RetinaNet, by torchvision's focal loss", small.retinaNet, {}],
    ['an EfficientDet, by its own loss', small.efficientDet, efficientDetRule],
    [
      'an EfficientDet, by CIoU besides',
      small.efficientDet,
      { ...efficientDetRule, loss: { name: 'efficientDet', overlap: { name: 'complete' } } },
    ],
  ])('learns with train: %s', async (_, make, own) => {
    const model = make();
    const { losses, reports } = await run(model, { recipe: { ...recipe, ...own } });
    const total = losses.map((loss) => loss.total ?? Number.NaN);
    expect(total).toHaveLength(16); // 6 images by 3, 8 times
    expect((total.at(-1) ?? 9) + (total.at(-2) ?? 9)).toBeLessThan(0.85 * ((total[0] ?? 0) + (total[1] ?? 0)));
    const [step] = reports.filter(({ kind }) => kind === 'step');
    expect(step).not.toHaveProperty('unreached');
    dispose(model);
  });
  it('writes its targets as it reads its boxes', () => {
    const objects = [[{ box: [10, 10, 40, 30], label: 'person' }]] as const;
    const codes = (model: Predictor) => [...targetsOf(model, objects, recipe).boxes.dataSync()].filter((x) => x !== 0);
    const model = small.retinaNet();
    const [own, ssd] = [codes(model), codes(Object.assign(small.retinaNet(), { coder: ssdCoder }))];
    expect(own.length).toBeGreaterThan(0);
    for (const [i, code] of own.entries()) expect(code * (i % 4 < 2 ? 10 : 5)).toBeCloseTo(ssd[i] ?? 0, 4); // SSD's variances
  });
  it('matches by its own rule unless the recipe has one', () => {
    const model = small.retinaNet();
    const objects = [[{ box: [10, 10, 40, 30], label: 'person' }]] as const;
    const ignored = (own: Partial<Recipe>) =>
      targetsOf(model, objects, { ...recipe, ...own })
        .classes.dataSync()
        .filter((one) => one < 0).length;
    expect(ignored({})).toBeGreaterThan(0); // between an IoU of 0.4 and 0.5 nothing is learned
    expect(ignored({ match: {} })).toBe(0);
  });
  it('is not trained by a loss of softmaxes where its logits are of sigmoids', async () => {
    await expect(run(small.retinaNet(), { recipe: { ...recipe, loss: { name: 'ssd' } } })).rejects.toThrow(
      "recipe zoo: the loss is 'ssd', of softmaxes, and the model's logits are of sigmoids; name 'focal' or 'efficientDet'",
    );
  });
});
