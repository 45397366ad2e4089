import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  type DataType,
  engine,
  env,
  grad,
  image,
  keep,
  memory,
  moments,
  mul,
  profile,
  relu,
  scalar,
  setBackend,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  variable,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { efficientNetB0 } from '../../src/backbone/efficientNet.ts';
import { conv } from '../../src/block/conv.ts';
import { mbConv } from '../../src/block/mbConv.ts';
import { type Block, block, weights } from '../../src/core/block.ts';
import { count } from '../../src/core/model.ts';
import { trainingPass } from '../../src/core/pass.ts';
import { abstractly, complete } from '../../src/tfjs/abstract.ts';

const label = 'test';
const run = <T>(fn: (x: Tensor) => T, shape: readonly number[] = [2], dtype: DataType = 'float32'): T =>
  abstractly({ label }, ({ placeholder }) => fn(placeholder(shape, dtype)));

/** Private fields that a run swaps. */
const engineState = () => {
  const { backendName, backendInstance } = engine() as unknown as { backendName: string; backendInstance: object };
  return { backendName, backendInstance, own: Object.keys(engine()), debug: env().getBool('DEBUG') };
};

describe('complete', () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  it('gives the shape of each map and fixes that of each weight, and makes no numbers', () => {
    const before = memory();
    const backbone = efficientNetB0();
    const maps = complete(backbone, [2, 224, 224, 3]);
    expectTypeOf(maps.C3).toEqualTypeOf<readonly number[]>();
    expect(maps).toEqual({
      C1: [2, 112, 112, 16], // EfficientNet, table 1
      C2: [2, 56, 56, 24],
      C3: [2, 28, 28, 40],
      C4: [2, 14, 14, 112],
      C5: [2, 7, 7, 320],
    });
    // 5,288,548 of B0 without its classifier's 1000 * 1280 + 1000 and last convolution's 320 * 1280 + 2 * 1280
    expect(count(backbone)).toEqual({ parameters: 5288548 - 1281000 - 412160, statistics: 42016 - 2 * 1280 });
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numBytes).toBe(before.numBytes);
  });

  it('takes a training pass, whose kept updates do not stay', () => {
    const before = memory().numTensors;
    const pass = trainingPass();
    expect(complete(mbConv({ filters: 8, stride: 2 }), [1, 9, 7, 4], { pass })).toEqual([1, 5, 4, 8]);
    expect(pass.updates.size).toBe(6); // mean and variance of three norms
    expect(memory().numTensors).toBe(before);
  });

  it('names the block that does not fit its input, and keeps the kind of error', () => {
    const narrow = conv({ filters: 4 });
    const model = block({ stem: conv({ filters: 3 }), body: [narrow] }, (x: Tensor4D) => narrow(x));
    complete(narrow, [1, 8, 8, 2]);
    const wrong = () => complete(model, [1, 8, 8, 5], { label: 'detector' });
    expect(wrong).toThrow(RangeError);
    expect(wrong).toThrow('detector: body/0: a weight: is [1,1,2,4] but this input asks for [1,1,5,4]');
  });
});

