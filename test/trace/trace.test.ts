import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  clone,
  concat,
  div,
  engine,
  keep,
  maximum,
  memory,
  mul,
  ones,
  randomUniform,
  relu,
  reshape,
  type Scalar,
  scalar,
  setBackend,
  split,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor1d,
  tensor2d,
  tensor4d,
  topk,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { conv } from '../../src/block/conv.ts';
import { dropConnect } from '../../src/block/dropConnect.ts';
import { type Block, block, type HasParts, weights } from '../../src/core/block.ts';
import { settle } from '../../src/core/model.ts';
import { trainingPass } from '../../src/core/pass.ts';
import { keyedRandom } from '../../src/core/random.ts';
import type { Weight } from '../../src/core/weight.ts';
import { ssdLoss } from '../../src/detection/ssdLoss.ts';
import { fpn } from '../../src/neck/fpn.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { formatGraph, inputsOf, liveNodes, weightsOf } from '../../src/trace/graph.ts';
import { trace } from '../../src/trace/trace.ts';
import { linesOf, replay, watch } from './eager.ts';

/** A backbone and a neck of every kind of block, a few channels wide. */
function pyramid() {
  const backbone = efficientNet({ width: 0.1, depth: 0.1 });
  const neck = fpn({ stages: ['C3', 'C4'], channels: 8, upsample: 'transposed', fuse: 'fast' });
  const model = block({ backbone, neck }, (image: Tensor4D, pass) => neck(backbone(image, pass), pass));
  settle(model, 1);
  return model;
}
const image = (side = 32): Tensor4D => {
  const random = keyedRandom('image', side);
  return tensor4d(Float32Array.from({ length: side * side * 3 }, random), [1, side, side, 3]);
};

interface StepInput {
  readonly image: Tensor4D;
  readonly rate: Scalar;
  readonly classes: Tensor;
  readonly randoms: ReadonlyMap<HasParts, Tensor>;
}

/** A whole step as a function: forward, SSD's loss, gradients, clipping by norm, momentum-free SGD, statistics. */
function step(model: HasParts, predict: (image: Tensor4D, pass: ReturnType<typeof trainingPass>) => Tensor4D) {
  return ({ image, rate, classes, randoms }: StepInput) => {
    const trained = [...weights(model).values()].filter((weight) => weight.trainable);
    const values = trained.map((weight) => weight.as(weight.shape as [number]) as Tensor);
    const pass = trainingPass({ randoms });
    const loss = () => {
      const map = predict(image, pass); // [b, h, w, 6]: 2 classes and 4 codes an anchor
      const [b, n] = [map.shape[0], map.shape[1] * map.shape[2]];
      const [logits, boxes] = split(reshape(map, [b, n, 6]), [2, 4], 2) as [never, never];
      const targets = ones([b, n, 4]) as never;
      return ssdLoss({ logits, boxes, classes: classes as never, targets, positives: scalar(2) }).total;
    };
    const { value, grads } = engine().gradients(loss, values, undefined, true);
    const norm = sqrt(grads.map((g) => sum(square(g))).reduce((a, b) => add(a, b)));
    const factor = div(1, maximum(norm, 1));
    const updates = new Map<Weight, Tensor>(pass.updates);
    for (const [i, weight] of trained.entries()) {
      const [old, slope] = [values[i], grads[i]];
      if (old && slope) updates.set(weight, sub(old, mul(rate, mul(slope, factor))));
    }
    return { loss: value, updates };
  };
}
function stepModel() {
  const stem = conv({ filters: 4, kernel: 3, stride: 2, norm: {}, activation: 'swish' });
  const drop = dropConnect({ rate: 0.5 });
  const head = conv({ filters: 6, kernel: 3 });
  const model: Block = block({ stem, drop, head }, (x: Tensor4D, pass) => {
    const y = stem(x, pass);
    return head(add<Tensor4D>(y, drop(y, pass)), pass);
  });
  settle(model, 1);
  complete(model, [1, 16, 16, 3]);
  const classes = { shape: [1, 64], dtype: 'int32' } as const;
  const inputs = { image: [1, 16, 16, 3], rate: [], classes, randoms: new Map([[drop, [1, 1, 1, 1]]]) } as const;
  return { model, drop, inputs, run: step(model, model) };
}

