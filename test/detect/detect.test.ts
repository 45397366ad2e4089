import '@tensorflow/tfjs-backend-cpu';
import { memory, type Rank, setBackend, type Tensor4D, tensor, tensor3d, tensor4d, zeros } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { block } from '../../src/core/block.ts';
import { keyedRandom } from '../../src/core/random.ts';
import { evaluationBatches } from '../../src/data/batchEvaluation.ts';
import { detect } from '../../src/detect/detect.ts';
import { readerHere } from '../../src/detect/detectReader.ts';
import { evaluate } from '../../src/train/evaluate.ts';
import { fixed, inputSize, labels, places, plain, stub } from './stub.ts';

beforeAll(() => setBackend('cpu'));
const boxes = (found: readonly { box: readonly number[] }[]) => found.map(({ box }) => box);
const near = (box: readonly number[]) => box.map((x) => expect.closeTo(x, 4));

describe('detect', () => {
  it('gives boxes in pixels of the photograph, letterboxed in the corner, with scores and names', async () => {
    // 80x240 into 40x60: a quarter of the size, so that the input's pixel is four of the photograph's; below y 20 is margin
    const found = await detect(fixed(), plain(80, 240, 9));
    expect(found).toEqual([
      { box: near([16, 24, 80, 48]), score: expect.closeTo(0.9, 5), label: 'person' },
      { box: near([40, 120, 80, 192]), score: expect.closeTo(0.7, 5), label: 'cyclist' }, // to 120, cut at 80
    ]);
  });
  it('gives the same boxes whole where the letterbox is in the middle', async () => {
    const found = await detect(fixed(), plain(80, 240, 9), { fit: { at: 'centre' } }); // 10 pixels of margin above
    expect(boxes(found)).toEqual([near([0, 24, 40, 48]), near([0, 120, 80, 192])]);
  });
  it('gives boxes of a stretched photograph by the scale of each axis', async () => {
    const found = await detect(fixed(), plain(80, 240, 9), { fit: 'stretch' }); // y twice, x four times
    expect(boxes(found)).toEqual([near([8, 24, 40, 48]), near([20, 120, 60, 192])]);
  });
  it('brings boxes back by the sides as they were rounded', async () => {
    // 33x100 -> 19.8x60, drawn as 20x60: y by 33/20
    const [first] = await detect(fixed(), plain(33, 100, 9));
    expect(first?.box).toEqual(near([(4 * 33) / 20, 10, 33, 20]));
  });
  it('shows the model the photograph in 0-255, and the margin in its colour', async () => {
    const seen: number[][] = [];
    const model = stub((pixels) => {
      seen.push([0, 3 * 60 * 19, 3 * 60 * 20, pixels.length - 1].map((i) => Math.round(pixels[i] ?? 0)));
      return places.map(() => [0, 1]);
    });
    await detect(model, plain(80, 240, 200));
    await detect(model, plain(80, 240, 200), { fit: { fill: [1, 2, 3] } });
    expect(seen).toEqual([
      [200, 200, 127, 127],
      [200, 200, 1, 3],
    ]);
  });
  it.each([
    {},
    { at: 'centre' },
    { fit: 'stretch' },
    { round: 'down', fill: [9, 8, 7] },
    { method: 'nearest', at: 'centre' },
  ] as const)('shows it the numbers of an evaluation batch, by %o', async (fit) => {
    const random = keyedRandom('detect');
    for (const [height, width] of [
      [33, 100],
      [91, 47],
      [13, 20],
    ] as const) {
      const image = { height, width, data: Uint8Array.from({ length: 3 * height * width }, () => 256 * random()) };
      const sample = { id: 'x', height, width, objects: [], image: async () => image };
      const batches = evaluationBatches([sample], { ...fit, size: inputSize, batch: 1 });
      const { value: batch } = await batches.next();
      let seen = new Float32Array();
      const model = stub((pixels) => {
        seen = Float32Array.from(pixels);
        return places.map(() => [0, 1]);
      });
      await detect(model, image, { fit });
      const apart = seen.map((x, i) => Math.abs(x - (batch?.images[i] ?? 0)));
      expect(Math.max(...apart)).toBeLessThan(1e-3); // the order of float32 sums
    }
  });
  it('finds what evaluation finds', async () => {
    const image = plain(33, 100, 77);
    const sample = { id: 'x', height: 33, width: 100, objects: [], image: async () => image };
    const model = Object.assign(block({}, fixed()), { anchors: fixed().anchors, inputSize, labels });
    const { images } = await evaluate(model, [sample], { rule: { scoreAbove: 0.3 }, fit: { at: 'centre' } });
    expect(await detect(model, image, { scoreAbove: 0.3, fit: { at: 'centre' } })).toEqual(images[0]?.detections);
    expect(images[0]?.detections).toHaveLength(2);
  });
  it('reports by the rule: scores above, the best only', async () => {
    expect(await detect(fixed(), plain(40, 60, 0), { scoreAbove: 0.8 })).toHaveLength(1);
    expect(await detect(fixed(), plain(40, 60, 0), { scoreAbove: 0.5 })).toHaveLength(2);
    expect(await detect(fixed(), plain(40, 60, 0), { keep: 1 })).toHaveLength(1);
    expect(await detect(fixed(), plain(40, 60, 0), { scoreAbove: 0.95 })).toEqual([]);
  });
  it('runs a compiled function in the place of the model, at once or later', async () => {
    const model = stub(() => {
      throw new Error('not this one');
    });
    for (const run of [fixed(), async (images: Tensor4D) => fixed()(images)])
      expect(boxes(await detect(model, plain(40, 60, 0), { run }))).toEqual([places[0], places[1]]);
  });
});

