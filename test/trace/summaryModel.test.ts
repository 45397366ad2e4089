import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import { fill, io, memory, setBackend, type Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as layersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { conv } from '../../src/block/conv.ts';
import { asLayersModel } from '../../src/layers/asLayersModel.ts';
import { networkMapSvg } from '../../src/picture/networkMap.ts';
import { formatSummary } from '../../src/trace/formatSummary.ts';
import { summary } from '../../src/trace/summary.ts';

const text = (value: string) => ({ s: btoa(value) });
const type = { type: 'DT_FLOAT' };

/** A file of TensorFlow's converter, by hand: /127.5, conv 3x3 stride 2 with bias and relu, batch norm, mean, dense. */
function graphModel() {
  const weights = [
    { name: 'scale', shape: [] },
    { name: 'net/conv1/kernel', shape: [3, 3, 3, 4] },
    { name: 'net/conv1/bias', shape: [4] },
    ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => ({ name: `net/bn1/${name}`, shape: [4] })),
    { name: 'net/dense/kernel', shape: [4, 5] },
  ].map((spec) => ({ ...spec, dtype: 'float32' as const }));
  const axes = { name: 'axes', shape: [2], dtype: 'int32' as const };
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const numbers = [...weights.map(({ shape }) => new Float32Array(size(shape)).fill(0.5)), Int32Array.of(1, 2)].map(
    ({ buffer }) => new Uint8Array(buffer),
  );
  const constants = [...weights, axes].map(({ name, shape, dtype }) => ({
    name,
    op: 'Const',
    attr: {
      dtype: { type: dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT' },
      value: {
        tensor: {
          dtype: dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT',
          tensorShape: { dim: shape.map((side) => ({ size: `${side}` })) },
        },
      },
    },
  }));
  const strides = { list: { i: ['1', '2', '2', '1'] } };
  const nodes = [
    {
      name: 'image',
      op: 'Placeholder',
      attr: { dtype: type, shape: { shape: { dim: [-1, 8, 8, 3].map((n) => ({ size: `${n}` })) } } },
    },
    ...constants,
    { name: 'scaled', op: 'RealDiv', input: ['image', 'scale'], attr: { T: type } },
    {
      name: 'net/conv1/Relu',
      op: '_FusedConv2D',
      input: ['scaled', 'net/conv1/kernel', 'net/conv1/bias'],
      attr: {
        strides,
        T: type,
        padding: text('SAME'),
        data_format: text('NHWC'),
        num_args: { i: '1' },
        fused_ops: { list: { s: [btoa('BiasAdd'), btoa('Relu')] } },
        epsilon: { f: 0 },
        dilations: { list: { i: ['1', '1', '1', '1'] } },
      },
    },
    {
      name: 'net/bn1/norm',
      op: 'FusedBatchNormV3',
      input: [
        'net/conv1/Relu',
        ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => `net/bn1/${name}`),
      ],
      attr: { T: type, epsilon: { f: 0.001 }, data_format: text('NHWC'), is_training: { b: false } },
    },
    { name: 'pooled', op: 'Mean', input: ['net/bn1/norm', 'axes'], attr: { T: type, keep_dims: { b: false } } },
    {
      name: 'scores',
      op: 'MatMul',
      input: ['pooled', 'net/dense/kernel'],
      attr: { T: type, transpose_a: { b: false }, transpose_b: { b: false } },
    },
  ];
  const all = new Uint8Array(numbers.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of numbers) {
    all.set(part, at);
    at += part.length;
  }
  return loadGraphModelSync(
    io.fromMemorySync({
      modelTopology: { node: nodes, versions: { producer: 1 } },
      weightSpecs: [...weights, axes],
      weightData: all.buffer,
    }),
  );
}

