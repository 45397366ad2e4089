import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import * as web from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { ladder, small } from '../../examples/ladder.ts';
import { type HasParts, weights } from '../../src/core/block.ts';
import { keyedRandom } from '../../src/core/random.ts';
import { plainCoder, ssdCoder } from '../../src/detection/coder.ts';
import { type Found, type PostprocessRule, postprocess } from '../../src/detection/postprocess.ts';
import { type DetectionsOptions, detectionsOf } from '../../src/export/detections.ts';
import { toOnnx } from '../../src/export/toOnnx.ts';
import { predict } from '../../src/model/predict.ts';
import { drawn, runOnnx } from './onnx.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** Makes the scores of an untrained detector differ by more than rounding. */
function loud<T extends HasParts>(model: T, factor: number): T {
  for (const [place, weight] of weights(model))
    if (/logits.*kernel$/.test(place))
      weight.write(
        weight
          .read()
          .dataSync<'float32'>()
          .map((x) => factor * x),
      );
  return model;
}

const inputSize = [64, 80] as const;
const count = 120;

/** Boxes all over the image, some of them outside. */
function anchorsFor(key: string): Float32Array {
  const random = keyedRandom('anchors', key);
  return Float32Array.from(
    Array.from({ length: count }, () => {
      const [y, x, h, w] = [80 * random() - 8, 100 * random() - 10, 10 + 20 * random(), 10 + 20 * random()];
      return [y - h / 2, x - w / 2, y + h / 2, x + w / 2];
    }).flat(),
  );
}

/** What a head might say of `images` images. With `steps` logits are whole numbers, so that many scores are equal. */
function predictions(key: string, images: number, columns: number, steps: boolean) {
  const codes = drawn([images, count, 4], 'float32', `codes ${key}`);
  const logits = tf.mul(drawn([images, count, columns], 'float32', `logits ${key}`), 4);
  return { codes, numbers: steps ? tf.round(logits) : logits };
}

type Ends = ReturnType<typeof predictions>;
const ends = ({ codes, numbers }: { codes: tf.Tensor; numbers: tf.Tensor }) => ({ boxes: codes, logits: numbers });

/** What was found by a file, image by image. */
async function foundBy(
  bytes: Uint8Array,
  inputs: { [name: string]: tf.Tensor },
  images: number,
  runtime?: typeof web,
): Promise<Found[]> {
  const { boxes, scores, labels, images: of } = await runOnnx(bytes, inputs, runtime);
  if (!boxes || !scores || !labels) throw new Error('an output is not there');
  const places = of ? [...(of.data as Int32Array)] : new Array<number>(scores.dims[0] ?? 0).fill(0);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  return Array.from({ length: images }, (_, image) => {
    const rows = [...places.keys()].filter((i) => places[i] === image);
    return {
      boxes: Float32Array.from(rows.flatMap((i) => [...(boxes.data as Float32Array).subarray(4 * i, 4 * i + 4)])),
      scores: Float32Array.from(rows, (i) => Number(scores.data[i])),
      classes: Int32Array.from(rows, (i) => Number(labels.data[i])),
    };
  });
}

function same(made: readonly Found[], expected: readonly Found[]): void {
  expect(made.length).toBe(expected.length);
  for (const [i, { boxes, scores, classes }] of expected.entries()) {
    expect([...(made[i]?.classes ?? [])]).toEqual([...classes]);
    for (const [j, score] of scores.entries()) expect(made[i]?.scores[j]).toBeCloseTo(score, 5);
    for (const [j, corner] of boxes.entries()) expect(made[i]?.boxes[j]).toBeCloseTo(corner, 3);
  }
}

