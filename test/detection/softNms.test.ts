import { describe, expect, it } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { flatten } from '../../src/detection/boxes.ts';
import { matrixNms } from '../../src/detection/matrixNms.ts';
import { nms } from '../../src/detection/nms.ts';
import { type Softening, softNms } from '../../src/detection/softNms.ts';
import { drawBoxes, plainIou } from './drawn.ts';

// Each overlaps the next by an IoU of 1/3, the first and the third only touch.
const row = flatten([
  [0, 0, 10, 10],
  [0, 5, 10, 15],
  [0, 10, 10, 20],
]);
const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 9));
const linear = { name: 'linear', iouAbove: 0.3 } as const;
const gaussian = { name: 'gaussian', sigma: 0.5 } as const;

describe('soft suppression', () => {
  it('lowers a box by a better one that it overlaps, and drops none for it', () => {
    const found = softNms(row, Float64Array.of(0.9, 0.8, 0.7), linear);
    expect([...found.indices]).toEqual([0, 2, 1]);
    expect([...found.scores]).toEqual(near([0.9, 0.7, 0.8 * (2 / 3) ** 2])); // by the first, then by the third
  });

  it("falls by the paper's sigma, of which TensorFlow gives half", () => {
    const found = softNms(row, Float64Array.of(0.9, 0.8, 0.7), gaussian);
    const fall = Math.exp(-(1 / 9) / 0.5);
    expect([...found.indices]).toEqual([0, 2, 1]);
    expect([...found.scores]).toEqual(near([0.9, 0.7, 0.8 * fall * fall]));
  });

  it('leaves an overlap alone that is no more than the linear threshold', () => {
    const found = softNms(row, Float64Array.of(0.9, 0.8, 0.7), { name: 'linear', iouAbove: 1 / 3 + 1e-9 });
    expect([...found.scores]).toEqual([0.9, 0.8, 0.7]);
  });

  it('drops at once what falls too low, so that it lowers nothing', () => {
    const scores = Float64Array.of(0.9, 0.6, 0.5);
    expect([...softNms(row, scores, { ...linear, scoreAbove: 0.45 }).indices]).toEqual([0, 2]); // 0.6 became 0.4
    expect([...softNms(row, scores, { ...linear, scoreAbove: 0.45 }).scores]).toEqual([0.9, 0.5]);
    expect([...softNms(row, scores, { ...linear, scoreAbove: 0.95 }).indices]).toEqual([]);
    expect([...softNms(row, scores, { ...linear, keep: 1 }).indices]).toEqual([0]);
    expect([...softNms(row, scores, { ...linear, keep: 0 }).indices]).toEqual([]);
    expect([...softNms(new Float32Array(0), new Float32Array(0), gaussian).indices]).toEqual([]);
  });

  it('lets boxes of unlike classes be', () => {
    const classes = Int32Array.of(1, 2, 1);
    for (const softening of [linear, gaussian])
      expect([...softNms(row, Float64Array.of(0.9, 0.8, 0.7), { ...softening, classes }).scores]).toEqual([
        0.9, 0.8, 0.7,
      ]);
  });

  it.each<Softening>([linear, gaussian])('is the plain one, class by class, for 20 drawn sets: %o', (softening) => {
    for (let set = 0; set < 20; set++) {
      const random = keyedRandom('soft', set);
      const count = 10 * set;
      const boxes = drawBoxes(count, random);
      const scores = Float64Array.from({ length: count }, () => Math.ceil(20 * random()) / 20); // ties
      const classes = Int32Array.from({ length: count }, () => Math.floor(3 * random()));
      const wanted = plainSoft(boxes, scores, classes, softening);
      const got = softNms(boxes, scores, { ...softening, classes, scoreAbove: 0.05 });
      expect([...got.indices], `set ${set}`).toEqual(wanted.map(({ i }) => i));
      expect([...got.scores]).toEqual(near(wanted.map(({ score }) => score)));
      expect([...softNms(boxes, scores, { ...softening, classes, scoreAbove: 0.05, keep: 5 }).indices]).toEqual(
        wanted.slice(0, 5).map(({ i }) => i),
      );
    }
  });
});

/** The best of what is left, by a sort of all, again and again. */
function plainSoft(boxes: Float32Array, scores: Float64Array, classes: Int32Array, softening: Softening) {
  let rest = [...scores].map((score, i) => ({ score, i })).filter(({ score }) => score > 0.05);
  const kept: typeof rest = [];
  while (rest.length > 0) {
    const [best = { score: 0, i: 0 }, ...others] = rest.sort((a, b) => b.score - a.score || a.i - b.i);
    kept.push(best);
    rest = others
      .map(({ score, i }) => {
        const overlap = classes[i] === classes[best.i] ? plainIou(boxes, i, boxes, best.i) : 0;
        const fall = softening.name === 'gaussian' ? Math.exp(-(overlap ** 2) / 0.5) : overlap > 0.3 ? 1 - overlap : 1;
        return { score: score * fall, i };
      })
      .filter(({ score }) => score > 0.05);
  }
  return kept;
}

