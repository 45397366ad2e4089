import {
  add,
  clone,
  dispose,
  mul,
  relu,
  reverse,
  type Scalar,
  scalar,
  sum,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tidy,
  variable,
} from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import { compile } from '../../src/trace/compile.ts';
import { use } from '../ops/backends.ts';

interface State {
  readonly w: Tensor1D;
  readonly v: Tensor1D;
}
interface Given {
  readonly state: State;
  readonly x: Tensor1D;
}
interface Made {
  readonly state: State;
  readonly loss: Scalar;
}

const numbers = (of: Tensor) => [...of.dataSync()];

describe('what is donated to the engine', () => {
  let engine: WasmEngine;
  beforeEach(async () => {
    await use('wasm');
    engine = await wasmEngine({ threads: 1 });
  });
  const donate = { inputs: ['state'], ifFinite: ['loss'] };
  const plain = ({ state: { w, v }, x }: Given): Made =>
    tidy(() => {
      const loss = sum<Scalar>(mul(w, x));
      const next: Tensor1D = add(mul(v, 0.5), x);
      return { loss, state: { w: add<Tensor1D>(w, next), v: next } };
    });
  const stepOf = (fn: (given: Given) => Made) => compile(fn, { target: engine, donate, onFallback: expect.fail });
  const x = () => tensor1d([1, 2, 3]);
  const begun = (step: (given: Given) => Made) =>
    step({ state: { w: tensor1d([1, 1, 1]), v: tensor1d([2, 4, 6]) }, x: x() }).state;

  it('becomes the result: no byte more is taken, and both tensors have the new numbers', () => {
    const step = stepOf(plain);
    const first = begun(step);
    expect(numbers(first.w)).toEqual([3, 5, 7]); // 1 + 0.5 * 2 + 1 ...
    const before = engine.memory().used;
    const second = step({ state: first, x: x() });
    expect(engine.memory().used).toBe(before + 64); // the loss
    expect(numbers(second.state.v)).toEqual([2, 4, 6]);
    expect(numbers(second.state.w)).toEqual([5, 9, 13]);
    expect(numbers(first.w)).toEqual([5, 9, 13]);
    dispose({ ...first });
    expect(numbers(second.state.w)).toEqual([5, 9, 13]);
    dispose({ ...second.state });
    expect(engine.memory().used).toBe(before + 64 - 128);
  });

  it('stays as it is on the host, and leaves no copy there', () => {
    const step = stepOf(plain);
    const state = { w: tensor1d([1, 1, 1]), v: tensor1d([2, 4, 6]) };
    const made = step({ state, x: x() });
    const used = engine.memory().used;
    dispose({ ...made.state });
    expect(engine.memory().used).toBe(used - 128);
    expect(numbers(state.w)).toEqual([1, 1, 1]);
  });

  it('stays as it is where another tensor has the same numbers', () => {
    const step = stepOf(plain);
    const first = begun(step);
    const shared = variable(first.w); // a clone that an op made is of the op's backend
    const copy = clone(first.v);
    const made = step({ state: first, x: x() });
    expect(numbers(shared)).toEqual([3, 5, 7]);
    expect(numbers(copy)).toEqual([2, 4, 6]);
    expect(numbers(made.state.w)).toEqual([5, 9, 13]);
  });

  it('stays as it is where it was donated before and is still held', () => {
    const step = stepOf(plain);
    const first = begun(step);
    const second = step({ state: first, x: x() }).state; // first and second are one
    const third = step({ state: second, x: x() }).state;
    expect(numbers(second.w)).toEqual([5, 9, 13]);
    expect(numbers(third.w)).toEqual([7, 13, 19]);
  });

  it('stays as it is where what must be finite is not, and the results are there all the same', () => {
    const step = stepOf(plain);
    const first = begun(step);
    const used = engine.memory().used;
    const made = step({ state: first, x: tensor1d([Number.NaN, 2, 3]) });
    expect(numbers(made.loss)).toEqual([Number.NaN]);
    expect(numbers(first.w)).toEqual([3, 5, 7]);
    expect(numbers(made.state.w)).toEqual([Number.NaN, 9, 13]);
    expect(numbers(made.state.v)).toEqual([Number.NaN, 4, 6]);
    dispose({ ...made.state, loss: made.loss });
    expect(engine.memory().used).toBe(used);
    expect(numbers(step({ state: first, x: x() }).state.w)).toEqual([5, 9, 13]);
  });

  it('is read as it was by whatever comes later, and where its places are mixed', () => {
    const mixed = ({ state: { w, v }, x: more }: Given): Made =>
      tidy(() => {
        const next: Tensor1D = add(reverse(w, 0), more);
        return { loss: sum<Scalar>(more), state: { w: next, v: mul<Tensor1D>(add(v, w), next) } };
      });
    const step = stepOf(mixed);
    const state = { w: tensor1d([1, 2, 3]), v: tensor1d([1, 1, 1]) };
    const plainly = mixed({ state: mixed({ state, x: x() }).state, x: x() }).state;
    const fast = step({ state: step({ state, x: x() }).state, x: x() }).state;
    expect(numbers(fast.w)).toEqual(numbers(plainly.w));
    expect(numbers(fast.v)).toEqual(numbers(plainly.v));
  });

  it('may be given back unchanged, or as another one', () => {
    const swap = ({ state: { w, v }, x: more }: Given): Made => ({
      loss: tidy(() => sum<Scalar>(mul(w, more))),
      state: { w: v, v: w },
    });
    const step = stepOf(swap);
    const state = { w: tensor1d([1, 2, 3]), v: tensor1d([4, 5, 6]) };
    const once = step({ state, x: x() }).state;
    const twice = step({ state: once, x: x() }).state;
    expect([numbers(once.w), numbers(once.v)]).toEqual([
      [4, 5, 6],
      [1, 2, 3],
    ]);
    expect([numbers(twice.w), numbers(twice.v)]).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it('is left alone where the function has no result of its name, shape and type', () => {
    const other = ({ state: { w, v }, x: more }: Given) => ({
      loss: tidy(() => scalar(0)),
      state: { w: tidy(() => sum(mul(w, more))), u: tidy(() => relu(v)) },
    });
    const step = compile(other, { target: engine, donate, onFallback: expect.fail });
    const first = begun(stepOf(plain));
    const made = step({ state: first, x: x() });
    expect(numbers(made.state.w)).toEqual([34]); // 3 + 10 + 21
    expect(numbers(first.w)).toEqual([3, 5, 7]);
    expect(numbers(first.v)).toEqual([2, 4, 6]);
  });
});
