import {
  add,
  dispose,
  matMul,
  relu,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conv } from '../../src/block/conv.ts';
import { bind } from '../../src/core/bind.ts';
import { type Block, block, weights } from '../../src/core/block.ts';
import type { Weight } from '../../src/core/weight.ts';
import { weight } from '../../src/core/weight.ts';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import { compile } from '../../src/trace/compile.ts';
import { simplify } from '../../src/trace/optimize.ts';
import { trace } from '../../src/trace/trace.ts';
import { use } from '../ops/backends.ts';
import { distance, mapOf } from '../trace/numbers.ts';
import { filled } from './filled.ts';

beforeAll(() => use('cpu'));

/** A 3x3 and a 1x1 convolution with batch norms: folded, then packed. */
function tower(): Block<Tensor4D, Tensor4D> {
  const first = conv({ filters: 12, kernel: 3, norm: {}, activation: 'swish' });
  const second = conv({ filters: 5, norm: {} });
  const model = block({ first, second }, (x: Tensor4D) => second(first(x)));
  model(mapOf([1, 4, 4, 3])).dispose();
  return filled(model);
}
const weightAt = (model: Parameters<typeof weights>[0], place: string): Weight => {
  const found = weights(model).get(place);
  if (found === undefined) throw new Error(`no weight at ${place}`);
  return found;
};

describe('weights in an engine', () => {
  let engine: WasmEngine;
  let model: ReturnType<typeof tower>;
  beforeEach(async () => {
    engine = await wasmEngine({ threads: 1 });
    model = tower();
  });
  const used = () => engine.memory().used;
  const x = () => mapOf([1, 9, 7, 3]);
  const asPlain = (made: Tensor, given = x()) => expect(distance(model(given as Tensor4D), made)).toBeLessThan(1e-5);

  it.each([
    'first/kernel',
    'first/norm/gamma',
    'first/norm/variance',
    'second/kernel',
    'second/norm/beta',
    'second/norm/mean',
  ])('are made into folded and packed copies again when %s was written', (place) => {
    const fast = compile(model, { target: engine });
    const before = fast(x());
    const moved = weightAt(model, place);
    moved.write(tidy(() => add(moved.read(), 0.25)));
    const after = fast(x());
    expect(distance(before, after)).toBeGreaterThan(1e-3);
    asPlain(after);
  });

  it('are made again when a weight adopts a tensor, and when an optimizer moves its variable', () => {
    const fast = compile(model, { target: engine });
    asPlain(fast(x()));
    const kernel = weightAt(model, 'second/kernel');
    kernel.adopt(tidy(() => add(kernel.read(), 0.5)));
    asPlain(fast(x()));
    const variable = kernel.asVariable();
    asPlain(fast(x()));
    variable.assign(tidy(() => add(variable, 0.5)));
    asPlain(fast(x()));
  });

  it('are bound ones inside of a binding, and the own ones afterwards', () => {
    const fast = compile(model, { target: engine });
    const own = fast(x());
    const kernel = weightAt(model, 'first/kernel');
    const other = tidy(() => add(kernel.read(), 0.25));
    const bound = bind(new Map([[kernel, other]]), () => fast(x()));
    expect(
      distance(
        bind(new Map([[kernel, other]]), () => model(x())),
        bound,
      ),
    ).toBeLessThan(1e-5);
    expect(distance(own, bound)).toBeGreaterThan(1e-3);
    expect(fast(x()).dataSync()).toEqual(own.dataSync());
  });

  it('may be results of the engine itself, which it copies where they are', () => {
    const fast = compile(model, { target: engine });
    asPlain(fast(x()));
    const kernel = weightAt(model, 'first/kernel');
    const halve = compile((of: Tensor4D) => tidy(() => add(of, 0.125)), { target: engine });
    kernel.adopt(halve(kernel.as([3, 3, 3, 12])));
    asPlain(fast(x()));
  });

  it('are there once for all plans', () => {
    const fast = compile(model, { target: engine });
    dispose(fast(x()));
    const one = used();
    const other = compile((of: Tensor4D) => model(of), { target: engine });
    dispose(other(x()));
    const ownOf = (shape: readonly [number, number, number, number]) =>
      engine.prepare(simplify(trace(model, shape))).planned.own;
    const two = one + ownOf([1, 9, 7, 3]);
    expect(used()).toBe(two);
    dispose(other(mapOf([1, 4, 4, 3]))); // needs a smaller arena
    expect(used()).toBe(two + ownOf([1, 4, 4, 3]));
  });

  it('stay where another plan needs them, and are freed with the last', () => {
    const [first, second] = [compile(model, { target: engine }), compile(model, { target: engine })];
    dispose([first(x()), second(x())]);
    first.dispose();
    asPlain(second(x()));
    second.dispose();
    const { arena } = engine.prepare(simplify(trace(model, [1, 9, 7, 3]))).planned;
    expect(used()).toBe(arena);
    asPlain(second(x())); // it may be called again
    second.dispose();
    expect(used()).toBe(arena);
  });

  it('take as many bytes as were planned, and give all of them back', () => {
    const prepared = engine.prepare(simplify(trace(model, [1, 9, 7, 3])));
    expect(used()).toBe(0); // nothing is taken before the first run
    const { arena, weights: kept, own } = prepared.planned;
    const fast = compile(model, { target: engine });
    const result = fast(x());
    expect(used()).toBe(arena + kept + own + 9 * 7 * 5 * 4 + ((64 - ((9 * 7 * 5 * 4) % 64)) % 64)); // and the result
    dispose(result);
    expect(used()).toBe(arena + kept + own);
    fast.dispose();
    expect(used()).toBe(arena);
  });

  it('that were disposed are named', () => {
    const fast = compile(model, { target: engine });
    dispose(fast(x()));
    weightAt(model, 'first/kernel').dispose();
    expect(() => fast(x())).toThrow('was disposed; make the model again');
  });

  it('do not depend on what else was compiled between', () => {
    const fast = compile(model, { target: engine });
    const small = fast(mapOf([1, 4, 4, 3])).dataSync();
    dispose(fast(mapOf([2, 40, 41, 3]))); // moves the arena
    expect(fast(mapOf([1, 4, 4, 3])).dataSync()).toEqual(small);
  });
});