describe('matrix suppression', () => {
  it('lowers a box by the better one that lowers it most', () => {
    const found = matrixNms(row, Float64Array.of(0.9, 0.8, 0.7), { decay: 'linear' });
    // The second by the first, 2/3. The third by the second, 2/3, which has itself fallen by 2/3: not at all.
    expect([...found.indices]).toEqual([0, 2, 1]);
    expect([...found.scores]).toEqual(near([0.9, 0.7, (0.8 * 2) / 3]));
  });

  it('falls by exp(-IoU^2 / sigma), spared by how far the better one has fallen', () => {
    const boxes = flatten([
      [0, 0, 10, 10],
      [0, 5, 10, 15], // 1/3 with the first
      [0, 6, 10, 16], // 1/4 with the first, 9/11 with the second
    ]);
    const found = matrixNms(boxes, Float64Array.of(0.9, 0.8, 0.7), { sigma: 0.4 });
    const fall = (overlap: number) => Math.exp(-(overlap ** 2) / 0.4);
    const third = Math.min(fall(1 / 4), fall(9 / 11) / fall(1 / 3));
    expect([...found.scores]).toEqual(near([0.9, 0.8 * fall(1 / 3), 0.7 * third]));
  });

  it('brings copies of a box to nothing, and is not stopped by a division by nothing', () => {
    const copies = flatten([
      [0, 0, 10, 10],
      [0, 0, 10, 10],
      [0, 0, 10, 10],
      [0, 5, 10, 15],
    ]);
    const scores = Float64Array.of(0.9, 0.8, 0.7, 0.6);
    const found = matrixNms(copies, scores, { decay: 'linear' });
    expect([...found.indices]).toEqual([0, 3]);
    expect([...found.scores]).toEqual(near([0.9, 0.4])); // by the first, 2/3
  });

  it('keeps the best after the fall, class by class, and says no more than that', () => {
    const scores = Float64Array.of(0.9, 0.8, 0.7);
    const options = { decay: 'linear', classes: Int32Array.of(1, 1, 2) } as const;
    expect([...matrixNms(row, scores, options).scores]).toEqual(near([0.9, 0.7, (0.8 * 2) / 3]));
    expect([...matrixNms(row, scores, { ...options, keep: 2 }).indices]).toEqual([0, 2]);
    expect([...matrixNms(row, scores, { ...options, scoreAbove: 0.6 }).indices]).toEqual([0, 2]);
  });

  it('is the plain matrix for drawn sets', () => {
    for (let set = 0; set < 10; set++)
      for (const decay of ['linear', 'gaussian'] as const) {
        const random = keyedRandom('matrix', set);
        const boxes = drawBoxes(12 * set, random);
        const scores = Float64Array.from({ length: 12 * set }, random);
        const got = matrixNms(boxes, scores, { decay });
        const wanted = plainMatrix(boxes, scores, decay);
        expect([...got.indices], `set ${set}`).toEqual(wanted.map(({ i }) => i));
        expect([...got.scores]).toEqual(near(wanted.map(({ score }) => score)));
      }
  });
});

/** SOLOv2's, with every pair in a matrix. */
function plainMatrix(boxes: Float32Array, scores: Float64Array, decay: 'linear' | 'gaussian') {
  const order = [...scores].map((score, i) => ({ score, i })).sort((a, b) => b.score - a.score);
  const fall = (overlap: number) => (decay === 'linear' ? 1 - overlap : Math.exp(-(overlap ** 2) / 0.5));
  const overlaps = order.map(({ i }, a) => order.map(({ i: j }, b) => (a < b ? plainIou(boxes, i, boxes, j) : 0)));
  const most = order.map((_, b) => Math.max(0, ...overlaps.map((line) => line[b] ?? 0)));
  return order
    .map(({ score, i }, b) => {
      const factors = overlaps.slice(0, b).map((line, a) => fall(line[b] ?? 0) / fall(most[a] ?? 0));
      return { i, score: score * Math.min(1, ...factors) };
    })
    .sort((a, b) => b.score - a.score);
}

it('suppression that lowers scores refuses what does not go together', () => {
  const scores = Float32Array.of(1, 1, 1);
  expect(() => softNms(row, Float32Array.of(1), gaussian)).toThrow('softNms: 3 boxes, 1 scores; give one a box');
  expect(() => matrixNms(row, scores, { classes: Int32Array.of(1) })).toThrow(
    'matrixNms: 3 boxes, 3 scores and 1 classes',
  );
  expect(() => softNms(row, Float32Array.of(1, Number.NaN, 1), gaussian)).toThrow('score 1 is NaN');
  expect(() => softNms(row, Float32Array.of(1, -1, 1), gaussian)).toThrow('score 1 is -1');
  expect(() => softNms(row, scores, { name: 'gaussian', sigma: 0 })).toThrow('sigma is 0; it must be above 0');
  expect(() => matrixNms(row, scores, { sigma: -1 })).toThrow('matrixNms: sigma is -1');
  expect(() => softNms(row, scores, { name: 'linear', iouAbove: 30 })).toThrow('iouAbove is 30');
  expect(() => softNms(row, scores, { ...gaussian, scoreAbove: Number.NaN })).toThrow('scoreAbove is NaN');
  expect(() => matrixNms(row, scores, { keep: -1 })).toThrow('keep is -1');
});

it('a steep enough fall is the hard suppression', () => {
  const random = keyedRandom('steep');
  const boxes = drawBoxes(200, random);
  const scores = Float64Array.from({ length: 200 }, random);
  const hard = nms(boxes, scores, { iouAbove: 0 });
  const soft = softNms(boxes, scores, { name: 'gaussian', sigma: 1e-12, scoreAbove: 1e-9 });
  const touched = softNms(boxes, scores, { name: 'linear', iouAbove: 0 });
  expect([...soft.indices]).toEqual([...hard]);
  expect(touched.indices.length).toBeGreaterThan(hard.length); // none of these falls to nothing
});
