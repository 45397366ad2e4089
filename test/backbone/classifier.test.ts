import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { classifier } from '../../src/backbone/classifier.ts';
import { efficientNet, efficientNetB0 } from '../../src/backbone/efficientNet.ts';
import { efficientNetLite0 } from '../../src/backbone/efficientNetLite.ts';
import { efficientNetV2B0, efficientNetV2S } from '../../src/backbone/efficientNetV2.ts';
import { inception } from '../../src/backbone/standardization.ts';
import { timmTf } from '../../src/backbone/variant.ts';
import { vgg16, vgg16BatchNorm } from '../../src/backbone/vgg.ts';
import { conv } from '../../src/block/conv.ts';
import { weights } from '../../src/core/block.ts';
import { asVariables, randomInputs } from '../../src/core/model.ts';
import { trainingPass } from '../../src/core/pass.ts';
import { complete } from '../../src/tfjs/abstract.ts';

beforeAll(() => tf.setBackend('cpu'));

/** Eight features, three classes. */
const tiny = (dropout = 0) =>
  classifier({
    backbone: efficientNet({ width: 0.25, depth: 0.1, dropConnect: 0 }),
    reads: 'C3',
    head: conv({ filters: 8, activation: 'swish' }),
    classes: 3,
    inputSize: [16, 24],
    dropout,
  });
const places = (model: Parameters<typeof weights>[0]) => [...weights(model).keys()];
const shape = (model: Parameters<typeof weights>[0], place: string) => weights(model).get(place)?.shape;

describe('a classifier', () => {
  it('gives a logit for each class, of any number of images', () => {
    const logits = tiny()(tf.fill([2, 16, 24, 3], 99));
    expect(logits.shape).toEqual([2, 3]);
    expect([...logits.dataSync()].every(Number.isFinite)).toBe(true);
  });
  it('standardizes, reads one map, and means it before the sums', () => {
    const model = tiny();
    const image = tf.randomUniform<tf.Rank.R4>([1, 16, 24, 3], 0, 255, 'float32', 3);
    const { mean, deviation } = model.standardization;
    const { C3 } = model.backbone(tf.div(tf.sub(image, tf.tensor1d([...mean])), tf.tensor1d([...deviation])));
    const numbers = (place: string) => weights(model).get(place)?.read() ?? tf.scalar(Number.NaN);
    const top = tf.add(
      tf.matMul(tf.reshape(C3, [-1, C3.shape[3]]), tf.reshape(numbers('head/kernel'), [C3.shape[3], 8])),
      numbers('head/bias'),
    );
    const swished = tf.mul(top, tf.sigmoid(top));
    const expected = tf.matMul(tf.mean<tf.Tensor2D>(swished, 0, true), numbers('classifier/kernel') as tf.Tensor2D);
    expect([...model(image).dataSync()]).toEqual([...expected.dataSync()].map((x) => expect.closeTo(x, 5))); // the bias is 0
  });
  it('is complete when made, and its backbone can be reached', () => {
    const model = efficientNetB0({ classes: 7, labels: [...'abcdefg'], variant: timmTf, inputSize: [64, 96] });
    expect([model.inputSize, model.classes, model.labels?.length]).toEqual([[64, 96], 7, 7]);
    expect(shape(model, 'classifier/kernel')).toEqual([1280, 7]);
    expect(model.variant).toBe(model.backbone.variant);
    expect(model.backbone.features.C5).toEqual({ channels: 320, stride: 32 });
  });
  it('has the published resolution unless another is given', () => {
    // automl/efficientdet, efficientnet_builder.py; efficientnetv2, effnetv2_configs.py (evaluation); VGG, section 2.1
    expect(efficientNetB0({ classes: 2 }).inputSize).toEqual([224, 224]);
    expect(efficientNetV2S({ classes: 2 }).inputSize).toEqual([384, 384]);
    expect(vgg16({ classes: 2 }).inputSize).toEqual([224, 224]);
  });
  it("standardizes as its weights' variant does, or as it is told", () => {
    expect(efficientNetLite0({ classes: 2, variant: timmTf }).standardization).toBe(inception);
    expect(efficientNetB0({ classes: 2, standardization: inception }).standardization).toBe(inception);
  });
  it('drops features in training alone, by numbers that it asks for once it knows its width', () => {
    const model = tiny(0.5);
    const image = tf.randomUniform<tf.Rank.R4>([2, 16, 24, 3], 0, 255, 'float32', 3);
    const inputs = randomInputs(model, { seed: 1, step: 1, batch: 2 });
    expect(inputs.map(({ place, shape }) => [place, shape])).toEqual([['drop', [2, 1, 1, 8]]]);
    const run = (u: number) => {
      const randoms = new Map(inputs.map(({ leaf, shape }) => [leaf, tf.fill([...shape], u)]));
      return [...model(image, trainingPass({ statistics: 'stored', randoms })).dataSync()];
    };
    const plain = [...model(image).dataSync()];
    expect(run(0.4)).toEqual(plain.map(() => 0)); // floor(.5 + .4) = 0; the bias is 0
    expect(run(0.6)).toEqual(plain.map((x) => expect.closeTo(2 * x, 5)));
  });
  it('learns: ten steps tell two images apart, and no tensor is left behind', () => {
    const model = tiny();
    const variables = asVariables(model);
    const optimizer = tf.train.sgd(0.1);
    const images = tf.concat<tf.Tensor4D>([tf.fill([1, 16, 24, 3], 40), tf.fill([1, 16, 24, 3], 200)]);
    const truth = tf.tensor2d([1, 0, 0, 0, 0, 1], [2, 3]);
    const step = () => {
      const loss = optimizer.minimize(
        () => tf.losses.softmaxCrossEntropy(truth, model(images, trainingPass({ statistics: 'stored' }))) as tf.Scalar,
        true,
        variables,
      );
      const value = loss?.dataSync()[0] ?? Number.NaN;
      loss?.dispose();
      return value;
    };
    const first = step();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 8; i++) step();
    expect(step()).toBeLessThan(first);
    expect(tf.memory().numTensors).toBe(before);
  });
  it.each([
    [{ classes: 0 }, /classes is 0/],
    [{ classes: 2.5 }, /classes is 2\.5/],
    [{ classes: 2, inputSize: [224, 0] }, /width of inputSize is 0/],
    [{ classes: 2, labels: ['cat'] }, /2 classes but 1 labels/],
    [{ classes: 2, dropout: 1 }, /rate is 1/],
  ] as const)('refuses %o', (options, message) => {
    expect(() => efficientNetB0(options)).toThrow(message);
  });
  it('refuses an image that leaves fc6 of VGG no window', () => {
    expect(() => vgg16({ classes: 2, inputSize: [192, 224] })).toThrow(/last map is 6x7; fc6 needs 7x7/);
  });
  it('sees a larger image at several places, as VGG does', () => {
    expect(complete(vgg16({ classes: 2 }), [1, 256, 320, 3])).toEqual([1, 2]);
  });
});