describe('a list of photographs', () => {
  /** Says how bright an image is. */
  const bright = () =>
    stub((pixels) => Array.from(places, (_, i) => [i === 0 ? 1 : 0, i === 0 ? (pixels[0] ?? 0) / 256 : 0.999]));
  const five = [50, 100, 150, 200, 250].map((value, i) => plain(40 + 10 * i, 60, value));
  const scores = [50, 100, 150, 200, 250].map((value) => expect.closeTo(value / 256, 5));

  it.each([1, 2, 3, 8])('has a list of results in its order, in batches of %i', async (batch) => {
    const model = bright();
    const found = await detect(model, five, { batch });
    expect(found.map(([first]) => first?.score)).toEqual(scores);
    expect(found.map(([first]) => first?.box[3])).toEqual([12, 15, 18, 21, 24].map((x) => expect.closeTo(x, 0)));
    const sizes = { 1: [1, 1, 1, 1, 1], 2: [2, 2, 1], 3: [3, 2], 8: [5] }[batch];
    expect(model.seen.map(([b]) => b)).toEqual(sizes);
  });
  it('is read while the model runs, and not far ahead', async () => {
    let read = 0;
    const ahead: number[] = [];
    const model = bright();
    const run = (images: Tensor4D) => {
      ahead.push(read);
      return model(images);
    };
    const files = Array.from({ length: 6 }, () => new Uint8Array(3));
    await detect(model, files, {
      run,
      read: async () => {
        read++;
        return plain(40, 60, 100);
      },
    });
    expect(ahead).toEqual([2, 3, 4, 5, 6, 6]); // one more than is run
  });
  it('may be empty, or of one', async () => {
    expect(await detect(bright(), [])).toEqual([]);
    expect((await detect(bright(), [plain(40, 60, 128)])).map((found) => found.length)).toEqual([1]);
  });
  it('may be a tensor of four axes', async () => {
    const images = tensor4d(
      [...new Uint8Array(7200).fill(50), ...new Uint8Array(7200).fill(200)],
      [2, 40, 60, 3],
      'int32',
    );
    const found = await detect(bright(), images);
    expect(found.map(([first]) => first?.score)).toEqual([scores[0], scores[3]]);
    expect(images.isDisposed).toBe(false);
    images.dispose();
  });
  it('names the one that cannot be read', async () => {
    const files = [plain(40, 60, 99), new File(['x'], 'x.jpg')];
    const read = () => Promise.reject(new Error('no'));
    await expect(detect(bright(), [five[0] ?? plain(1, 1, 1), { ...plain(2, 2, 0), height: 3 }])).rejects.toThrow(
      'detect: image 1: an image of 3x2 has 12 bytes',
    );
    await expect(
      detect(bright(), files, { read: async (_, options) => Promise.reject(new Error(options?.name)) }),
    ).rejects.toThrow('detect: image 1 (x.jpg)');
    await expect(detect(bright(), files, { read })).rejects.toThrow('no');
  });
});