const rules: readonly (PostprocessRule & {
  readonly columns: number;
  readonly images: number;
  readonly steps?: true;
})[] = [
  { columns: 2, images: 1 },
  { columns: 2, images: 1, candidates: 'all', keep: 5 },
  { columns: 2, images: 3, candidates: 20, scoreAbove: 0.3 },
  { columns: 4, images: 1, candidates: 'all', keep: 7 },
  { columns: 4, images: 3, candidates: 15, keep: 11, iouAbove: 0.2 },
  { columns: 4, images: 3, candidates: 15, keep: 11, steps: true },
  { columns: 4, images: 2, activation: 'sigmoid', candidates: 30 },
  { columns: 3, images: 2, activation: 'sigmoid', background: 'none', iouAbove: 0 },
  { columns: 2, images: 2, candidates: 30, steps: true },
  { columns: 2, images: 2, scoreAbove: 0.9999 }, // nothing is found
  { columns: 4, images: 2, scoreAbove: 0.9999 },
];

describe('decoding and suppression in the file', () => {
  it.each(rules.map((rule) => [JSON.stringify(rule), rule] as const))(
    'choose as postprocess does, %s',
    async (key, rule) => {
      const { columns, images, steps, ...options } = rule;
      const anchors = anchorsFor(key);
      const inputs: Ends = predictions(key, images, columns, steps === true);
      const expected = Array.from({ length: images }, (_, i) => {
        const one = (all: tf.Tensor) => tf.slice(all, [i, 0, 0], [1, -1, -1]).dataSync<'float32'>();
        return postprocess(
          { boxes: one(inputs.codes), logits: one(inputs.numbers) },
          { ...options, anchors, inputSize },
        );
      });
      const detections = { ...options, anchors, inputSize };
      const spec = { codes: [1, count, 4], numbers: [1, count, columns] };
      same(await foundBy(toOnnx(ends, spec, { detections }), inputs, images), expected);
      const fixed = toOnnx(ends, inputs, { detections, batch: 'fixed' });
      same(await foundBy(fixed, inputs, images), expected);
    },
  );

  it('choose the same in onnxruntime-web', { timeout: 20_000 }, async () => {
    const [anchors, inputs] = [anchorsFor('web'), predictions('web', 2, 4, false)];
    const bytes = toOnnx(ends, inputs, { detections: { anchors, inputSize, candidates: 30, keep: 9 } });
    same(await foundBy(bytes, inputs, 2, web), await foundBy(bytes, inputs, 2));
  });

  it('knows another coder', async () => {
    const [anchors, inputs] = [anchorsFor('plain'), predictions('plain', 1, 2, false)];
    const options = { anchors, inputSize, coder: plainCoder };
    const one = (all: tf.Tensor) => all.dataSync<'float32'>();
    const expected = postprocess({ boxes: one(inputs.codes), logits: one(inputs.numbers) }, options);
    same(await foundBy(toOnnx(ends, inputs, { detections: options }), inputs, 1), [expected]);
  });

  it.each([
    ['fpn', 20],
    ['weightedFpn', 5000],
  ] as const)('find what predict finds with the %s detector, whose anchors they know', async (name, factor) => {
    const model = loud(ladder[name](small([128, 128])), factor);
    const image = tf.mul(tf.add(drawn([2, 128, 128, 3]), 1), 127.5) as tf.Tensor4D;
    const rule = { scoreAbove: 0.3, keep: 50 };
    const expected = await predict(model, image, rule);
    expect(expected[0]?.scores.length).toBeGreaterThan(5);
    const bytes = toOnnx(model, [1, 128, 128, 3], { detections: rule });
    same(await foundBy(bytes, { input: image }, 2), expected);
  });

  const wrong: readonly (readonly [string, DetectionsOptions, RegExp])[] = [
    ['no anchors', {}, /toOnnx: detections: anchors is not known; export a detector, or give anchors and inputSize/],
    ['no size', { anchors: new Float32Array(4) }, /inputSize is not known/],
    [
      'another number of anchors',
      { anchors: new Float32Array(8), inputSize },
      /codes are \[1,120,4\] and anchors \[2,4\]/,
    ],
    [
      'an IoU above 1',
      { anchors: anchorsFor(''), inputSize, iouAbove: 1.5 },
      /iouAbove is 1\.5; it must be from 0 to 1/,
    ],
    [
      'nothing to keep',
      { anchors: anchorsFor(''), inputSize, keep: 0 },
      /keep is 0; it must be a whole number of at least 1/,
    ],
    [
      'a threshold of 1',
      { anchors: anchorsFor(''), inputSize, scoreAbove: 1 },
      /scoreAbove is 1; it must be from 0 to below 1/,
    ],
    [
      'no candidates',
      { anchors: anchorsFor(''), inputSize, candidates: 0 },
      /candidates is 0; it must be a whole number/,
    ],
    [
      'a softmax without a background',
      { anchors: anchorsFor(''), inputSize, background: 'none' },
      /a softmax needs a column for the background/,
    ],
  ];
  it.each(wrong)('refuse %s', (_, detections, message) => {
    expect(() => toOnnx(ends, { codes: [1, count, 4], numbers: [1, count, 2] }, { detections })).toThrow(message);
  });
  it('refuse a function that gives no boxes and logits', () => {
    const detections = { anchors: anchorsFor(''), inputSize };
    const taken = ({ boxes, numbers }: { boxes: tf.Tensor; numbers: tf.Tensor }) => ({ boxes, logits: numbers });
    expect(() => toOnnx(taken, { boxes: [1, count, 4], numbers: [1, count, 2] }, { detections })).toThrow(
      /boxes is an input and an output; give one of them another name/,
    );
    const labelled = (x: Parameters<typeof ends>[0]) => ({ ...ends(x), labels: x.codes });
    expect(() => toOnnx(labelled, { codes: [1, count, 4], numbers: [1, count, 2] }, { detections })).toThrow(
      /no scores, labels/,
    );
    expect(() => toOnnx((x: tf.Tensor) => x, [1, 4], { detections })).toThrow(/must give boxes \[b, n, 4\] and logits/);
  });
});