describe('the names of the weights', () => {
  const block = (place: string, parts: readonly string[]) => parts.map((part) => `${place}/${part}`);
  const normed = ['kernel', 'norm/gamma', 'norm/beta', 'norm/mean', 'norm/variance'];
  const gated = block('squeeze', ['reduce/kernel', 'reduce/bias', 'expand/kernel', 'expand/bias']);
  const top = [...block('head', normed), 'classifier/kernel', 'classifier/bias'];

  it('of EfficientNet are stem, stages of blocks, head and classifier', () => {
    const all = places(efficientNetB0({ classes: 10 }));
    const first = [...block('depthwise', normed), ...gated, ...block('project', normed)]; // without expansion
    const other = [...block('expand', normed), ...first];
    expect(all.slice(0, 34)).toEqual([
      ...block('backbone/stem', normed),
      ...block('backbone/stage1/0', first),
      ...block('backbone/stage2/0', other).slice(0, 15),
    ]);
    expect(all.slice(-7)).toEqual(top);
    expect(all.filter((place) => /^backbone\/stage6\/3\//.test(place))).toEqual(block('backbone/stage6/3', other));
  });
  it('of Lite have no squeeze', () => {
    const all = places(efficientNetLite0({ classes: 10 }));
    expect(all.filter((place) => place.includes('squeeze'))).toEqual([]);
    expect(all.slice(-7)).toEqual(top);
  });
  it('of a fused block are expand and project, of one without expansion project alone', () => {
    const all = places(efficientNetV2B0({ classes: 10 }));
    const under = (place: string) => all.filter((name) => name.startsWith(`${place}/`));
    expect(under('backbone/stage1/0')).toEqual(block('backbone/stage1/0/project', normed));
    expect(under('backbone/stage2/1')).toEqual([
      ...block('backbone/stage2/1/expand', normed),
      ...block('backbone/stage2/1/project', normed),
    ]);
  });
  it('of VGG are its convolutions, fc6, fc7 and classifier', () => {
    const of = (model: Parameters<typeof weights>[0]) => places(model).filter((place) => place.endsWith('kernel'));
    const convolutions = [2, 2, 3, 3, 3].flatMap((count, i) =>
      Array.from({ length: count }, (_, k) => `backbone/conv${i + 1}/${k}/kernel`),
    );
    const kernels = [...convolutions, 'head/fc6/kernel', 'head/fc7/kernel', 'classifier/kernel'];
    const [plain, normal] = [vgg16({ classes: 10 }), vgg16BatchNorm({ classes: 10 })];
    expect([of(plain), of(normal)]).toEqual([kernels, kernels]);
    expect(places(normal).slice(0, 6)).toEqual(block('backbone/conv1/0', ['kernel', 'bias', ...normed.slice(1)]));
    expect(shape(plain, 'head/fc6/kernel')).toEqual([7, 7, 512, 4096]);
    expect(shape(plain, 'head/fc7/kernel')).toEqual([1, 1, 4096, 4096]);
    expect(shape(plain, 'classifier/kernel')).toEqual([4096, 10]);
  });
});