describe('trace', () => {
  let before: { numTensors: number; numBytes: number };
  beforeAll(async () => {
    await setBackend('cpu');
  });
  beforeEach(() => {
    before = memory();
    engine().startScope();
  });
  afterEach(() => {
    engine().endScope();
  });

  it('writes down the kernels of a model as they run with numbers: order, shapes, types', () => {
    const model = pyramid();
    const graph = trace(model, [1, 32, 32, 3]);
    const { lines } = watch(() => model(image()));
    expect(linesOf(graph)).toEqual(lines);
    expect(lines.length).toBeGreaterThan(100);
  });

  it('writes down gradients, clipping and updates of a training step as they run with numbers', () => {
    const { drop, inputs, run } = stepModel();
    const graph = trace(run, inputs);
    const classes = { classes: ones([1, 64], 'int32'), image: image(16), rate: scalar(0.1) };
    const { lines } = watch(() => run({ ...classes, randoms: new Map([[drop, ones([1, 1, 1, 1])]]) }));
    expect(linesOf(graph)).toEqual(lines);
    expect(new Set(graph.nodes.map(({ op }) => op))).toContain('Conv2DBackpropFilter');
    expect(new Set(graph.nodes.map(({ op }) => op))).toContain('TopK');
  });

  it('is all that is needed to run the model', () => {
    const model = pyramid();
    const graph = trace(model, [1, 32, 32, 3]);
    const [x, wanted] = [image(), model(image())];
    const made = replay(graph, { input: x });
    for (const level of ['P3', 'P4'] as const) expect(made.get(level)?.arraySync()).toEqual(wanted[level].arraySync()); // the same kernels on the same numbers
  });

  it('is all that is needed to run a training step, random numbers and learning rate given', () => {
    const { model, drop, inputs, run } = stepModel();
    const graph = trace(run, inputs, { root: model });
    expect([...graph.inputs.keys()]).toEqual(['image', 'rate', 'classes', 'randoms/drop']);
    const classes = tensor2d(
      Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? 1 : 0)),
      [1, 64],
      'int32',
    );
    const given = { image: image(16), rate: scalar(0.1), classes };
    const random = tensor4d([0.7], [1, 1, 1, 1]);
    const wanted = run({ ...given, randoms: new Map([[drop, random]]) });
    const made = replay(graph, { ...given, 'randoms/drop': random });
    expect(made.get('loss')?.arraySync()).toBe(wanted.loss.arraySync());
    expect(made.size).toBe(1 + weights(model).size); // the loss, and an update for each weight
    for (const [weight, value] of wanted.updates)
      expect(made.get(`updates/${weight.place}`)?.arraySync(), weight.place).toEqual(value.arraySync());
  });

  it('makes no numbers of weights and leaves no tensor behind, kept ones neither', () => {
    const made: string[] = [];
    const inner = conv({
      filters: 2,
      initial: () => {
        made.push('kernel');
        return new Float32Array(6);
      },
    });
    trace((x: Tensor4D) => keep(inner(keep(clone(x)))), [1, 4, 4, 3]);
    expect(made).toEqual([]);
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numBytes).toBe(before.numBytes);
  });

  it('names values by the place of their block, inputs and outputs by their path', () => {
    const stem = conv({ filters: 2, norm: {} });
    const model = block({ stem }, (x: Tensor4D) => ({ maps: [stem(x), relu(x)], sum: sum(x) }));
    const graph = trace(model, [1, 4, 4, 3]);
    expect([...graph.inputs.keys()]).toEqual(['input']);
    expect([...graph.outputs.keys()]).toEqual(['maps/0', 'maps/1', 'sum']);
    const norm = ['beta', 'gamma', 'mean', 'variance'].map((name) => `stem/norm/${name}`);
    expect(
      weightsOf(graph)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['stem/kernel', ...norm]);
    expect(graph.nodes.find(({ op }) => op === 'Conv2D')?.place).toBe('stem');
    const names = graph.nodes.flatMap(({ outputs }) => outputs.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });

  it('gives no name twice, whatever inputs are called', () => {
    const graph = trace(({ Relu_2: a }: { Relu_2: Tensor }) => relu(relu(a)), { Relu_2: [1] });
    expect(graph.nodes.flatMap(({ outputs }) => outputs.map(({ name }) => name))).toEqual(['Relu', 'Relu_3']);
  });

  it('gives each model of a function without a root a name of its own', () => {
    const [first, second] = [conv({ filters: 2 }), conv({ filters: 2 })];
    const graph = trace((x: Tensor4D) => second(first(x)), [1, 4, 4, 3]);
    expect(graph.nodes.filter(({ op }) => op === 'Conv2D').map(({ place }) => place)).toEqual(['block1', 'block2']);
    expect(weightsOf(graph).map(({ name }) => name)).toContain('block2/kernel');
  });

  it('takes lists, records and maps, of any type, and gives the function the same', () => {
    const graph = trace(
      ({ a, list, map }: { a: Tensor; list: Tensor[]; map: ReadonlyMap<string, Tensor> }) => {
        expect(list.map(({ dtype }) => dtype)).toEqual(['float32', 'bool']);
        return new Map([['out', add(a, map.get('m') ?? a)]]);
      },
      { a: [2], list: [[], { shape: [3], dtype: 'bool' }], map: new Map([['m', tensor1d([1, 2])]]) },
    );
    expect([...graph.inputs.keys()]).toEqual(['a', 'list/0', 'list/1', 'map/m']);
    expect([...graph.outputs].map(([name, { shape }]) => [name, shape])).toEqual([['out', [2]]]);
  });

  it('keeps lists of inputs as lists, and several outputs', () => {
    const graph = trace((x: Tensor1D) => concat(split(x, [1, 3])), [4]);
    const [cut, join] = graph.nodes;
    expect([cut?.op, cut?.outputs.map(({ shape }) => shape)]).toEqual(['SplitV', [[1], [3]]]);
    expect(join?.inputs).toEqual(cut?.outputs);
  });

  it('holds the numbers of constants, and tensors that existed before as they are', () => {
    const outside = tensor1d([5, 6]);
    const view = reshape(outside, [2, 1]); // shares its data
    const graph = trace((x: Tensor) => add(add(mul(x, tensor1d([3, 4])), outside), view), [2]);
    const constants = graph.nodes.flatMap(inputsOf).filter((value) => value.kind === 'constant');
    expect(constants.map(({ shape, numbers }) => [shape, numbers])).toEqual([
      [[2], Float32Array.of(3, 4)],
      [[2], outside],
      [[2, 1], view],
    ]);
    expect(outside.arraySync()).toEqual([5, 6]);
    const twice = trace((x: Tensor) => mul(add(x, outside), outside), [2]);
    expect(new Set(twice.nodes.map((node) => inputsOf(node)[1])).size).toBe(1); // one value, however often it is read
  });

  it('makes random numbers that are drawn inside constants', () => {
    const graph = trace((x: Tensor) => add(x, randomUniform([2])), [2]);
    expect(inputsOf(graph.nodes[0] ?? { inputs: [], op: '', attrs: {}, outputs: [], place: '' })[1]?.kind).toBe(
      'constant',
    );
  });

  it('tells live nodes from those that nobody reads', () => {
    const graph = trace(
      (x: Tensor) => {
        square(relu(x)); // dead
        const { values } = topk(x, 1);
        return values;
      },
      [3],
    );
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Relu', 'Square', 'TopK']);
    expect(liveNodes(graph).map(({ op }) => op)).toEqual(['TopK']);
  });

  it('prints one line a node with name, shape, place and kernel', () => {
    const stem = conv({ filters: 2, stride: 2, activation: 'swish' });
    const model = block({ stem }, (x: Tensor4D) => relu(stem(x)));
    expect(
      formatGraph(trace(model, [1, 4, 4, 3]))
        .split('\n')
        .map((line) => line.replaceAll(/ {2,}/g, ' | ')),
    ).toEqual([
      'input | [1, 4, 4, 3] | input',
      'stem/Conv2D | [1, 2, 2, 2] | at stem | Conv2D(input, stem/kernel, strides: 2, pad: same, dataFormat: NHWC, dilations: [1,1])',
      'stem/PyramidionBiasAdd | [1, 2, 2, 2] | at stem | PyramidionBiasAdd(stem/Conv2D, stem/bias)',
      'stem/PyramidionSwish | [1, 2, 2, 2] | at stem | PyramidionSwish(stem/PyramidionBiasAdd)',
      'Relu | [1, 2, 2, 2] | Relu(stem/PyramidionSwish)',
      'output | [1, 2, 2, 2] | output Relu',
    ]);
  });

  it('refuses to begin inside of another, and goes on', () => {
    expect(() => trace((x: Tensor) => trace((y: Tensor) => relu(y), [1]).outputs.size && x, [1])).toThrow(
      'trace: shapes are being computed already',
    );
    expect(trace((x: Tensor) => relu(x), [1]).nodes.length).toBe(1);
  });

  it('says what is no tensor in inputs and outputs', () => {
    expect(() => trace((x: { a: Tensor }) => x.a, { a: 'x' } as never)).toThrow(
      'the input a is a string; it must be a shape',
    );
    expect(() => trace((x: Tensor) => x, [1.5])).toThrow(RangeError);
    expect(() => trace((x: Tensor) => ({ x, n: 3 }), [1])).toThrow('trace: the result n is 3; it must be a tensor');
    expect(() => trace(async (x: Tensor) => x, [1])).toThrow(TypeError);
  });
});
