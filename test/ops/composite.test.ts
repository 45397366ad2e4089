import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  backend,
  engine,
  getGradient,
  getKernel,
  grad,
  grads,
  memory,
  mul,
  ones,
  setBackend,
  square,
  sum,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tidy,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { compositeOp, compositeRules, wholeOps } from '../../src/ops/composite.ts';

const cubeOf = (name: `Pyramidion${string}`) =>
  compositeOp({
    name,
    body: ({ x }: { x: Tensor1D }, { factor }: { factor: number }) => ({ y: mul<Tensor1D>(mul(square(x), x), factor) }),
    shapes: ({ x }) => {
      if (x[0] === 3) throw new RangeError('cube: 3 is refused');
      return { y: x };
    },
    gradient: {
      saves: ['x'],
      of: ({ y: dy }, { x }, { factor }) => ({ x: () => mul(dy, mul(square(x), 3 * factor)) }),
    },
  });

describe('a composite op', () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });
  afterEach(() => {
    for (const name of ['PyramidionCube', 'PyramidionPair']) if (getKernel(name, 'cpu')) unregisterKernel(name, 'cpu');
  });

  it('registers nothing before its first call', () => {
    const cube = cubeOf('PyramidionLateCube');
    expect([getKernel('PyramidionLateCube', 'cpu'), getGradient('PyramidionLateCube')]).toEqual([undefined, undefined]);
    expect(compositeRules().has('PyramidionLateCube')).toBe(false);
    tidy(() => cube({ x: tensor1d([1]) }, { factor: 1 }));
    expect(
      compositeRules()
        .get('PyramidionLateCube')
        ?.shapes({ x: [5] }, { factor: 1 }),
    ).toEqual([[5]]);
  });

  it('is one kernel to whoever watches the engine, and its body runs inside', () => {
    const watched = engine() as object as { runKernelFunc: (call: { kernelName: string }) => unknown };
    const { runKernelFunc } = watched;
    const names: string[] = [];
    watched.runKernelFunc = (call) => {
      names.push(call.kernelName);
      return runKernelFunc.call(watched, call);
    };
    const values = tidy(() => cubeOf('PyramidionCube')({ x: tensor1d([2, -1]) }, { factor: 10 }).y.arraySync());
    watched.runKernelFunc = runKernelFunc;
    expect(values).toEqual([80, -10]); // 10 * 2^3, 10 * (-1)^3
    expect(names).toEqual(['PyramidionCube', 'Square', 'Multiply', 'Multiply']);
  });

  it("has its own gradient, not its body's", () => {
    const cube = cubeOf('PyramidionCube');
    const slope = tidy(() =>
      grad((x: Tensor) => sum(cube({ x: x as Tensor1D }, { factor: 2 }).y))(tensor1d([1, 2])).arraySync(),
    );
    expect(slope).toEqual([6, 24]); // 2 * 3 x^2
  });

  it('keeps what its gradient reads and frees all of it', () => {
    const cube = cubeOf('PyramidionCube');
    const x = tensor1d([1, 2]);
    const before = memory();
    for (let i = 0; i < 3; i++) grad((t: Tensor) => sum(cube({ x: t as Tensor1D }, { factor: 2 }).y))(x).dispose();
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numBytes).toBe(before.numBytes);
    x.dispose();
  });

  it('gives several results by name, some without a gradient', () => {
    const pair = compositeOp({
      name: 'PyramidionPair',
      body: ({ a, b }: { a: Tensor; b: Tensor }) => ({ sum: add(a, b), product: mul(a, b) }),
      shapes: ({ a }) => ({ sum: a, product: a }),
      gradient: {
        saves: ['a', 'product'],
        of: ({ sum: dsum }, { a, product }) => ({ a: () => mul(dsum, product), b: () => mul(dsum, a) }),
      },
    });
    tidy(() => {
      const [a, b] = [tensor1d([2]), tensor1d([5])];
      const made = pair({ a, b }, {});
      expect([made.sum.dataSync()[0], made.product.dataSync()[0]]).toEqual([7, 10]);
      const [da, db] = grads((p: Tensor, q: Tensor) => sum(pair({ a: p, b: q }, {}).sum))([a, b]);
      expect([da?.dataSync()[0], db?.dataSync()[0]]).toEqual([10, 2]); // what was saved under each name
      const ofBoth = grads((p: Tensor, q: Tensor) => sum(pair({ a: p, b: q }, {}).product));
      expect(ofBoth([a, b])[0]?.dataSync()[0]).toBe(0); // the gradient of `sum` is zeros there
    });
  });

  it('runs whole on a backend that says so', () => {
    const current = backend() as object as { [wholeOps]?: unknown };
    const asked: string[] = [];
    current[wholeOps] = (name: string) => {
      asked.push(name);
      return () => ones([2]);
    };
    try {
      const y = tidy(() => cubeOf('PyramidionCube')({ x: tensor1d([5, 5]) }, { factor: 1 }).y.arraySync());
      expect(y).toEqual([1, 1]);
      expect(asked).toEqual(['PyramidionCube']);
    } finally {
      delete current[wholeOps];
    }
  });

  it('lives beside another copy of the package', async () => {
    const first = cubeOf('PyramidionCube');
    vi.resetModules();
    const copy = await import('../../src/ops/composite.ts');
    expect(copy.compositeOp).not.toBe(compositeOp);
    expect(copy.compositeRules()).toBe(compositeRules());
    const second = copy.compositeOp({
      name: 'PyramidionCube',
      body: ({ x }: { x: Tensor1D }, { factor }: { factor: number }) => ({
        y: mul<Tensor1D>(mul(square(x), x), factor),
      }),
      shapes: ({ x }) => ({ y: x }),
      gradient: {
        saves: ['x'],
        of: ({ y: dy }, { x }, { factor }) => ({ x: () => mul(dy, mul(square(x), 3 * factor)) }),
      },
    });
    const slope = tidy(() =>
      grad((x: Tensor) => {
        const y = first({ x: x as Tensor1D }, { factor: 1 }).y;
        return sum(second({ x: y }, { factor: 1 }).y);
      })(tensor1d([1])).arraySync(),
    );
    expect(slope).toEqual([9]); // of (x^3)^3 at 1
  });

  it('refuses shapes by its rule and numbers that are not float32, before any kernel runs', () => {
    const cube = cubeOf('PyramidionCube');
    tidy(() => {
      expect(() => cube({ x: tensor1d([1, 2, 3]) }, { factor: 1 })).toThrow(RangeError);
      expect(() => cube({ x: tensor1d([1, 2], 'int32') }, { factor: 1 })).toThrow('x is int32; it must be float32');
    });
    expect(getKernel('PyramidionCube', 'cpu')).toBeUndefined();
  });
});
