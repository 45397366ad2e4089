import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  cast,
  conv2d,
  depthwiseConv2d,
  div,
  fill,
  grads,
  matMul,
  memory,
  mul,
  relu,
  reshape,
  setBackend,
  sigmoid,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  tensor1d,
  tensor4d,
  tile,
  topk,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ladder } from '../../examples/ladder.ts';
import { efficientNet, efficientNetB0, efficientNetB7 } from '../../src/backbone/efficientNet.ts';
import { conv, depthwiseConv } from '../../src/block/conv.ts';
import { upsample } from '../../src/block/upsample.ts';
import { at, type Block, block } from '../../src/core/block.ts';
import { freeze } from '../../src/core/freeze.ts';
import { count } from '../../src/core/model.ts';
import { weight } from '../../src/core/weight.ts';
import { dilatedConv } from '../../src/ops/dilatedConv.ts';
import { spatialMean } from '../../src/ops/spatialMean.ts';
import { formatSummary } from '../../src/trace/formatSummary.ts';
import { type BlockSummary, summary } from '../../src/trace/summary.ts';
import { watch } from './eager.ts';

/** EfficientNet with the paper's last convolution and its layer of classes. */
function classifier(backbone: Block<Tensor4D, { readonly C5: Tensor4D }>, channels: number, classes = 1000) {
  const top = conv({ filters: channels, norm: {}, activation: 'swish' });
  const [kernel, bias] = [weight(), weight()];
  return block({ backbone, top, kernel, bias }, (x: Tensor4D, pass) => {
    const features = reshape(spatialMean(top(backbone(x, pass).C5, pass)), [x.shape[0], channels]);
    return add(matMul(features, kernel.as([channels, classes])), bias.as([classes]));
  });
}
const find = (root: BlockSummary, place: string): BlockSummary | undefined =>
  root.place === place ? root : root.blocks.map((inner) => find(inner, place)).find((found) => found !== undefined);