describe('a rule that a graph cannot follow', () => {
  const anchors = anchorsFor('rule');
  const facts = (labels: readonly string[], rule: PostprocessRule = {}) =>
    Object.assign(() => undefined, { anchors, inputSize, labels, rule, coder: plainCoder });
  const [one, two] = [['person'], ['person', 'car']];
  it.each<[string, PostprocessRule, string]>([
    ['candidates of the whole image', { candidatesOf: 'image' }, "candidatesOf is 'image'"],
    ['candidates of each level', { candidatesOf: 'level', levels: [120] }, "candidatesOf is 'level'"],
    ['the best class alone', { classesOfAnchor: 'best' }, "classesOfAnchor is 'best'"],
    ['suppression among all classes', { among: 'all' }, "among is 'all'"],
    ['soft suppression', { suppression: { name: 'gaussian', sigma: 0.5 } }, "suppression.name is 'gaussian'"],
    ['boxes that are not cut', { clip: 'none' }, "clip is 'none'"],
  ])("is refused, the model's own too: %s", (_, rule, message) => {
    expect(() => detectionsOf(facts(two), rule)).toThrow(
      `toOnnx: detections: ${message}, which a graph cannot express`,
    );
    expect(() => detectionsOf(facts(two, rule), {})).toThrow(message);
    expect(() => detectionsOf(facts(two), rule)).toThrow(/give \w+: .* in its place, or export the model without/);
  });
  it('is followed where a single class, or all candidates, make it the same', () => {
    const rule = { candidatesOf: 'image', classesOfAnchor: 'best', among: 'all' } as const;
    expect(detectionsOf(facts(one, rule), {})).toMatchObject({ keep: 200, coder: plainCoder });
    expect(() => detectionsOf(facts(two), { candidates: 'all', candidatesOf: 'image' })).not.toThrow();
    expect(() => detectionsOf(facts(one), { candidatesOf: 'level', levels: [120] })).toThrow(/candidatesOf is 'level'/);
  });
  it("takes the model's own rule and coder, and what is given before them", () => {
    const own = { activation: 'sigmoid', background: 'none', keep: 7 } as const;
    expect(detectionsOf(facts(two, own), { keep: 9 })).toMatchObject({ ...own, keep: 9, coder: plainCoder });
    expect(detectionsOf(facts(two, own), { coder: ssdCoder }).coder).toBe(ssdCoder);
  });
});
