import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { PbfReader } from 'pbf';
import { beforeAll, describe, expect, it } from 'vitest';
import { ladder, small } from '../../examples/ladder.ts';
import { block } from '../../src/core/block.ts';
import { version } from '../../src/core/version.ts';
import { float16 } from '../../src/export/float16.ts';
import { graphModelFiles } from '../../src/export/graphModelFiles.ts';
import { toGraphModel } from '../../src/export/toGraphModel.ts';
import { toOnnx } from '../../src/export/toOnnx.ts';
import { saveModel } from '../../src/node/saveModel.ts';
import { difference, drawn, stirred } from './onnx.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Fields 1, 2, 3, 8 and 14 of an ONNX model, with the names of inputs and outputs. @see onnx.proto */
function headOf(bytes: Uint8Array) {
  const texts: string[] = [];
  const entries: Record<string, string> = {};
  const head = { irVersion: 0, opset: 0, producer: texts, metadata: entries };
  new PbfReader(bytes).readFields((tag, to, pbf) => {
    if (tag === 1) to.irVersion = pbf.readVarint();
    if (tag === 2 || tag === 3) to.producer.push(pbf.readString());
    if (tag === 8)
      pbf.readMessage((field, { opset }, inner) => {
        if (field === 2) to.opset = inner.readVarint();
        return opset;
      }, to);
    if (tag === 14) {
      const pair = pbf.readMessage<string[]>((_, list, inner) => void list.push(inner.readString()), []);
      to.metadata[pair[0] ?? ''] = pair[1] ?? '';
    }
  }, head);
  return head;
}