describe('a run without numbers', () => {
  it('leaves tfjs as it was, after an error too', () => {
    const before = engineState();
    expect(run((x) => add(x, 1).shape)).toEqual([2]);
    expect(engineState()).toEqual(before);
    expect(() =>
      run(() => {
        throw new RangeError('no');
      }),
    ).toThrow(new RangeError('test: no'));
    expect(engineState()).toEqual(before);
    expect(before.own).not.toContain('runKernel');
    expect(run((x) => mul(x, x).shape)).toEqual([2]); // and can be run again
  });

  it('leaves errors of other kinds as they are', () => {
    class Abort extends Error {}
    const abort = new Abort('stop');
    expect(() =>
      run(() => {
        throw abort;
      }),
    ).toThrow(abort);
  });

  it('does not move tensors that exist already', () => {
    const outside = tensor1d([1, 2]);
    const before = memory();
    expect(run((x) => add(x, outside).shape)).toEqual([2]);
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numBytes).toBe(before.numBytes);
    expect(outside.arraySync()).toEqual([1, 2]);
    outside.dispose();
  });

  it('disposes all that was made, kept or a variable, and no tensor of outside', () => {
    const outside = tensor1d([1]);
    const before = memory().numTensors;
    const [kept, made] = run((x) => [keep(relu(x)), variable(sum(x), true, 'abstract')] as const);
    expect([kept.isDisposed, made.isDisposed, outside.isDisposed]).toEqual([true, true, false]);
    expect(engine().registeredVariables.abstract).toBeUndefined();
    expect(memory().numTensors).toBe(before);
    outside.dispose();
  });

  it('reads what depends on constants alone, with the backend of outside', () => {
    const outside = tensor1d([10, 20]);
    const before = memory().numTensors;
    const read = run((x) => {
      const constants = moments(add(tensor1d([1, 3]), outside)).mean; // (1 + 10 + 3 + 20) / 2
      const later = sub(x, constants);
      return [constants.arraySync(), scalar(4).arraySync(), later.shape];
    });
    expect(read).toEqual([17, 4, [2]]);
    expect(memory().numTensors).toBe(before);
    outside.dispose();
  });

  it('reads constants inside of a gradient, which it leaves alone', () => {
    const before = memory().numTensors;
    const slope = grad((x: Tensor) => {
      const [two = 0] = square(sqrt(tensor1d([2]))).dataSync();
      return mul(x, Math.round(two));
    });
    expect(run((x) => slope(x).shape)).toEqual([2]);
    expect(memory().numTensors).toBe(before);
  });

  it('refuses to read what depends on an input or a weight, naming the block', () => {
    const reader: Block = block({}, (x: Tensor4D) => {
      x.dataSync();
      return x;
    });
    const model = block({ reader }, (x: Tensor4D) => reader(relu(x)));
    expect(() => complete(model, [1, 2, 2, 1])).toThrow(
      'complete: reader: the numbers of a tensor of shape [1,2,2,1] are read, but they depend on an input or a weight',
    );
  });

  it('refuses a kernel whose shapes depend on numbers, naming it and the block', () => {
    const nms: Block<Tensor2D, Tensor1D> = block({}, (boxes: Tensor2D) =>
      image.nonMaxSuppression(boxes, tensor1d([1, 1]), 5),
    );
    const model = block({ nms }, (boxes: Tensor2D) => nms(boxes));
    expect(() => complete(model, [2, 4])).toThrow(
      'complete: nms: there is no rule for the shapes of the kernel NonMaxSuppressionV3, which may depend on numbers; keep it out',
    );
  });

  it('refuses to be nested and to wait', () => {
    expect(() => run(() => run((x) => x.shape))).toThrow('test: shapes are being computed already; call it outside');
    expect(() => run(async () => 1)).toThrow(TypeError);
  });

  it('runs in debug mode and under a profiler, which read every result', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    env().set('DEBUG', true);
    env().set('IS_TEST', true); // tfjs looks for leaks of each kernel
    try {
      expect(run((x) => relu(add(x, 1)).shape)).toEqual([2]);
      expect(env().getBool('DEBUG')).toBe(true);
    } finally {
      env().set('DEBUG', false);
      env().set('IS_TEST', false);
      warn.mockRestore();
    }
    const { kernels } = await profile(() => {
      run((x) => relu(x).shape);
      return relu(scalar(1));
    });
    expect(kernels.map(({ name }) => name)).toEqual(['Relu']); // of outside; and it goes on afterwards
  });

  it('goes on while a backend is being started', () => {
    const state = engine() as unknown as { pendingBackendInit: unknown };
    const pending = Promise.resolve(true);
    state.pendingBackendInit = pending;
    try {
      expect(run((x) => relu(x).shape)).toEqual([2]);
      expect(state.pendingBackendInit).toBe(pending);
    } finally {
      state.pendingBackendInit = undefined;
    }
  });

  it('serves another copy of the package, and is served by it', async () => {
    const warn = vi.spyOn(console, 'warn');
    const model = mbConv({ filters: 8 });
    const wanted = complete(model, [1, 8, 8, 4]);
    vi.resetModules();
    const copy = await import('../../src/tfjs/abstract.ts');
    const copied = await import('../../src/block/mbConv.ts');
    expect(copy.complete).not.toBe(complete);
    expect(copy.complete(copied.mbConv({ filters: 8 }), [1, 8, 8, 4])).toEqual(wanted);
    expect(copy.complete(model, [1, 8, 8, 4])).toEqual(wanted);
    expect(complete(copied.mbConv({ filters: 8 }), [1, 8, 8, 4])).toEqual(wanted);
    expect(() => run(() => copy.complete(model, [1, 8, 8, 4]))).toThrow('already');
    expect(warn).not.toHaveBeenCalled(); // tfjs warns of a kernel that is registered twice
    expect([...weights(model).values()].every(({ version }) => version === 0)).toBe(true);
  });
});
