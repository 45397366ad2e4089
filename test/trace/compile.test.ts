import {
  add,
  dispose,
  engine,
  fill,
  grad,
  keep,
  memory,
  mul,
  randomUniform,
  relu,
  reshape,
  type Scalar,
  scalar,
  setBackend,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  tidy,
  topk,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { ladder, small } from '../../examples/ladder.ts';
import { batchNorm } from '../../src/block/batchNorm.ts';
import { conv } from '../../src/block/conv.ts';
import { bind } from '../../src/core/bind.ts';
import { block, weights } from '../../src/core/block.ts';
import { freeze, unfreeze } from '../../src/core/freeze.ts';
import { settle } from '../../src/core/model.ts';
import { trainingPass } from '../../src/core/pass.ts';
import type { Weight } from '../../src/core/weight.ts';
import { swish } from '../../src/ops/swish.ts';
import { compile } from '../../src/trace/compile.ts';
import { formatGraph, inputsOf } from '../../src/trace/graph.ts';
import { memoryOf } from '../../src/trace/memory.ts';
import { trace } from '../../src/trace/trace.ts';
import { firstSlots, sgd } from '../../src/train/optimizer.ts';
import { trainStep } from '../../src/train/step.ts';
import { backends, use } from '../ops/backends.ts';
import { distance, mapOf, scatter } from './numbers.ts';

function tower() {
  const [first, second] = [conv({ filters: 4, kernel: 3, norm: {}, activation: 'swish' }), conv({ filters: 2 })];
  const model = block({ first, second }, (x: Tensor4D) => second(first(x)));
  settle(model, 1);
  model(mapOf([1, 4, 4, 3])).dispose();
  scatter(model);
  return model;
}
const weightAt = (model: Parameters<typeof weights>[0], place: string): Weight => {
  const found = weights(model).get(place);
  if (found === undefined) throw new Error(`no weight at ${place}`);
  return found;
};

/** The most bytes of tensors while a function runs. */
function peakOf(run: () => unknown): number {
  const own = engine() as object as { runKernel: (...args: never[]) => unknown };
  const { runKernel } = own;
  let peak = 0;
  own.runKernel = (...args) => {
    const made = runKernel.apply(own, args);
    peak = Math.max(peak, memory().numBytes);
    return made;
  };
  try {
    run();
  } finally {
    Reflect.deleteProperty(own, 'runKernel');
  }
  return peak;
}

const places = [{ name: 'cpu', absent: undefined }, ...backends] as const;

describe.each(places)('compile on $name', ({ name: backend, absent }) => {
  let before: number;
  beforeAll(async () => {
    if (absent === undefined) await use(backend);
  });
  beforeEach(({ skip }) => {
    if (absent !== undefined) skip(absent);
    engine().startScope();
    before = memory().numTensors;
  });
  afterEach(() => {
    engine().endScope();
  });

  it('gives what the function gives, at the first call and at later ones', () => {
    const model = tower();
    const fast = compile(model);
    for (const seed of [1, 2, 3]) {
      const x = mapOf([2, 5, 4, 3], seed);
      expect(distance(model(x), fast(x))).toBeLessThan(1e-6);
    }
    expect(fast.graphs().length).toBe(1);
  });

  it('leaves nothing behind but its results and what it keeps, and that until it is disposed', () => {
    const model = tower();
    const x = mapOf([1, 4, 4, 3]);
    const fast = compile(model);
    for (const weight of weights(model).values()) weight.read();
    before = memory().numTensors;
    fast(x).dispose();
    const kept = memory().numTensors - before;
    expect(kept).toBe(2); // the first filter and its bias with the batch norm in them
    for (let i = 0; i < 3; i++) fast(x).dispose();
    expect(memory().numTensors - before).toBe(kept);
    fast.dispose();
    expect(memory().numTensors).toBe(before);
    expect(distance(model(x), fast(x))).toBeLessThan(1e-6); // it plans anew
    fast.dispose();
  });

  it('holds no more bytes at once than the graph says', () => {
    const model = tower();
    const x = mapOf([1, 16, 16, 3]);
    const fast = compile(model);
    fast(x);
    const [graph] = fast.graphs();
    const others = memory().numBytes - x.size * 4;
    const peak = peakOf(() => fast(x));
    expect(peak - others).toBe(graph && memoryOf(graph).peakBytes);
  });

  it('sees a weight that changes, folded ones too, and computes again only what depends on it', () => {
    const model = tower();
    const fast = compile(model);
    const x = mapOf([1, 4, 4, 3]);
    fast(x);
    for (const place of ['first/norm/variance', 'first/kernel', 'first/norm/beta', 'second/bias', 'second/kernel']) {
      const weight = weightAt(model, place);
      weight.write(tidy(() => mul(weight.read(), 1.5)));
      expect(distance(model(x), fast(x)), place).toBeLessThan(1e-6);
    }
    const { nodes } = fast.graphs()[0] ?? { nodes: [] };
    const kernels = countKernels(() => fast(x));
    weightAt(model, 'second/bias').write(tensor1d([1, 2]));
    expect(countKernels(() => fast(x))).toBe(kernels); // nothing is folded into the second
    weightAt(model, 'first/norm/beta').write(tensor1d([1, 2, 3, 4]));
    expect(countKernels(() => fast(x))).toBeGreaterThan(kernels);
    expect(kernels).toBeLessThan(nodes.length);
    fast.dispose();
  });

  it('sees a tf.Variable that an optimizer moves, and bound values', () => {
    const model = tower();
    const fast = compile(model);
    const x = mapOf([1, 4, 4, 3]);
    fast(x);
    const kernel = weightAt(model, 'first/kernel');
    const variable = kernel.asVariable();
    variable.assign(tidy(() => mul(variable, -2)));
    expect(distance(model(x), fast(x))).toBeLessThan(1e-6);
    const values = new Map([[kernel, tidy(() => mul(kernel.read(), 0.5))]]);
    const wanted = bind(values, () => model(x));
    expect(
      distance(
        wanted,
        bind(values, () => fast(x)),
      ),
    ).toBeLessThan(1e-6);
    expect(distance(model(x), fast(x))).toBeLessThan(1e-6); // and its own again
    fast.dispose();
  });

  it('plans again when a block is frozen or no longer', () => {
    const normalize = batchNorm();
    const model = block({ normalize }, (x: Tensor4D) => normalize(x, trainingPass()));
    const fast = compile(model);
    const x = mapOf([1, 3, 3, 2]);
    model(x);
    scatter(model);
    for (const change of [() => {}, () => freeze(model, { statistics: 'stored' }), () => unfreeze(model)]) {
      change();
      expect(distance(model(x), fast(x))).toBeLessThan(1e-6);
    }
    expect(fast.graphs().length).toBe(1);
  });

  it('takes and gives lists, records and maps, and lets what is no tensor be', () => {
    const key = tower();
    const run = (
      { list, map }: { list: Tensor1D[]; map: ReadonlyMap<object, Tensor1D>; times: number },
      by: number,
    ) => ({
      sums: list.map((x) => mul(x, by)),
      map: new Map([...map].map(([k, x]) => [k, relu(x)])),
      said: 'as it was',
      key,
    });
    const fast = compile(run);
    const input = { list: [tensor1d([1, 2]), tensor1d([3])], map: new Map([[key, tensor1d([-1, 1])]]), times: 1 };
    fast(input, 3);
    const { sums, map, said, key: same } = fast(input, 2);
    expect(sums.map((x) => x.arraySync())).toEqual([[2, 4], [6]]);
    expect(map.get(key)?.arraySync()).toEqual([0, 1]);
    expect(said).toBe('as it was');
    expect(same).toBe(key);
    expect(fast.graphs().length).toBe(2); // one for each number
    expect([...(fast.graphs()[0]?.inputs.keys() ?? [])]).toEqual(['0/list/0', '0/list/1', '0/map/0']);
  });

  it('makes results that are the caller’s: copies of inputs, weights and of each other', () => {
    const model = tower();
    const w = weightAt(model, 'second/bias');
    w.read();
    const run = (x: Tensor1D) => {
      const y = relu(x);
      return { x, y, again: y, w: w.as([2]), constant: tensor1d([1]) };
    };
    const fast = compile(run);
    const x = tensor1d([1, -1]);
    const { numTensors } = memory();
    for (let i = 0; i < 2; i++) {
      const made = fast(x);
      expect(new Set(Object.values(made)).size).toBe(5);
      dispose(made);
    }
    expect(x.arraySync()).toEqual([1, -1]);
    expect(w.read().isDisposed).toBe(false);
    fast.dispose();
    expect(memory().numTensors).toBe(numTensors);
  });

  it('keeps what the function keeps, and leaves the rest to the scope', () => {
    const fast = compile((x: Tensor) => ({ kept: keep(relu(x)), free: square(x) }));
    const x = tensor1d([2, -3]);
    for (let i = 0; i < 2; i++) {
      const made = tidy(() => [fast(x)])[0];
      expect(made?.kept.isDisposed).toBe(false);
      const inside: { kept?: Tensor; free?: Tensor } = {};
      tidy(() => {
        Object.assign(inside, fast(x));
      });
      expect(inside.kept?.arraySync()).toEqual([2, 0]);
      expect(inside.free?.isDisposed).toBe(true);
      dispose([made?.kept ?? x.clone(), inside.kept ?? x.clone()]);
    }
  });

  it('runs a whole training step: weights, slots and statistics in maps, what the loss does not reach', () => {
    const stem = conv({ filters: 3, kernel: 3, norm: {}, activation: 'swish' });
    const idle = conv({ filters: 2 });
    const net = block({ stem, idle }, (x: Tensor4D, pass) => {
      const y = stem(x, pass);
      idle(x, pass);
      const n = y.shape[1] * y.shape[2];
      return { boxes: reshape(y, [y.shape[0], n, 3]), logits: reshape(y, [y.shape[0], n, 3]) } as never;
    });
    settle(net, 2);
    net(mapOf([2, 4, 4, 2]));
    const optimizer = sgd({ momentum: 0.9 });
    const step = trainStep({
      model: net,
      optimizer,
      clipNorm: 1,
      loss: ({ boxes }, target: Tensor) => ({ total: sum(square(sub(boxes, target))) as Scalar }),
    });
    const fast = compile(step, { root: net });
    const trained = [...weights(net).values()].filter(({ trainable }) => trainable);
    let slots = new Map(trained.map((weight) => [weight, firstSlots(optimizer, weight.shape ?? [])]));
    const learningRate = scalar(0.1);
    for (const seed of [1, 2, 3]) {
      const inputs = {
        weights: new Map(trained.map((weight) => [weight, weight.read()])),
        slots,
        images: mapOf([2, 4, 4, 2], seed),
        targets: fill([2, 16, 3], 0.5),
        learningRate,
      };
      const [wanted, made] = [step(inputs), fast(inputs)];
      expect(made.unreached).toEqual(wanted.unreached);
      expect(made.unreached.length).toBe(2);
      expect(distance(wanted.loss.total, made.loss.total)).toBeLessThan(1e-5);
      expect([...made.weights.keys()]).toEqual([...wanted.weights.keys()]);
      for (const [weight, value] of [...wanted.weights, ...wanted.statistics]) {
        const own = made.weights.get(weight) ?? made.statistics.get(weight);
        expect(own && distance(value, own), weight.place).toBeLessThan(1e-5);
      }
      for (const [weight, value] of [...made.weights, ...made.statistics]) weight.write(value);
      slots = new Map([...slots, ...made.slots]);
    }
    expect(fast.graphs().length).toBe(1);
    fast.dispose();
  });

  it('reads no number twice the same where a random one is an input', () => {
    const fast = compile((x: Tensor) => add(x, randomUniform([2], 0, 1, 'float32', 1)));
    const x = tensor1d([0, 0]);
    expect(fast(x).arraySync()).toEqual(fast(x).arraySync()); // drawn inside: a constant
  });

  it('runs the function itself where a gradient is taken, and where it is traced', () => {
    const model = tower();
    const fast = compile((x: Tensor4D) => model(x), { root: model });
    const x = mapOf([1, 4, 4, 3]);
    fast(x);
    const slope = (run: (x: Tensor4D) => Tensor) => grad((y: Tensor) => sum(run(y as Tensor4D)))(x);
    expect(slope(fast).arraySync()).toEqual(slope(model).arraySync());
    expect(trace(fast, [1, 4, 4, 3]).nodes.map(({ op }) => op)).toContain('PyramidionBatchNormStored');
    const outer = compile((y: Tensor4D) => grad((z: Tensor) => sum(model(z as Tensor4D)))(y));
    expect(distance(slope(model), outer(x))).toBeLessThan(1e-5);
  });

  it('forgets the plans that were used longest ago when they hold too many bytes', () => {
    const model = tower();
    const fast = compile(model, { maxBytes: 40_000 });
    for (const side of [4, 5, 6, 7, 8, 4]) fast(mapOf([1, side, side, 3]));
    const sides = fast.graphs().map(({ inputs }) => inputs.get('input')?.shape[1]);
    expect(sides.at(-1)).toBe(4);
    expect(sides.length).toBeLessThan(5); // a plan of this model holds some 15 kB
    const single = compile(model, { maxBytes: 0 });
    for (const side of [4, 5]) expect(single(mapOf([1, side, side, 3])).shape[1]).toBe(side);
    expect(single.graphs().length).toBe(1);
  });

  it('runs composite ops whole where the backend has a kernel, as their body elsewhere', () => {
    const fast = compile((x: Tensor) => swish(square(x)));
    fast(tensor1d([1]));
    const ops = fast.graphs()[0]?.nodes.map(({ op }) => op);
    expect(ops).toEqual(backend === 'wasm' ? ['Square', 'PyramidionSwish'] : ['Square', 'Sigmoid', 'Multiply']);
  });
});

describe('compile', () => {
  beforeAll(async () => {
    await use('cpu');
  });

  it('says where numbers are read: the block, and the line', () => {
    const reader = block({}, (x: Tensor4D) => mul(x, x.dataSync()[0] ?? 0));
    const stem = block({ reader }, (x: Tensor4D) => reader(x));
    const fast = compile(block({ stem }, (x: Tensor4D) => stem(x)));
    expect(() => fast(mapOf([1, 2, 2, 1]))).toThrow(
      /^compile: stem\/reader: the numbers of a tensor .* are read.*\(at .*compile\.test\.ts:\d+:\d+\)$/s,
    );
    const where = compile((x: Tensor) => topk(x, x.arraySync() as number));
    expect(() => where(scalar(1))).toThrow(/compile\.test\.ts/);
  });

  it('refuses what it cannot tell apart or that is not there yet', () => {
    const fast = compile((x: unknown) => x as Tensor);
    expect(() => fast({ x: new Float32Array(1) })).toThrow('compile: the argument 0/x is a Float32Array');
    expect(() => fast({ pass: { update: () => {} } })).toThrow('the argument 0/pass/update is a function');
    const slow = compile(async (x: Tensor) => x);
    expect(() => slow(scalar(1))).toThrow('must be synchronous');
    const outside = tensor1d([1]);
    const uses = compile((x: Tensor) => add(x, outside));
    uses(scalar(1));
    outside.dispose();
    expect(() => uses(scalar(1))).toThrow('the tensor of shape [1] that the function uses from outside');
  });

  it('has the type of the function, and its parts', () => {
    const model = ladder.fpn(small([128, 128]));
    const fast = compile(model);
    expectTypeOf(fast).toExtend<typeof model>();
    expect(fast.anchors).toBe(model.anchors);
    expect(weights(fast).size).toBe(weights(model).size);
    const f = compile((x: Tensor2D, by: number) => mul(x, by));
    expectTypeOf(f).toBeCallableWith(null as never as Tensor2D, 2);
  });

  it('plans for each backend', async () => {
    const fast = compile((x: Tensor) => swish(x));
    const wanted = fast(tensor1d([1, 2])).arraySync();
    await setBackend('wasm');
    expect(fast(tensor1d([1, 2])).arraySync()).toEqual([
      expect.closeTo((wanted as number[])[0] ?? 0),
      expect.closeTo((wanted as number[])[1] ?? 0),
    ]);
    await setBackend('cpu');
    expect(fast.graphs().length).toBe(2);
  });
});

describe('compiled detectors', () => {
  beforeAll(async () => {
    await use('wasm');
  });

  it.each(Object.keys(ladder) as (keyof typeof ladder)[])('give the predictions of %s', (name) => {
    const model = ladder[name](small([128, 128]));
    const x = tidy(() => mul(add(mapOf([1, 128, 128, 3]), 1), 127.5)) as Tensor4D;
    model(x);
    scatter(model);
    const fast = compile(model);
    const [wanted, made] = [model(x), fast(x)];
    for (const end of ['boxes', 'logits'] as const) expect(distance(wanted[end], made[end])).toBeLessThan(1e-5);
    const [graph] = fast.graphs();
    const ops = graph?.nodes.map(({ op }) => op) ?? [];
    expect(ops).not.toContain('PyramidionBatchNormStored');
    const { numBytes } = memory();
    const peak = peakOf(() => dispose({ ...fast(x) }));
    expect(peak - numBytes + x.size * 4).toBe(graph && memoryOf(graph).peakBytes);
    expect(graph && formatGraph(graph).split('\n').length).toBe(1 + ops.length + 2);
    expect(graph?.nodes.flatMap(inputsOf).every(({ name: value }) => value !== '')).toBe(true);
    dispose([{ ...wanted }, { ...made }, x]);
    fast.dispose();
  });
});

/** How many kernels run. */
function countKernels(run: () => unknown): number {
  const own = engine() as object as { runKernel: (...args: never[]) => unknown };
  const { runKernel } = own;
  let kernels = 0;
  own.runKernel = (...args) => {
    kernels++;
    return runKernel.apply(own, args);
  };
  try {
    run();
  } finally {
    Reflect.deleteProperty(own, 'runKernel');
  }
  return kernels;
}