const net = () => {
  const image = input({ shape: [8, 8, 3] });
  const steps = [
    layers.conv2d({ name: 'conv1', filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
    layers.batchNormalization({ name: 'bn1' }),
    layers.globalAveragePooling2d({ name: 'pool' }),
    layers.dense({ name: 'classes', units: 5 }),
  ];
  const scores = steps.reduce((x, layer) => layer.apply(x) as SymbolicTensor, image);
  return layersModel({ inputs: image, outputs: scores });
};
const convolution = 3 * 3 * 3 * 4;

beforeAll(async () => {
  await setBackend('cpu');
});

describe('the summary of a tf.GraphModel', () => {
  it('counts its weights, at the places that their names give, and its work', () => {
    const model = graphModel();
    const before = memory().numTensors;
    const { parameters, statistics, macs, root, outputs, inputs } = summary(model, [1, 8, 8, 3], {
      name: 'net',
      depth: 3,
    });
    expect(memory().numTensors).toBe(before);
    expect(parameters).toBe(convolution + 4 + 2 * 4 + 4 * 5 + 1); // with the number that scales the input
    expect(statistics).toBe(2 * 4);
    expect(macs).toBe(4 * 4 * convolution + 4 * 5);
    const [inner] = root.blocks;
    expect(inner?.name).toBe('net');
    expect(inner?.blocks.map(({ name, parameters, output }) => [name, parameters, output])).toEqual([
      ['conv1', convolution + 4, [1, 4, 4, 4]],
      ['bn1', 8, [1, 4]], // and the mean, which has no weights of its own
      ['dense', 20, [1, 5]],
    ]);
    expect(outputs[0]?.shape).toEqual([1, 5]);
    expect(inputs).toHaveLength(1);
  });

  it('is what the model computes: its shapes are those of a run', () => {
    const model = graphModel();
    const made = model.predict(fill([2, 8, 8, 3], 1)) as Tensor;
    expect(summary(model, [2, 8, 8, 3]).outputs[0]?.shape).toEqual(made.shape);
    expect(summary(model, { image: [2, 8, 8, 3] }).macs).toBe(summary(model, [2, 8, 8, 3]).macs);
  });

  it('is printed and drawn', () => {
    const made = summary(graphModel(), [1, 8, 8, 3], { name: 'net' });
    expect(formatSummary(made)).toMatch(/conv1 +1 x 4 x 4 x 4 +112 +1,728/);
    expect(networkMapSvg(made)).toContain('conv 3×3');
  });
});

describe('the summary of a tf.LayersModel', () => {
  it('counts what tfjs counts, by layer', () => {
    const model = net();
    const { parameters, statistics, frozen, root } = summary(model, [1, 8, 8, 3]);
    expect(parameters + statistics).toBe(model.countParams());
    expect([statistics, frozen]).toEqual([8, 0]);
    expect(root.blocks.map(({ name }) => name)).toEqual(['conv1', 'bn1', 'classes']);
    model.getLayer('conv1').trainable = false;
    expect(summary(model, [1, 8, 8, 3]).frozen).toBe(convolution + 4);
  });

  it('looks into a block of ours that is a LayersModel', () => {
    const block = conv({ filters: 4, kernel: 3, stride: 2, norm: {} });
    const model = asLayersModel(block, { inputShape: [8, 8, 3] });
    const [inside, direct] = [summary(model, [1, 8, 8, 3]), summary(block, [1, 8, 8, 3])];
    expect([inside.parameters, inside.statistics, inside.macs]).toEqual([
      direct.parameters,
      direct.statistics,
      direct.macs,
    ]);
  });

  it('takes several inputs as a list, and says so', () => {
    const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
    const model = layersModel({ inputs: [a, b], outputs: layers.add().apply([a, b]) as SymbolicTensor });
    expect(
      summary(model, [
        [3, 2],
        [3, 2],
      ]).outputs[0]?.shape,
    ).toEqual([3, 2]);
    expect(() => summary(model, { a: [3, 2], b: [3, 2] })).toThrow(/takes its inputs as a list/);
  });
});