describe('summary', () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  it("counts EfficientNet-B0's products, parameters and statistics exactly", () => {
    const { macs, parameters, statistics, memory } = summary(classifier(efficientNetB0(), 1280), [1, 224, 224, 3]);
    expect(macs).toBe(385_814_752); // the paper's table 2 says 0.39 billion, fvcore 385.81 million
    expect(parameters).toBe(5_288_548); // torchvision, efficientnet_b0, num_params
    expect(statistics).toBe(42_016);
    expect(memory.weightBytes).toBe(4 * (5_288_548 + 42_016));
  });

  it("counts EfficientNet-B7's at 600 pixels, and allocates nothing", () => {
    const before = memory();
    const { macs, parameters } = summary(classifier(efficientNetB7(), 2560), [1, 600, 600, 3]);
    expect(macs).toBe(37_745_884_192); // the paper's table 2 says 37 billion
    expect(parameters).toBe(66_347_960); // torchvision, efficientnet_b7, num_params
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numBytes).toBe(before.numBytes);
  });

  it.each<[string, (x: Tensor4D) => Tensor, number]>([
    ['a convolution', conv({ filters: 5, kernel: 3, stride: 2 }), 4 * 3 * 5 * (3 * 3 * 2)], // outputs * filter * inputs
    ['a depthwise one', depthwiseConv({ kernel: 3 }), 8 * 6 * 2 * (3 * 3)],
    ['a transposed one', upsample({ method: 'transposed', filters: 3 }), 8 * 6 * 2 * (2 * 2 * 3)], // inputs * filter * outputs
    ['a dilated one', (x) => dilatedConv(x, fill([3, 3, 2, 4], 1), { dilation: 2 }), 8 * 6 * 4 * (3 * 3 * 2)],
    ['a matrix product', (x) => matMul(reshape(x, [48, 2]), fill([2, 7], 1)), 48 * 2 * 7],
    ['one of a transposed matrix', (x) => matMul(reshape(x, [2, 48]), fill([2, 7], 1), true), 48 * 2 * 7],
    ['nothing else', (x) => relu(mul(x, spatialMean(x))), 0],
  ])('counts the products of %s', (_, run, macs) => {
    expect(summary(run, [1, 8, 6, 2]).macs).toBe(macs);
  });

  it('counts the products of gradients', () => {
    const gradient = (run: (x: Tensor4D, w: Tensor4D) => Tensor) => (x: Tensor4D) =>
      grads((a: Tensor, b: Tensor) => sum(square(run(a as Tensor4D, b as Tensor4D))))([x, fill([3, 3, 2, 1], 1)]);
    const forward = 8 * 6 * (3 * 3 * 2); // as many for each of the two gradients
    expect(
      summary(
        gradient((x, w) => conv2d(x, w, 1, 'same')),
        [1, 8, 6, 2],
      ).macs,
    ).toBe(3 * forward);
    expect(
      summary(
        gradient((x, w) => depthwiseConv2d(x, w, 1, 'same')),
        [1, 8, 6, 2],
      ).macs,
    ).toBe(3 * forward);
    expect(
      summary(
        gradient((x, w) => dilatedConv(x, w, { dilation: 2 })),
        [1, 8, 6, 2],
      ).macs,
    ).toBe(3 * forward);
  });

  it('adds up by block, as deep as is asked for, in the order of the calls', () => {
    const model = classifier(efficientNetB0(), 1280);
    const { root, macs, parameters } = summary(model, [1, 224, 224, 3]);
    expect(root.blocks.map(({ name }) => name)).toEqual(['backbone', 'top']);
    const stages = find(root, 'backbone')?.blocks.map(({ name }) => name);
    expect(stages).toEqual(['stem', 'stage1', 'stage2', 'stage3', 'stage4', 'stage5', 'stage6', 'stage7']);
    expect(find(root, 'backbone/stem')?.blocks).toEqual([]);
    expect(find(root, 'backbone/stem')).toMatchObject({
      output: [1, 112, 112, 32],
      parameters: 3 * 3 * 3 * 32 + 2 * 32,
      statistics: 2 * 32,
      macs: 112 * 112 * 32 * 3 * 3 * 3,
      calls: 1,
    });
    expect(find(root, 'top')).toMatchObject({ output: [1, 7, 7, 1280], macs: 7 * 7 * 320 * 1280 });
    const own = { macs: 1280 * 1000, parameters: 1280 * 1000 + 1000 }; // the layer of classes
    for (const sum of ['macs', 'parameters'] as const)
      expect(root.blocks.reduce((total, inner) => total + inner[sum], own[sum])).toBe({ macs, parameters }[sum]);
    expect(summary(model, [1, 64, 64, 3], { depth: 0 }).root.blocks).toEqual([]);
    const deep = summary(model, [1, 64, 64, 3], { depth: Infinity }).root;
    expect(find(deep, 'backbone/stage2/1/squeeze/expand')?.parameters).toBe(6 * 144 + 144);
    expect(() => summary(model, [1, 64, 64, 3], { depth: -1 })).toThrow('summary: depth is -1');
  });

  it('tells the maps that a block gives by name', () => {
    const backbone = efficientNet({ width: 0.1, depth: 0.1 });
    const { root } = summary(backbone, [1, 64, 96, 3]);
    expect(root.levels).toEqual([
      { name: 'C1', shape: [1, 32, 48, 8] },
      { name: 'C2', shape: [1, 16, 24, 8] },
      { name: 'C3', shape: [1, 8, 12, 8] },
      { name: 'C4', shape: [1, 4, 6, 16] },
      { name: 'C5', shape: [1, 2, 3, 32] },
    ]);
  });

  it('tells frozen parameters from others, and statistics from both', () => {
    const stem = conv({ filters: 2, norm: {} });
    const model = block({ stem, head: conv({ filters: 3 }) }, (x: Tensor4D) => stem(x));
    freeze(at(model, 'stem'));
    const { parameters, frozen, statistics } = summary(model, [1, 4, 4, 5]);
    expect({ parameters, frozen, statistics }).toEqual({ parameters: 10 + 4, frozen: 10 + 4, statistics: 4 });
    expect(() => count(model)).toThrow('head/kernel'); // what does not run is not in the summary
  });

  it('leaves out what no output needs', () => {
    const { macs, kernels, parameters } = summary(
      (x: Tensor4D) => [conv({ filters: 3 })(x), relu(x)].at(-1) ?? x,
      [1, 4, 4, 3],
    );
    expect({ macs, kernels, parameters }).toEqual({ macs: 0, kernels: 1, parameters: 0 });
  });

  it('counts a block that is used twice once, its work twice', () => {
    const shared = conv({ filters: 3 });
    const model = block({ shared }, (x: Tensor4D) => shared(shared(x)));
    const { root, parameters, macs } = summary(model, [1, 4, 4, 3]);
    expect([parameters, macs]).toEqual([12, 2 * 16 * 9]);
    expect(find(root, 'shared')).toMatchObject({ calls: 2, parameters: 12, macs: 2 * 16 * 9 });
  });

  it('follows the memory of a graph by hand', () => {
    const run = (x: Tensor) => {
      const [a, b] = [relu(x), sigmoid(x)]; // x a b: 3
      const c = reshape(mul(a, b), [2, 50]); // x a b c: 4, the most; its view shares its bytes
      square(c); // nobody reads it
      return sum(c, 0); // x c d: 2 and a half
    };
    const { memory } = summary(run, [100]);
    expect(memory.peakBytes).toBe(4 * 400);
    expect(memory.peakAt).toEqual({ op: 'Multiply', place: '' });
    expect(memory.allBytes).toBe(4 * 400 + 200);
    expect(memory.plainBytes).toBe(5 * 400 + 200); // with the square, and nothing freed
    const largest = (x: Tensor) => relu(tile(topk(x, 50).values, [4])); // x v tiles relu, v gone: 100 + 200 + 200 numbers
    expect(summary(largest, [100]).memory.peakBytes).toBe(4 * (100 + 200 + 200)); // the indices went at once
  });

  it('says what tfjs holds at most on plain ops, in inference and in training, as the cpu backend counts it', () => {
    const backbone = efficientNet({ width: 0.1, depth: 0.1 });
    const image = tensor4d(new Float32Array(32 * 32 * 3), [1, 32, 32, 3]);
    const train = (x: Tensor4D) => grads((y: Tensor) => sum(square(backbone(y as Tensor4D).C5)))([x]);
    backbone(image); // makes its weights
    for (const run of [backbone, train]) {
      const { peakBytes } = watch(() => run(image));
      const { memory } = summary<Tensor4D, object>(run, [1, 32, 32, 3], { root: backbone });
      expect(memory.plainBytes).toBe(peakBytes + image.size * 4); // which was there before
    }
  });

  it('shows how an input is prepared, and that it is not', () => {
    const preparation = (run: (x: Tensor) => Tensor) => summary(run, [1, 4, 4, 3]).inputs[0]?.preparation;
    const [mean, deviation] = [tensor1d([123.675, 116.28, 103.53]), tensor1d([58.395, 57.12, 57.375])];
    const inside = (x: Tensor) =>
      div(sub(cast(x, 'float32'), tensor1d([123.675, 116.28, 103.53])), tensor1d([58.395, 57.12, 57.375]));
    expect(preparation((x) => relu(inside(x)))).toBe('- [123.675, 116.28, 103.53], / [58.395, 57.12, 57.375]');
    expect(preparation((x) => relu(sub(div(x, 127.5), 1)))).toBe('/ 127.5, - 1');
    expect(preparation((x) => relu(x))).toBe('');
    expect(preparation((x) => mul(sub(x, 1), relu(x)))).toBe(''); // somebody looks at it as it is
    expect(preparation((x) => sub(1, x))).toBe(''); // arithmetic with a constant, but not a shift
    expect(preparation((x) => div(sub(x, mean), deviation))).toBe(
      '- a constant of shape [3], / a constant of shape [3]',
    );
  });

  it('is plain data', () => {
    const backbone = efficientNet({ width: 0.1, depth: 0.1 });
    const numbers = summary(backbone, [1, 32, 32, 3]);
    expect(JSON.parse(JSON.stringify(numbers))).toEqual(numbers);
    expect(numbers.format).toBe('pyramidion-summary/1');
    expect(Object.keys(numbers).sort()).toEqual(
      'flow format frozen inputs kernels macs memory outputs parameters root statistics'.split(' '),
    );
  });

  it.each(Object.keys(ladder) as (keyof typeof ladder)[])(
    'is no wider than a terminal of 100 columns at %s',
    (rung) => {
      const model = ladder[rung]();
      freeze(at(model, 'backbone')); // one column more
      const lines = formatSummary(summary(model, [1, 512, 640, 3], { name: rung })).split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    },
  );

  it('is printed as one table, its columns in line', () => {
    const layer = (filters: number): Block => {
      const [kernel, mean] = [weight(), weight({ kind: 'statistic' })];
      return block({ kernel, mean }, (x: Tensor4D) => {
        const y = conv2d(x, kernel.as([3, 3, x.shape[3], filters]), 2, 'same');
        return relu(sub<Tensor4D>(y, mean.as([filters])));
      });
    };
    const stages = [layer(4), layer(80)] as const;
    const backbone = block({ stages }, (x: Tensor4D) => {
      const C1 = stages[0](x);
      return { C1, C2: stages[1](C1) };
    });
    const kernel = weight();
    const head = block({ kernel }, (x: Tensor4D) => conv2d(x, kernel.as([1, 1, 80, 6]), 1, 'same'));
    const model = block({ backbone, head }, (x: Tensor4D) => {
      const { C2 } = backbone(div<Tensor4D>(sub(x, 127.5), 128));
      return { once: head(C2), again: head(C2) };
    });
    freeze(stages[0]);
    const text = formatSummary(summary(model, [1, 64, 160, 3], { name: 'small' }));
    expect(text.split('\n')).toEqual([
      'input          1 x 64 x 160 x 3 float32, prepared: - 127.5, / 128',
      'output  once   1 x 16 x 40 x 6 float32',
      '        again  1 x 16 x 40 x 6 float32',
      '',
      'block             output            parameters  frozen  statistics  multiply-adds',
      'small                                    3,468     108          84      2,734,080',
      '  backbone        2 maps                 2,988     108          84      2,119,680', // 276,480 + 1,843,200
      '    C1            1 x 32 x 80 x 4',
      '    C2            1 x 16 x 40 x 80',
      '    stages                               2,988     108          84      2,119,680',
      '  head (2 calls)  1 x 16 x 40 x 6          480                            614,400', // 2 * 16 * 40 * 6 * 80
      '',
      'weights  3,468 parameters (108 frozen), 84 statistics, 0.01 MB',
      'work     2,734,080 multiply-adds in 10 kernels',
      'memory   0.53 MB where each map is freed after its last use', // input, two of C2's size
      '                 most at backbone/stages/1/Sub',
      '         1.02 MB on plain ops, which free at the end of each block',
      '         1.14 MB if nothing is freed before the end',
    ]);
  });

  it('is printed shortly where there are many outputs', () => {
    const run = (x: Tensor) => Array.from({ length: 20 }, () => relu(x));
    const lines = formatSummary(summary(run, [2]))
      .split('\n')
      .slice(0, 11);
    expect([lines[1], lines[8], lines[9], lines[10]]).toEqual([
      'output  0  2 float32',
      '        7  2 float32',
      '           and 12 more',
      '',
    ]);
  });
});
