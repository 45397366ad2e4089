import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend, type Tensor2D, type Tensor4D, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { resizeToFloat } from '../../src/data/resize.ts';
import { type ClassifyOptions, classify } from '../../src/model/classify.ts';

beforeAll(() => setBackend('cpu'));

/** A classifier of fixed logits that keeps what it saw. */
function stub(logits: readonly number[], inputSize: readonly [number, number] = [4, 4], labels?: readonly string[]) {
  const seen: Float32Array[] = [];
  const run = (images: Tensor4D): Tensor2D => {
    seen.push(Float32Array.from(images.dataSync()));
    return tensor2d([...logits], [1, logits.length]);
  };
  return Object.assign(run, { inputSize, seen, ...(labels ? { labels } : {}) });
}
/** Each pixel its own column and row, in red and green. */
const ramp = (height: number, width: number) => ({
  height,
  width,
  data: Uint8Array.from({ length: 3 * height * width }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % width, Math.floor(pixel / width), 0][i % 3] ?? 0;
  }),
});
const labels = ['cat', 'dog', 'cup'];

describe('classify', () => {
  it('gives the likeliest classes with their names, from the likeliest', async () => {
    const found = await classify(stub([0, Math.log(3), Math.log(4)], [4, 4], labels), ramp(8, 8), { top: 2 });
    expect(found).toEqual([
      { label: 'cup', index: 2, probability: expect.closeTo(4 / 8, 6) },
      { label: 'dog', index: 1, probability: expect.closeTo(3 / 8, 6) },
    ]);
  });
  it('gives no more than there are, nameless without labels, and takes labels that are given', async () => {
    expect((await classify(stub([1, 2, 3]), ramp(8, 8))).map(({ label, index }) => [label, index])).toEqual([
      [undefined, 2],
      [undefined, 1],
      [undefined, 0],
    ]);
    const [first] = await classify(stub([1, 2, 3], [4, 4], ['a', 'b', 'c']), ramp(8, 8), { labels });
    expect(first?.label).toBe('cup');
  });
  it('survives logits whose exponentials would overflow', async () => {
    const [first, second] = await classify(stub([1000, 1000]), ramp(8, 8));
    expect([first?.probability, second?.probability]).toEqual([0.5, 0.5]);
  });
  it('squashes the whole photograph, by half-pixel centres', async () => {
    const model = stub([0], [4, 6]);
    await classify(model, ramp(10, 9), { fit: 'squash', method: 'bilinear' });
    expect(model.seen[0]).toEqual(resizeToFloat(ramp(10, 9), [4, 6], { method: 'bilinear' }));
  });
  it('crops the middle of the undistorted photograph', async () => {
    const model = stub([0], [4, 4]);
    await classify(model, ramp(8, 16), { share: 0.5, method: 'nearest' });
    const rows = [2, 3, 4, 5].flatMap((y) => [6, 7, 8, 9].flatMap((x) => [x, y, 0])); // half of 8 lines; as many columns
    expect([...(model.seen[0] ?? [])]).toEqual(rows);
  });
  it('by default shows seven eighths of the shorter side', async () => {
    const model = stub([0], [7, 7]);
    await classify(model, ramp(16, 24)); // to 8x12: each pixel two; its middle is rows 0 to 6 (of half a pixel, the later one)
    const red = Array.from({ length: 7 }, (_, x) => model.seen[0]?.[3 * x] ?? Number.NaN);
    expect(red).toEqual([3, 4, 5, 6, 7, 8, 9].map((x) => expect.closeTo(2 * x + 0.5, 4))); // between two columns
  });
  it('runs what it is given in the place of the model', async () => {
    const model = stub([1, 0]);
    const [first] = await classify(model, ramp(8, 8), { run: async () => tensor2d([0, 1], [1, 2]) });
    expect([first?.index, model.seen.length]).toEqual([1, 0]);
  });
  it('leaves no tensor behind, also when the model fails', async () => {
    const before = memory().numTensors;
    await classify(stub([1, 2]), ramp(8, 8));
    const failing = Object.assign((): Tensor2D => tensor2d([1, 2], [2, 1]), { inputSize: [4, 4] as const });
    await expect(classify(failing, ramp(8, 8))).rejects.toThrow('[2,1] for one image; it must give [1, classes]');
    expect(memory().numTensors).toBe(before);
  });
  it.each<readonly [ClassifyOptions, RegExp]>([
    [{ top: 0 }, /top is 0/],
    [{ share: 0 }, /share is 0/],
    [{ share: 1.5 }, /share is 1\.5/],
    [{ maxPixels: 0 }, /maxPixels is 0/],
    [{ labels }, /3 labels, but the model has 2 classes/],
  ])('refuses %o', async (options, message) => {
    await expect(classify(stub([1, 2]), ramp(8, 8), options)).rejects.toThrow(message);
  });
  it('names what is no model, no image, no word and no number', async () => {
    // @ts-expect-error no function
    await expect(classify({}, ramp(8, 8))).rejects.toThrow(/no classifier/);
    // @ts-expect-error no image
    await expect(classify(stub([1]), 7)).rejects.toThrow(/classify: 7 is no image/);
    // @ts-expect-error no such fit
    await expect(classify(stub([1]), ramp(8, 8), { fit: 'letterbox' })).rejects.toThrow(/it may be crop, squash/);
    await expect(classify(stub([1, Number.NaN]), ramp(8, 8))).rejects.toThrow(/not finite; look at the weights/);
  });
});
