import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import * as node from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { ladder, small } from '../../examples/ladder.ts';
import { conv } from '../../src/block/conv.ts';
import { bind } from '../../src/core/bind.ts';
import { weights } from '../../src/core/block.ts';
import { postprocess } from '../../src/detection/postprocess.ts';
import { onnxRuntime } from '../../src/export/onnxRuntime.ts';
import { loadOrt } from '../../src/export/ortModule.ts';
import { predict } from '../../src/model/predict.ts';
import { compile } from '../../src/trace/compile.ts';
import type { Target } from '../../src/trace/target.ts';
import { difference, drawn, stirred } from './onnx.ts';

/** Relative to the largest number; float32 sums in another order. */
const close = 1e-4;
const oneThread = { intraOpNumThreads: 1, logSeverityLevel: 3 };
web.env.wasm.numThreads = 1;

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const picture = (images: number) => tf.mul<tf.Tensor4D>(tf.add(drawn([images, 64, 64, 3]), 1), 127.5);

describe('a function compiled for ONNX Runtime', () => {
  it.each([
    ['onnxruntime-node', onnxRuntime({ session: oneThread })],
    ['onnxruntime-node, given', onnxRuntime({ ort: node, session: oneThread })],
    ['onnxruntime-web', onnxRuntime({ runtime: 'web', session: oneThread })],
    ['onnxruntime-web, given', onnxRuntime({ ort: web, session: oneThread })],
  ] as const)('detects what it detects on tfjs, %s', { timeout: 30_000 }, async (_, target) => {
    const model = ladder.normalizedWide(small([64, 64]));
    const compiled = compile(model, { target });
    const image = picture(2);
    const { boxes, logits } = await compiled(image);
    const rule = { scoreAbove: 0.4, keep: 20 };
    const expected = await predict(model, image, rule);
    for (const [i, { boxes: wanted, scores }] of expected.entries()) {
      const one = (all: tf.Tensor) => tf.slice(all, [i, 0, 0], [1, -1, -1]).dataSync<'float32'>();
      const found = postprocess({ boxes: one(boxes), logits: one(logits) }, { ...rule, ...model });
      expect(scores.length).toBeGreaterThan(3);
      expect(difference(scores, found.scores)).toBeLessThan(close);
      expect(difference(wanted, found.boxes)).toBeLessThan(close);
    }
    await compiled.dispose();
  });

  it('takes and gives lists, records and maps, and other types', async () => {
    const run = ({ maps, gain }: { maps: Map<string, tf.Tensor>; gain: tf.Tensor }, power: number) => {
      const [a, b] = [...maps.values()];
      if (!a || !b) throw new Error('two maps');
      return {
        sums: [tf.pow(tf.mul(tf.add(a, b), gain), power)],
        more: new Map([['is', tf.greater(a, b)]]),
        same: gain,
      };
    };
    const compiled = compile(run, { target: onnxRuntime({ session: oneThread }) });
    const maps = new Map([
      ['a', tf.tensor1d([1, 2])],
      ['b', tf.tensor1d([3, 1])],
    ]);
    const made = await compiled({ maps, gain: tf.scalar(2) }, 2);
    expect([...(made.sums[0]?.dataSync() ?? [])]).toEqual([64, 36]); // ((1 + 3) * 2)^2, ((2 + 1) * 2)^2
    expect(made.more.get('is')?.dtype).toBe('bool');
    expect([...(made.more.get('is')?.dataSync() ?? [])]).toEqual([0, 1]);
    expect(made.same.dataSync()[0]).toBe(2);
    const cubes = await compiled({ maps, gain: tf.scalar(1) }, 3); // another number, another plan
    expect([...(cubes.sums[0]?.dataSync() ?? [])]).toEqual([64, 27]);
    await compiled.dispose();
  });

  it('sees weights that moved, and weights that are bound', async () => {
    const block = conv({ filters: 2, norm: {} });
    const x = tf.ones<tf.Rank.R4>([1, 2, 2, 3]);
    block(x);
    stirred(block);
    const compiled = compile(block, { target: onnxRuntime({ session: oneThread }) });
    const same = async () => difference(block(x).dataSync(), (await compiled(x)).dataSync());
    const before = (await compiled(x)).dataSync();
    expect(await same()).toBeLessThan(close);
    for (const weight of weights(block).values()) weight.write(tf.mul(weight.read(), 2));
    expect(await same()).toBeLessThan(close);
    expect(difference(before, (await compiled(x)).dataSync())).toBeGreaterThan(0.1);

    const kernel = [...weights(block).values()].find(({ shape }) => shape?.length === 4);
    const other = tf.ones([1, 1, 3, 2]);
    const made: Promise<tf.Tensor>[] = [];
    const wanted = bind(
      (weight) => (weight === kernel ? other : undefined),
      () => {
        made.push(compiled(x));
        return block(x);
      },
    );
    for (const y of await Promise.all(made)) expect(difference(wanted.dataSync(), y.dataSync())).toBeLessThan(close);
    expect(made.length).toBe(1);
    await compiled.dispose();
  });

  it('runs calls that overlap, whose inputs are gone, and leaves no tensor but its results', async () => {
    const compiled = compile((x: tf.Tensor1D) => tf.square(x), { target: onnxRuntime({ session: oneThread }) });
    const before = tf.memory().numTensors;
    const made = await Promise.all(
      [1, 2, 3, 4].map((number) => {
        const x = tf.tensor1d(new Array<number>(1 + (number % 2)).fill(number));
        const later = compiled(x);
        x.dispose();
        return later;
      }),
    );
    expect(made.map((y) => [...y.dataSync()])).toEqual([[1, 1], [4], [9, 9], [16]]);
    tf.dispose(made);
    expect(tf.memory().numTensors - before).toBe(0);
    await compiled.dispose();
    expect((await compiled(tf.tensor1d([5]))).dataSync()[0]).toBe(25); // it plans anew
    await compiled.dispose();
  });

  it('says what ONNX has not, where, and what to do', async () => {
    const run = (x: tf.Tensor1D) => tf.atan2(x, tf.scalar(2));
    const compiled = compile(run, { target: onnxRuntime({ session: oneThread }) });
    await expect(compiled(tf.tensor1d([1]))).rejects.toThrow(
      /toOnnx: Atan2: can't be exported.*write that step with other ops/,
    );
  });
  it('tries again after a target failed, and keeps no more plans than asked for', async () => {
    const log: string[] = [];
    const target: Target = {
      name: 'echo',
      keeps: () => false,
      prepare: async ({ inputs }) => {
        const form = `${[...inputs.values()][0]?.shape}`;
        log.push(`prepare ${form}`);
        if (log.length === 1) throw new Error('not today');
        return { run: async (given) => given, dispose: async () => void log.push(`dispose ${form}`) };
      },
    };
    const compiled = compile((x: tf.Tensor1D) => tf.square(x), { target, plans: 1 });
    await expect(compiled(tf.tensor1d([3]))).rejects.toThrow('not today');
    expect((await compiled(tf.tensor1d([3]))).dataSync()[0]).toBe(3);
    await compiled(tf.tensor1d([3]));
    await compiled(tf.tensor1d([3, 4]));
    await compiled.dispose();
    expect(log).toEqual(['prepare 1', 'prepare 1', 'prepare 2', 'dispose 1', 'dispose 2']);
  });
  it('refuses to be part of a gradient', async () => {
    const compiled = compile((x: tf.Tensor) => tf.square(x), { target: onnxRuntime({ session: oneThread }) });
    const calls: Promise<tf.Tensor>[] = [];
    const later = tf.grad((x) => {
      calls.push(compiled(x));
      return tf.square(x);
    });
    later(tf.scalar(1));
    expect(calls.length).toBe(1);
    await expect(calls[0]).rejects.toThrow(/ONNX Runtime computes elsewhere and later; call the function itself/);
  });
  it('says how to install what is missing', async () => {
    await expect(loadOrt(undefined, 'onnxruntime-none')).rejects.toThrow(
      /onnxruntime-none can't be loaded .* install it: npm install onnxruntime-none, or give the module/s,
    );
  });
  it('refuses another runtime', () => {
    expect(() => onnxRuntime({ runtime: 'deno' as 'node' })).toThrow(/runtime is "deno"; it must be 'node' or 'web'/);
  });
});