describe('a tensor', () => {
  it('is an image, of floats or whole numbers', async () => {
    for (const dtype of ['float32', 'int32'] as const) {
      const image = zeros<Rank.R3>([80, 240, 3], dtype);
      expect(boxes(await detect(fixed(), image))[0]).toEqual(near([16, 24, 80, 48]));
      image.dispose();
    }
  });
  it('is refused by name where it is none', async () => {
    const of = (t: ReturnType<typeof tensor>) => detect(fixed(), t as never).finally(() => t.dispose());
    await expect(of(tensor([true, false, true], [1, 1, 3], 'bool'))).rejects.toThrow(TypeError);
    await expect(of(tensor([true, false, true], [1, 1, 3], 'bool'))).rejects.toThrow(
      "the tensor's dtype is bool; pixels are float32 or int32",
    );
    await expect(of(zeros([4, 5]))).rejects.toThrow('the tensor is [4, 5]; an image is [height, width, 3]');
    await expect(of(zeros([4, 5, 1]))).rejects.toThrow(
      '[4, 5, 1]; an image is [height, width, 3], a batch [b, height, width, 3]; of grey make three',
    );
    await expect(of(zeros([4, 5, 4]))).rejects.toThrow('leave the alpha channel out');
    await expect(of(zeros([3, 4, 5]))).rejects.toThrow('the tensor is [3, 4, 5]');
    await expect(of(zeros([0, 5, 3]))).rejects.toThrow(RangeError);
    await expect(of(tensor([0, 1, 256], [1, 1, 3]))).rejects.toThrow('numbers are from 0 to 256; pixels are 0-255');
    await expect(of(tensor([-2.1, 1, 2.5], [1, 1, 3]))).rejects.toThrow(RangeError);
    await expect(of(tensor([0, 0.5, 1], [1, 1, 3]))).rejects.toThrow(
      'largest number is 1; pixels are 0-255: multiply it by 255',
    );
    await expect(of(tensor([0, Number.NaN, 1], [1, 1, 3]))).rejects.toThrow('NaN');
    const gone = tensor3d([1, 2, 3], [1, 1, 3]);
    gone.dispose();
    await expect(detect(fixed(), gone)).rejects.toThrow('the tensor [1,1,3] is disposed');
    const batch = zeros([1, 4, 5, 3]);
    await expect(detect(fixed(), [batch as never])).rejects.toThrow(
      'image 0: the tensor is [1, 4, 5, 3], a batch; give it alone',
    );
    batch.dispose();
  });
});

describe('pixels', () => {
  it('of four bytes lie on black where they are transparent', async () => {
    let first: number[] = [];
    const model = stub((pixels) => {
      first = [...pixels.subarray(0, 6)];
      return places.map(() => [0, 0.99]);
    });
    const data = Uint8ClampedArray.from(
      { length: 4 * 40 * 60 },
      (_, i) => [200, 100, 50, i < 4 ? 255 : 51][i % 4] ?? 0,
    );
    await detect(model, { width: 60, height: 40, data });
    expect(first).toEqual([200, 100, 50, 40, 20, 10]); // 51 is a fifth of 255
  });
  it('are refused by name where they do not fit or are no bytes', async () => {
    await expect(detect(fixed(), { width: 2, height: 3, data: new Uint8Array(6) })).rejects.toThrow(
      'detect: an image of 3x2 has 6 bytes; it must have sides of at least 1 pixel, and 3 bytes a pixel (RGB, 18) or 4 (RGBA, 24)',
    );
    await expect(detect(fixed(), { width: 0, height: 3, data: new Uint8Array() })).rejects.toThrow(RangeError);
    await expect(detect(fixed(), { width: 1, height: 1, data: new Float32Array(3) as never })).rejects.toThrow(
      'the pixels of an image of 1x1 are Float32Array; they must be bytes',
    );
  });
  it('may be of a reduced copy; boxes are of the original', async () => {
    const found = await detect(fixed(), { ...plain(40, 120, 9), original: [80, 240] });
    expect(boxes(found)).toEqual([near([16, 24, 80, 48]), near([40, 120, 80, 192])]);
  });
});

