import '@tensorflow/tfjs-backend-cpu';
import {
  abs,
  add,
  fill,
  max,
  mean,
  memory,
  mul,
  randomUniform,
  type Scalar,
  scalar,
  setBackend,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model as makeModel,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { bind } from '../../src/core/bind.ts';
import { at, blocks, weights } from '../../src/core/block.ts';
import { freeze } from '../../src/core/freeze.ts';
import type { Predictions } from '../../src/core/levels.ts';
import { count } from '../../src/core/model.ts';
import { trainingPass } from '../../src/core/pass.ts';
import type { Weight } from '../../src/core/weight.ts';
import { fromLayersModel } from '../../src/layers/fromLayersModel.ts';
import { signedUnit } from '../../src/layers/scaling.ts';
import { detector } from '../../src/model/detector.ts';
import { loadWeights } from '../../src/model/zooWeights.ts';
import { valueAndGradients } from '../../src/tfjs/gradients.ts';
import { summary } from '../../src/trace/summary.ts';
import { trace } from '../../src/trace/trace.ts';
import { firstSlots, sgd } from '../../src/train/optimizer.ts';
import { trainStep } from '../../src/train/step.ts';
import { saveWeights } from '../../src/weights/save.ts';
import { head, layersNet, neck } from './shared.ts';

const levels = { C3: 'conv3_act', C4: 'conv4_act' } as const;
const image = () => randomUniform([2, 64, 64, 3], -1, 1, 'float32', 7) as Tensor4D;
const numbers = (tensor: Tensor) => [...tensor.dataSync()];
/** The largest difference of two tensors, of numbers around 1; the order of sums differs between our ops and tfjs's. */
const apart = (a: Tensor, b: Tensor) => max(abs(sub(a, b))).dataSync()[0] ?? Number.NaN;
/** The same layers up to a name, as tfjs runs them. */
const part = (model: LayersModel, name: string) =>
  makeModel({ inputs: model.inputs, outputs: model.getLayer(name).output as SymbolicTensor });
const backboneOf = (model: LayersModel) => fromLayersModel(model, { levels, standardization: signedUnit });
/** Batch norms away from the identity. */
function unsettle(model: LayersModel): LayersModel {
  for (const [i, weight] of model.weights.entries())
    if (/moving|gamma|beta/.test(weight.name))
      weight.write(randomUniform(weight.shape as number[], 0.5, 1.5, 'float32', i));
  return model;
}

beforeAll(async () => {
  await setBackend('cpu');
});

describe('a tf.LayersModel as a backbone', () => {
  it('reads strides and channels off the layers, in the order of the levels', () => {
    const { stages, features, standardization } = fromLayersModel(layersNet(), {
      levels: { C5: 'conv5_act', C3: 'residual', C4: 'conv4' },
      standardization: signedUnit,
    });
    expect(stages).toEqual(['C3', 'C4', 'C5']);
    expect(features).toEqual({
      C3: { channels: 6, stride: 8 },
      C4: { channels: 8, stride: 16 },
      C5: { channels: 10, stride: 32 },
    });
    expect(standardization.mean).toEqual([127.5, 127.5, 127.5]);
  });

  it('reads strides in spite of valid padding', () => {
    const net = sequential({
      layers: [
        layers.conv2d({ inputShape: [75, 75, 3], filters: 2, kernelSize: 3, strides: 2, padding: 'valid' }),
        layers.conv2d({ filters: 2, kernelSize: 5, padding: 'valid' }),
        layers.maxPooling2d({ name: 'pool', poolSize: 3, strides: 2, padding: 'valid' }),
      ],
    });
    expect(fromLayersModel(net, { levels: { C2: 'pool' }, standardization: signedUnit }).features.C2.stride).toBe(4);
  });

  it('gives what the layers give, at any size of image', () => {
    const net = unsettle(layersNet());
    const x = image();
    const maps = backboneOf(net)(x);
    expect(apart(maps.C3, part(net, 'conv3_act').predict(x) as Tensor)).toBeLessThan(1e-5);
    expect(apart(maps.C4, part(net, 'conv4_act').predict(x) as Tensor)).toBeLessThan(1e-5); // over the residual, without dropout
    expect(backboneOf(net)(fill([1, 32, 96, 3], 1)).C4.shape).toEqual([1, 2, 6, 8]);
  });

  it('is built only as deep as the neck reads', () => {
    const net = layersNet();
    const deep = fromLayersModel(net, { levels: { ...levels, C5: 'conv5_act' }, standardization: signedUnit });
    const model = detector({ backbone: deep, neck: neck(), head: head(), inputSize: [32, 48] });
    expect(model.standardization).toBe(signedUnit); // the backbone's own
    expect([...blocks(model.backbone).keys()].filter((place) => /5|flat|classes/.test(place))).toEqual([]);
    expect(blocks(deep).has('conv5')).toBe(true);
  });

  it('has the parameters and statistics of its layers, at their names', () => {
    const net = layersNet();
    const backbone = fromLayersModel(net, { levels: { C5: 'conv5_act' }, standardization: signedUnit });
    const { parameters, statistics } = count(backbone);
    const classifier = net.getLayer('classes').countParams();
    expect(parameters + statistics).toBe(net.countParams() - classifier);
    expect(statistics).toBe(2 * (4 + 4 + 6 + 8 + 10)); // a mean and a variance a channel
    const { root, ...sums } = summary(backbone, [1, 64, 64, 3]);
    expect([sums.parameters, sums.statistics]).toEqual([parameters, statistics]);
    expect(root.blocks.map(({ name }) => name)).toContain('conv1_bn');
    expect([...weights(backbone).keys()]).toEqual(
      expect.arrayContaining(['conv1/kernel', 'conv1_bn/gamma', 'conv1_bn/moving_variance', 'mix/bias']),
    );
  });

  it('gives a detector gradients that reach its weights, as finite differences have them', () => {
    const model = detector({
      backbone: backboneOf(unsettle(layersNet())),
      neck: neck(),
      head: head(),
      inputSize: [32, 48],
      standardize: signedUnit,
    });
    const x = randomUniform([1, 32, 48, 3], 0, 255, 'float32', 3) as Tensor4D;
    const loss = () => {
      const { boxes, logits } = model(x);
      return add<Scalar>(mean(square(boxes)), mean(square(logits)));
    };
    const own = new Map([...weights(model).values()].filter(({ trainable }) => trainable).map((w) => [w, w.read()]));
    const { gradients, unreached } = valueAndGradients(loss, own);
    expect(unreached).toEqual([]);
    for (const place of ['backbone/conv2/kernel', 'backbone/conv3_bn/gamma', 'backbone/mix/bias']) {
      const weight = weights(model).get(place);
      if (weight === undefined) throw new Error(place);
      const direction = randomUniform(weight.shape as number[], -1, 1, 'float32', 9);
      const along = (step: number) =>
        bind(new Map([[weight, add(weight.read(), mul(direction, step))]]), () => loss().dataSync()[0] ?? 0);
      const slope = sum(mul(direction, gradients.get(weight) as Tensor)).dataSync()[0] ?? 0;
      const step = 1e-3;
      expect(slope / ((along(step) - along(-step)) / (2 * step)), place).toBeCloseTo(1, 1); // float32
    }
  });

  it('is trained by the step of the library: weights and statistics move, the loss falls, and the step can be traced', () => {
    const backbone = backboneOf(unsettle(layersNet()));
    const model = detector({ backbone, neck: neck(), head: head(), inputSize: [32, 48] });
    const optimizer = sgd({ momentum: 0 });
    const loss = ({ boxes, logits }: Predictions) => ({
      total: add<Scalar>(mean(square(boxes)), mean(square(logits))),
    });
    const step = trainStep({ model, loss, optimizer });
    const trained = [...weights(model).values()].filter(({ trainable }) => trainable);
    const slots = new Map(trained.map((weight) => [weight, firstSlots(optimizer, weight.shape ?? [])]));
    const images = randomUniform([2, 32, 48, 3], 0, 255, 'float32', 3) as Tensor4D;
    const run = () => {
      const own = new Map(trained.map((weight) => [weight, weight.read()]));
      const results = step({ weights: own, slots, images, targets: undefined, learningRate: scalar(0.01) });
      for (const [weight, value] of [...results.weights, ...results.statistics]) weight.write(value);
      return { value: results.loss.total.dataSync()[0] ?? Number.NaN, results };
    };
    const first = run();
    expect(first.results.unreached).toEqual([]);
    expect(first.results.statistics.size).toBe(2 * 4); // conv1 to conv4
    expect(run().value).toBeLessThan(first.value);
    const shapes = new Map(trained.map((weight) => [weight, weight.shape ?? []]));
    const graph = trace(
      ({ values, x }: { values: ReadonlyMap<Weight, Tensor>; x: Tensor4D }) =>
        step({ weights: values, slots, images: x, targets: undefined, learningRate: scalar(0.01) }).weights,
      { values: shapes, x: [2, 32, 48, 3] },
      { root: model },
    );
    expect([...graph.outputs.keys()]).toContain('backbone/conv1/kernel');
  });

  it('copies the numbers: what happens to its weights leaves the layers as they are', async () => {
    const net = layersNet();
    const before = numbers(net.getLayer('conv1').getWeights()[0] as Tensor);
    const backbone = backboneOf(net);
    const kernel = weights(backbone).get('conv1/kernel');
    expect(numbers(kernel?.read() as Tensor)).toEqual(before);
    const file = await saveWeights(backbone);
    kernel?.write(fill([3, 3, 3, 4], 1));
    const { C3 } = backbone(image());
    expect(numbers(net.getLayer('conv1').getWeights()[0] as Tensor)).toEqual(before);
    expect(apart(C3, part(net, 'conv3_act').predict(image()) as Tensor)).toBeGreaterThan(0.1);
    await loadWeights(backbone, file);
    expect(apart(backbone(image()).C3, part(net, 'conv3_act').predict(image()) as Tensor)).toBeLessThan(1e-5);
  });

  it('uses the statistics of the batch where all of it is trained, and tells how they move by the rule of the layer', () => {
    const net = layersNet();
    const backbone = backboneOf(net);
    const pass = trainingPass();
    backbone(image(), pass);
    const moved = [...pass.updates.keys()].map((weight) => weight);
    const own = weights(backbone);
    expect(new Set(moved)).toEqual(
      new Set([...own].filter(([place]) => place.includes('moving')).map(([, weight]) => weight)),
    );
    const seen = part(net, 'conv1').predict(image()) as Tensor4D;
    const expected = numbers(mul(mean(seen, [0, 1, 2]), 0.01)); // from 0, at Keras's momentum of 0.99
    const update = pass.updates.get(own.get('conv1_bn/moving_mean') as never);
    for (const [i, value] of numbers(update as Tensor).entries()) expect(value).toBeCloseTo(expected[i] ?? 0, 6);
    expect(numbers(net.getLayer('conv1_bn').getWeights()[2] as Tensor)).toEqual([0, 0, 0, 0]); // not moved itself
  });

  const normed = (options: { scale?: boolean; center?: boolean; axis?: number }) =>
    sequential({
      layers: [
        layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
        layers.batchNormalization({ name: 'norm', ...options }),
      ],
    });
  it.each([{ scale: false }, { center: false }, { scale: false, center: false }])(
    'trains batch norms with %o, whose gradient tfjs lacks',
    (options) => {
      const net = normed(options);
      const backbone = fromLayersModel(net, { levels: { C1: 'norm' }, standardization: signedUnit });
      const x = randomUniform([2, 8, 8, 3], 0, 1, 'float32', 5) as Tensor4D;
      expect(apart(backbone(x).C1, net.predict(x) as Tensor)).toBeLessThan(1e-5);
      const own = new Map(
        [...weights(backbone).values()].filter(({ trainable }) => trainable).map((w) => [w, w.read()]),
      );
      const pass = trainingPass();
      const { unreached } = valueAndGradients(() => sum<Scalar>(square(backbone(x, pass).C1)), own);
      expect(unreached).toEqual([]);
      expect(pass.updates.size).toBe(2);
    },
  );
  it('refuses a batch norm over rows, which is made for one size of image', () => {
    const of = () => fromLayersModel(normed({ axis: 1 }), { levels: { C1: 'norm' }, standardization: signedUnit });
    expect(of).toThrow(/the layer norm, given \[1,512,512,4\]/);
  });

  it.each<[string, (backbone: ReturnType<typeof backboneOf>) => void]>([
    ['a layer is frozen', (backbone) => freeze(at(backbone, 'conv1'))],
    ['a layer is held to stored statistics', (backbone) => freeze(at(backbone, 'conv3_bn'), { trainable: true })],
    ['all of it is', (backbone) => freeze(backbone)],
  ])('uses stored statistics everywhere once %s', (_, hold) => {
    const backbone = backboneOf(unsettle(layersNet()));
    const inference = numbers(backbone(image()).C4);
    hold(backbone);
    const pass = trainingPass();
    expect(numbers(backbone(image(), pass).C4)).toEqual(inference);
    expect(pass.updates.size).toBe(0);
  });

  it('keeps frozen what the LayersModel had frozen', () => {
    const net = layersNet();
    net.getLayer('conv1_bn').trainable = false;
    const own = weights(backboneOf(net));
    const switches = ['gamma', 'moving_mean'].map((name) => own.get(`conv1_bn/${name}`));
    expect(switches.map((weight) => [weight?.kind, weight?.trainable])).toEqual([
      ['trainable', false],
      ['statistic', false],
    ]);
    expect(own.get('conv1/kernel')?.trainable).toBe(true);
  });

  it('reaches into nested models, and runs a shared layer as often as it is called', () => {
    const inner = layersNet();
    const image0 = input({ shape: [64, 64, 3] });
    const shared = layers.conv2d({ name: 'shared', filters: 3, kernelSize: 1 });
    const twice = shared.apply(shared.apply(image0)) as SymbolicTensor;
    const outer = makeModel({ inputs: image0, outputs: inner.apply(twice) as SymbolicTensor, name: 'outer' });
    const backbone = fromLayersModel(outer, { levels: { C3: 'net/conv3_act' }, standardization: signedUnit });
    const x = image();
    const expected = part(inner, 'conv3_act').predict(shared.apply(shared.apply(x) as Tensor) as Tensor) as Tensor;
    expect(apart(backbone(x).C3, expected)).toBeLessThan(1e-5);
    expect(weights(backbone).has('net/conv1/kernel')).toBe(true);
    expect(summary(backbone, [1, 64, 64, 3]).root.blocks.find(({ name }) => name === 'shared')?.calls).toBe(2);
  });

  it('leaves no tensor behind', () => {
    const backbone = backboneOf(layersNet());
    const x = image();
    const run = () => {
      const { C3, C4 } = backbone(x);
      C3.dispose();
      C4.dispose();
    };
    run();
    const before = memory().numTensors;
    run();
    expect(memory().numTensors).toBe(before);
  });

  it('names a layer that is missing, and like ones', () => {
    const wrong = () => fromLayersModel(layersNet(), { levels: { C3: 'conv3-act' }, standardization: signedUnit });
    expect(wrong).toThrow(
      /C3 is to be the output of 'conv3-act', but 'net' has no such layer; near it are 'conv3_act', 'conv\d_act'/,
    );
  });

  it('refuses what is no map, and maps in the wrong order', () => {
    const of = (levels: { C3: string; C4?: string }) => () =>
      fromLayersModel(layersNet(), { levels: levels as { C3: string }, standardization: signedUnit });
    expect(of({ C3: 'flat' })).toThrow(/C3 is the output of 'flat', \[1,10240\] .*it must be a map/); // 32 * 32 * 10
    expect(of({ C3: 'classes' })).toThrow(/the layer classes, given \[1,10240\]/); // made for 64x64 pixels
    expect(of({ C3: 'conv4', C4: 'conv3' })).toThrow(/C3 \('conv4'\) has stride 16 but C4 \('conv3'\) has 8/);
    expect(of({} as never)).toThrow(/levels is empty/);
  });
});
