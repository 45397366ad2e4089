import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { memory, setBackend, tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { decode, encode, plainCoder, ssdCoder, weightedCoder } from '../../src/detection/coder.ts';
import { decodeTensor } from '../../src/detection/decodeTensor.ts';
import { drawBoxes, normal } from './drawn.ts';

const anchor = Float32Array.of(10, 20, 30, 60); // 20 high, 40 wide, centre (20, 40)

describe('a coder', () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  it('writes offsets over sides and logarithms of sides, each over its variance', () => {
    // The centre moves by (2, 4), a tenth of each side; the box is twice as high and as wide as before.
    const box = Float64Array.of(2, 24, 42, 64); // 40 high, 40 wide, centre (22, 44)
    const plain = encode(box, anchor, plainCoder);
    expect([...plain]).toEqual([0.1, 0.1, Math.log(2), 0].map((code) => expect.closeTo(code, 6)));
    expect([...encode(box, anchor)]).toEqual([1, 1, Math.log(2) / 0.2, 0].map((code) => expect.closeTo(code, 6)));
  });

  it('reads an anchor from zeros', () => {
    expect([...decode(new Float32Array(4), anchor)]).toEqual([...anchor]);
  });

  it('reads back what it wrote', () => {
    const random = keyedRandom('round trip');
    const [boxes, anchors] = [drawBoxes(50, random), drawBoxes(50, random)];
    for (const coder of [ssdCoder, plainCoder, weightedCoder([4, 8, 2, 3])]) {
      const back = decode(encode(boxes, anchors, coder), anchors, coder);
      back.forEach((corner, i) => {
        expect(corner).toBeCloseTo(boxes[i] ?? Number.NaN, 3); // float32 codes of boxes of up to 140 pixels
      });
    }
  });

  it('is the same by weights and by variances', () => {
    expect(weightedCoder([10, 10, 5, 5])).toEqual(ssdCoder);
    expect(() => weightedCoder([10, 0, 5, 5])).toThrow('weights are [10,0,5,5]');
  });

  it('lets a box grow to 62.5 times its anchor and no further, and shrink without end', () => {
    const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = decode(Float32Array.of(0, 0, 1e6, -1e6), anchor);
    expect(y2 - y1).toBeCloseTo(20 * 62.5, 2);
    expect(x2 - x1).toBe(0);
  });

  it('refuses a box without an area, and boxes that are not one an anchor', () => {
    expect(() => encode(Float32Array.of(5, 5, 5, 9), anchor)).toThrow('box 0 is [5,5,5,9]');
    expect(() => encode(Float32Array.of(5, 5, Number.NaN, 9), anchor)).toThrow(RangeError);
    expect(() => encode(new Float32Array(8), anchor)).toThrow('encode: 2 boxes for 1 anchors');
    expect(() => decode(new Float32Array(8), anchor)).toThrow('decode: 2 codes for 1 anchors');
  });

  it('reads tensors as it reads arrays, and leaves none behind', () => {
    const anchors = drawBoxes(30, keyedRandom('anchors'));
    const codes = normal(2 * 30 * 4, 'codes').map((code) => 4 * code);
    codes[2] = 50; // past the largest growth
    const [codeTensor, anchorTensor] = [tensor3d(codes, [2, 30, 4]), tensor2d(anchors, [30, 4])];
    const before = memory().numTensors;
    const read = tidy(() => decodeTensor(codeTensor, anchorTensor).dataSync());
    expect(memory().numTensors).toBe(before);
    for (const image of [0, 1])
      decode(codes.subarray(image * 120, (image + 1) * 120), anchors).forEach((corner, i) => {
        const got = read[image * 120 + i] ?? Number.NaN;
        expect(Math.abs(got - corner)).toBeLessThan(1e-5 * Math.max(100, Math.abs(corner))); // float32 steps
      });
    expect(() => decodeTensor(codeTensor, tensor2d(anchors.subarray(4), [29, 4]))).toThrow(
      'codes are [2,30,4] and anchors [29,4]',
    );
  });
});