describe('a stop', () => {
  it('comes through before, while reading, and between batches, with its reason', async () => {
    const reason = new Error('enough');
    await expect(detect(fixed(), plain(4, 4, 0), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

    const reading = new AbortController();
    const never = detect(fixed(), new Uint8Array(3), { signal: reading.signal, read: () => new Promise(() => {}) });
    setTimeout(() => reading.abort(reason), 5);
    await expect(never).rejects.toBe(reason);

    const between = new AbortController();
    const model = fixed();
    setTimeout(() => between.abort(reason), 0);
    const many = Array.from({ length: 2000 }, () => plain(2, 3, 0));
    await expect(detect(model, many, { signal: between.signal })).rejects.toBe(reason);
    expect(model.seen.length).toBeLessThan(2000);
  });
});

describe('tensors', () => {
  const image = plain(40, 60, 0);
  it('are all gone afterwards, however it ended', async () => {
    const before = memory().numTensors;
    await detect(fixed(), [image, image, image], { batch: 2 });
    const wrong = stub(() => [[1, 0.5]]); // one row of three
    await expect(detect(wrong, image)).rejects.toThrow();
    const failing = Object.assign(
      () => {
        throw new Error('out of memory');
      },
      { anchors: wrong.anchors, inputSize, labels },
    );
    await expect(detect(failing, image)).rejects.toThrow('out of memory');
    await expect(detect(failing, image, { run: () => Promise.reject(new Error('later')) })).rejects.toThrow('later');
    await expect(
      detect(fixed(), image, {
        run: () => ({ boxes: zeros([1, 3, 4]), logits: tensor3d(Array(9).fill(Number.NaN), [1, 3, 3]) }),
      }),
    ).rejects.toThrow('logits of anchor 0 are not finite');
    await expect(
      detect(fixed(), image, { run: () => ({ boxes: zeros([1, 3, 4]), logits: zeros([1, 3, 2]) }) }),
    ).rejects.toThrow(
      'detect: for 1 images of 40x60 the model gives logits [1, 3, 2]; by its anchors and labels it must give [1, 3, 3]',
    );
    await expect(
      detect(fixed(), [image, image], { batch: 2, run: () => ({ boxes: zeros([1, 3, 4]), logits: zeros([1, 3, 3]) }) }),
    ).rejects.toThrow(
      'for 2 images of 40x60 the model gives boxes [1, 3, 4]; by its anchors and labels it must give [2, 3, 4]',
    );
    expect(memory().numTensors).toBe(before);
  });
});

describe('a bad call', () => {
  it('names what is wrong before anything is run', async () => {
    const model = fixed();
    const image = plain(4, 4, 0);
    await expect(detect(model, image, { batch: 0 })).rejects.toThrow(
      'detect: batch is 0; it must be a whole number of at least 1 image',
    );
    await expect(detect(model, image, { fit: 'crop' as never })).rejects.toThrow(
      'detect: fit is "crop"; it may be letterbox, stretch',
    );
    await expect(detect(model, image, { iouAbove: 2 })).rejects.toThrow('detect: iouAbove is 2');
    await expect(detect(model, image, { maxPixels: 0 })).rejects.toThrow('detect: maxPixels is 0');
    await expect(detect((() => {}) as never, image)).rejects.toThrow('detect: the model is no detector');
    await expect(detect(model, undefined as never)).rejects.toThrow('detect: undefined is no image; it may be a path');
    await expect(detect(model, { width: 3 } as never)).rejects.toThrow('detect: an object of Object is no image');
    expect(model.seen).toEqual([]);
  });
});

describe('files', () => {
  it('are decoded by whatever the options say', async () => {
    const asked: unknown[] = [];
    const read = async (source: unknown, options: unknown) => {
      asked.push(source, options);
      return plain(40, 60, 0);
    };
    await detect(fixed(), 'street.heic', { read, maxPixels: 5 });
    expect(asked).toEqual(['street.heic', { name: 'detect (street.heic)', maxPixels: 5, fitTo: inputSize }]);
  });
  it('need a decoder, and pictures of a page a canvas', async () => {
    vi.stubGlobal('process', { versions: {} });
    const reader = readerHere();
    vi.unstubAllGlobals();
    await expect(reader('x.jpg')).rejects.toThrow(
      'detect: nothing here decodes x.jpg: this is neither a browser nor Node',
    );
    await expect(detect(fixed(), { width: 3, height: 4, getContext: () => {} })).rejects.toThrow(
      'detect: there is no OffscreenCanvas here',
    );
  });
});