describe('plans', () => {
  const linear = (kernel: Tensor2D) => (x: Tensor2D) => tidy(() => relu(matMul(x, kernel)));

  it('are dropped, those that were used longest ago, where they keep more than maxBytes', async () => {
    const engine = await wasmEngine({ threads: 1 });
    const fast = compile(linear(tensor2d([1, -2, 3, 4], [2, 2])), { target: engine, maxBytes: 0 });
    const [a, b] = [tensor2d([1, 2], [1, 2]), tensor2d([1, 2, 3, 4], [2, 2])];
    dispose(fast(a));
    const one = engine.memory().used;
    dispose(fast(b));
    expect(fast.graphs().map(({ inputs }) => [...inputs.values()][0]?.shape)).toEqual([[2, 2]]);
    expect(engine.memory().used).toBeLessThanOrEqual(one + 64); // its arena is larger
    expect([...fast(a).dataSync()]).toEqual([7, 6]);
  });

  it('of one constant and another one of the same shape are two', async () => {
    const engine = await wasmEngine({ threads: 1 });
    const x = tensor2d([1, 2], [1, 2]);
    const [one, other] = [
      compile(linear(tensor2d([1, 0, 0, 1], [2, 2])), { target: engine }),
      compile(linear(tensor2d([0, 1, 1, 0], [2, 2])), { target: engine }),
    ];
    expect([...one(x).dataSync()]).toEqual([1, 2]);
    expect([...other(x).dataSync()]).toEqual([2, 1]);
    expect([...one(x).dataSync()]).toEqual([1, 2]);
  });

  it('give a weight itself, an input itself, and a constant', async () => {
    const engine = await wasmEngine({ threads: 1 });
    const own = weight({ initial: () => Float32Array.of(1, 2, 3) });
    const scale = own.as([3]);
    const given = tensor([5, 6]);
    const fn = block({ own }, (x: Tensor) => ({ x, weight: own.as([3]), constant: scale, twice: [x, x] }));
    const made = compile(fn, { target: engine })(given);
    expect([...made.x.dataSync()]).toEqual([5, 6]);
    expect([...made.weight.dataSync()]).toEqual([1, 2, 3]);
    expect([...made.constant.dataSync()]).toEqual([1, 2, 3]);
    expect(made.twice.map((t) => [...t.dataSync()])).toEqual([
      [5, 6],
      [5, 6],
    ]);
    dispose(made.twice);
    expect([...given.dataSync()]).toEqual([5, 6]);
  });

  it('take maps with no image', async () => {
    const engine = await wasmEngine({ threads: 1 });
    const fast = compile(linear(tensor2d([1, -2, 3, 4], [2, 2])), { target: engine });
    const made = fast(tensor2d([], [0, 2]));
    expect(made.shape).toEqual([0, 2]);
    expect(made.dataSync()).toHaveLength(0);
  });
});
