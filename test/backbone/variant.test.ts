import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { efficientNet, efficientNetB0, efficientNetB5, efficientNetB8 } from '../../src/backbone/efficientNet.ts';
import { efficientNetLite0 } from '../../src/backbone/efficientNetLite.ts';
import { efficientNetV2B0, efficientNetV2S } from '../../src/backbone/efficientNetV2.ts';
import { by128, caffe, imagenet, inception, lite } from '../../src/backbone/standardization.ts';
import { keras, lukemelas, pytorch, tensorflow, timm, timmTf, torchvision } from '../../src/backbone/variant.ts';
import { variantDifferences, variantFor } from '../../src/backbone/variantRule.ts';
import { vgg16 } from '../../src/backbone/vgg.ts';
import { count } from '../../src/core/model.ts';
import { factoryOf, variantOf } from './named.ts';

describe('a variant', () => {
  it("is the paper's own TensorFlow unless another is given", () => {
    const { variant, standardization, architecture } = efficientNetB0();
    expect(variant).toEqual({
      name: 'tensorflow',
      norm: { epsilon: 1e-3, momentum: 0.99 },
      padding: 'same',
      standardization: imagenet,
    });
    expect([standardization, architecture]).toEqual([imagenet, 'efficientNetB0']);
  });
  it('is resolved for the model: torchvision trained B5 by other figures than B0', () => {
    expect(efficientNetB0({ variant: torchvision }).variant?.norm).toEqual({ epsilon: 1e-5, momentum: 0.9 });
    expect(efficientNetB5({ variant: torchvision }).variant?.norm).toEqual({ epsilon: 1e-3, momentum: 0.99 });
    expect(efficientNet({ width: 1.6, depth: 2.2, variant: torchvision }).variant?.norm.epsilon).toBe(1e-5); // no published size
  });
  it('says what is done to the pixels', () => {
    // Lite: efficientnet_lite_builder.py; timm, efficientnet.py; V2 and VGG: Keras, efficientnet_v2.py, imagenet_utils.py
    expect(efficientNetLite0().standardization).toBe(lite);
    expect(efficientNetLite0({ variant: lukemelas }).standardization).toBe(lite);
    expect(efficientNetLite0({ variant: timmTf }).standardization).toBe(inception);
    expect(efficientNetB8({ variant: timmTf }).standardization).toBe(inception);
    expect(efficientNetV2B0({ variant: keras }).standardization).toBe(imagenet);
    expect(efficientNetV2S({ variant: keras }).standardization).toBe(by128);
    expect(vgg16({ variant: keras }).standardization).toBe(caffe);
    expect(vgg16().standardization).toBe(imagenet);
  });
  it("gives way to a standardization that is given, as timm's tags of one model differ in it", () => {
    const { variant, standardization } = efficientNetB0({ variant: timmTf, standardization: inception });
    expect([variant?.standardization, standardization]).toEqual([inception, inception]);
  });
  it('stays with a backbone that is built less deep', () => {
    const { variant, standardization, architecture } = efficientNetB0({ variant: timm }).until(['C3']);
    expect([variant?.name, standardization, architecture]).toEqual(['timm', imagenet, 'efficientNetB0']);
  });
  it("may be one's own, of which name and padding are enough", () => {
    const { variant } = efficientNetB0({ variant: { name: 'mine', padding: 'symmetric', norm: { momentum: 0.9 } } });
    expect(variant).toEqual({
      name: 'mine',
      norm: { epsilon: 1e-3, momentum: 0.9 },
      padding: 'symmetric',
      standardization: imagenet,
    });
  });
});

describe('what differs between two variants', () => {
  const of = (given: typeof timm) => variantFor(given, 'efficientNetB0');
  it('is nothing where only the momentum of training does', () => {
    expect(variantDifferences(of(timmTf), of(lukemelas))).toEqual([]);
    expect(variantDifferences(of(tensorflow), of(keras))).toEqual([]);
    expect(variantDifferences(of(timm), of(torchvision))).toEqual([]);
    expect(variantDifferences(of(pytorch), of(timm))).toEqual([]);
  });
  it('is named with both figures', () => {
    expect(variantDifferences(of(timmTf), of(timm))).toEqual([
      'epsilon of the batch norms 0.001, not 0.00001',
      'padding same, not symmetric',
    ]);
    const [pixels] = variantDifferences(
      variantFor(timmTf, 'efficientNetLite0'),
      variantFor(lukemelas, 'efficientNetLite0'),
    );
    expect(pixels).toBe(
      'pixels (x - [127.5, 127.5, 127.5]) / [127.5, 127.5, 127.5], not (x - [127, 127, 127]) / [128, 128, 128]',
    );
  });
});

interface Config {
  readonly params: number;
  readonly bnEps?: readonly number[];
  readonly bnMomentum?: readonly number[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly 'features [channels, stride]'?: readonly (readonly [number, number])[];
  readonly featureParams?: number;
}
const file = new URL('../../../shared/data/parity/configs.json', import.meta.url);
const there = existsSync(file);
const configs: { readonly [library: string]: { readonly [name: string]: Config } } = there
  ? JSON.parse(readFileSync(file, 'utf8'))
  : {};
const models = ['timm', 'torchvision'].flatMap((library) =>
  Object.entries(configs[library] ?? {})
    .filter(([name, { mean }]) => /efficientnet|vgg16/.test(name) && !name.includes('ssd') && mean !== undefined)
    .map(([name, config]) => ({ library, name, config })),
);

describe.skipIf(!there)('the libraries themselves (needs ../shared/data)', () => {
  it('are all there', () => expect(models.length).toBeGreaterThan(40));
  it.each(models)('$library $name has these figures', ({ library, name, config }) => {
    const { make, architecture } = factoryOf(name);
    const model = make({ classes: 1000, variant: variantOf(library, name) });
    const { variant, features, ...backbone } = model.backbone;
    expect(backbone.architecture).toBe(architecture);
    expect(count(model).parameters).toBe(config.params);
    const norms = config.bnEps?.map((epsilon, i) => [epsilon, config.bnMomentum?.[i]]) ?? [];
    for (const [epsilon, momentum = 0] of norms) {
      expect(variant?.norm.epsilon).toBe(epsilon);
      expect(variant?.norm.momentum).toBeCloseTo(1 - momentum, 9); // theirs is what is new of a running statistic
    }
    const { mean = [], deviation = [] } = variant?.standardization ?? {};
    expect(mean.map((x) => x / 255)).toEqual(config.mean.map((x) => expect.closeTo(x, 9)));
    expect(deviation.map((x) => x / 255)).toEqual(config.std.map((x) => expect.closeTo(x, 9)));
    const maps = config['features [channels, stride]'];
    if (config.featureParams !== undefined) expect(count(model.backbone).parameters).toBe(config.featureParams);
    if (maps && !name.startsWith('vgg'))
      // whose maps timm takes before the pools
      expect(Object.values(features).map(({ channels, stride }) => [channels, stride])).toEqual(maps);
  });
});