describe('an ONNX file', () => {
  it('says who made it, in which format, and what it detects', async () => {
    const model = ladder.normalizedWide(small([64, 96]));
    const bytes = toOnnx(model, [1, 64, 96, 3], { layout: 'NCHW', metadata: { licence: 'Apache-2.0' } });
    expect(headOf(bytes)).toEqual({
      irVersion: 8, // of ONNX 1.13, as opset 18
      opset: 18,
      producer: ['pyramidion', version],
      metadata: { labels: '["person"]', inputSize: '[64,96]', layout: 'NCHW', licence: 'Apache-2.0' },
    });
    const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
    expect(JSON.parse(text).version).toBe(version);
  });
  it('is the same each time', () => {
    const model = ladder.normalizedWide(small([64, 64]));
    expect(toOnnx(model, [1, 64, 64, 3])).toEqual(toOnnx(model, [1, 64, 64, 3]));
  });
  it('names its ends by their paths', () => {
    const bytes = toOnnx(({ a }: { a: tf.Tensor }) => ({ maps: { P3: tf.relu(a) }, b: a }), { a: [1, 3] });
    const text = new TextDecoder('latin1').decode(bytes);
    for (const name of ['maps/P3', 'b', 'N']) expect(text).toContain(name);
  });
  it('leaves no tensor behind, and reads weights that were never read', () => {
    const model = ladder.fpn(small([128, 128]));
    toOnnx(model, [1, 128, 128, 3]);
    const before = tf.memory().numTensors;
    toOnnx(model, [1, 128, 128, 3]);
    toGraphModel(model, [1, 128, 128, 3]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('what cannot be exported', () => {
  const atan2 = (x: tf.Tensor) => tf.atan2(x, 2);
  const relu = (x: tf.Tensor) => tf.relu(x);
  it('is named with kernel and way round', () => {
    expect(() => toOnnx(atan2, [1, 3])).toThrow(
      /^toOnnx: Atan2: can't be exported, the target has no such operation; write that step with other ops/,
    );
    const crop = (x: tf.Tensor4D) =>
      tf.image.cropAndResize(x, tf.tensor2d([[0, 0, 1, 1]]), tf.tensor1d([0], 'int32'), [2, 2]);
    expect(() => toOnnx(crop, [1, 4, 4, 3], { batch: 'fixed' })).toThrow(/CropAndResize.*crop before the model/);
  });
  it('is named with its place in the model', () => {
    const inner = block({}, atan2);
    const model = block({ neck: { P4: inner } }, (x: tf.Tensor) => inner(x));
    expect(() => toOnnx(model, [1, 3])).toThrow(/^toOnnx: neck\/P4: Atan2: can't be exported/);
  });
  it('says which option is wrong', () => {
    expect(() => toOnnx(relu, [1, 3], { layout: 'NCWH' as 'NCHW' })).toThrow(/layout is "NCWH"; it must be 'NHWC' or/);
    expect(() => toOnnx(relu, [1, 3], { batch: 'any' as 'free' })).toThrow(/toOnnx: batch is "any"; it must be 'free'/);
    expect(() => toGraphModel(relu, [1, 3], { weights: 'int8' as 'float16' })).toThrow(/weights is "int8"; it must be/);
    expect(() => graphModelFiles(toGraphModel(relu, [1, 3]), { shardBytes: 0 })).toThrow(/shardBytes is 0/);
    expect(() => toOnnx((x: { a: tf.Tensor }) => x, { a: [1, 3] })).toThrow(/a is an input and an output/);
  });
  it('tells where the batch cannot be free, and that it can be fixed', () => {
    const part = (x: tf.Tensor) => tf.slice(x, [0, 0], [Math.max(1, (x.shape[0] ?? 1) - 1), 3]);
    expect(() => toOnnx(part, [2, 3])).toThrow(/Slice: can't be exported, .*batch.*; export with batch: 'fixed'/);
    expect(toOnnx(part, [2, 3], { batch: 'fixed' }).length).toBeGreaterThan(0);
    expect(() => toOnnx(relu, [])).toThrow(/no input has a batch/);
  });
});

describe('the files of a graph model', () => {
  it('hold all weights in shards of the size asked for', async () => {
    const model = stirred(ladder.normalizedWide(small([64, 64])));
    const artifacts = toGraphModel(model, [1, 64, 64, 3]);
    const files = graphModelFiles(artifacts, { shardBytes: 100_000 });
    const shards = Math.ceil(artifacts.weightData.byteLength / 100_000);
    expect([...files.keys()].at(0)).toBe(`group1-shard1of${shards}.bin`);
    expect([...files.keys()].at(-1)).toBe('model.json');
    expect(files.size).toBe(shards + 1);

    const folder = await mkdtemp(join(tmpdir(), 'graph-model-'));
    try {
      await saveModel(join(folder, 'new'), files);
      expect((await readdir(join(folder, 'new'))).sort()).toEqual([...files.keys()].sort());
      const handler = tf.io.fromMemory(await artifactsIn(join(folder, 'new')));
      const loaded = await loadGraphModel(handler);
      const image = tf.mul(tf.add(drawn([2, 64, 64, 3]), 1), 127.5) as tf.Tensor4D;
      const made = loaded.predict(image) as { [name: string]: tf.Tensor };
      const { boxes, logits } = model(image);
      expect(difference(boxes.dataSync(), made.boxes?.dataSync() ?? [])).toBeLessThan(1e-4);
      expect(difference(logits.dataSync(), made.logits?.dataSync() ?? [])).toBeLessThan(1e-4);
      expect(loaded.metadata).toMatchObject({ labels: ['person'], inputSize: [64, 64] });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('of float16 are half as large and load as float32', async () => {
    const model = stirred(ladder.normalizedWide(small([64, 64])));
    const [whole, half] = (['float32', 'float16'] as const).map((weights) =>
      toGraphModel(model, [1, 64, 64, 3], { weights }),
    );
    if (!whole || !half) throw new Error('both are there');
    expect(half.weightData.byteLength).toBeLessThan(0.55 * whole.weightData.byteLength);
    const decoded = tf.io.decodeWeights(half.weightData, half.weightSpecs);
    const exact = tf.io.decodeWeights(whole.weightData, whole.weightSpecs);
    for (const [name, weight] of Object.entries(exact)) {
      expect(decoded[name]?.dtype).toBe(weight.dtype);
      // 11 bits of fraction, rounded to the nearest
      expect(difference(weight.dataSync(), decoded[name]?.dataSync() ?? [])).toBeLessThan(2 ** -11);
    }
    const model16 = await loadGraphModel(tf.io.fromMemory(half));
    const image = tf.mul(tf.add(drawn([1, 64, 64, 3]), 1), 127.5) as tf.Tensor4D;
    const made = model16.predict(image) as { [name: string]: tf.Tensor };
    expect(difference(model(image).boxes.dataSync(), made.boxes?.dataSync() ?? [])).toBeLessThan(0.02);
  });

  it('leave nothing half-written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'graph-model-'));
    try {
      const bad = new Map<string, Uint8Array>([
        ['a.bin', new Uint8Array(3)],
        ['b.bin', null as unknown as Uint8Array], // cannot be written
      ]);
      await expect(saveModel(folder, bad)).rejects.toThrow();
      expect(await readdir(folder)).toEqual([]);
      await expect(saveModel(folder, new Map([['../a', 'x']]))).rejects.toThrow(/"\.\.\/a" is no file name/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** Reads what `saveModel` wrote, as a page does over HTTP. */
async function artifactsIn(folder: string): Promise<tf.io.ModelArtifacts> {
  const { weightsManifest, ...rest } = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
  const [{ paths, weights }] = weightsManifest;
  const shards = await Promise.all(paths.map((path: string) => readFile(join(folder, path))));
  const all = new Uint8Array(Buffer.concat(shards));
  return { ...rest, weightSpecs: weights, weightData: all.buffer };
}

it.each([
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff], // the largest
  [65520, 0x7c00], // rounds to infinity
  [1 / 3, 0x3555],
  [2 ** -14, 0x0400], // the smallest normal one
  [2 ** -24, 0x0001], // the smallest of all
  [2 ** -25, 0x0000], // half of it: to the even one
  [3 * 2 ** -26, 0x0001],
  [1 + 2 ** -11, 0x3c00], // half a step: to the even one
  [1 + 3 * 2 ** -11, 0x3c02],
  [2 ** -14 - 2 ** -25, 0x0400], // rounds up to a normal one
  [Number.POSITIVE_INFINITY, 0x7c00],
])('%d is %d as float16', (number, bits) => {
  expect(float16(Float32Array.of(number))[0]).toBe(bits);
});
