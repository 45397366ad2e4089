import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { grads, scalar, setBackend, type Tensor, type Tensor3D, tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { anchors } from '../../src/detection/anchors.ts';
import { decode, encode } from '../../src/detection/coder.ts';
import { efficientDetAnchors } from '../../src/detection/efficientDetAnchors.ts';
import { type EfficientDetLossOptions, efficientDetLoss } from '../../src/detection/efficientDetLoss.ts';
import { effdetPostprocess, efficientDetCoder, kerasPostprocess } from '../../src/detection/efficientDetRules.ts';
import { postprocess } from '../../src/detection/postprocess.ts';

beforeAll(async () => {
  await setBackend('cpu');
});

describe("EfficientDet's anchors", () => {
  it('have each ratio at the first size, then at the next third of an octave', () => {
    const [{ shapes = [], step = [] } = {}] = efficientDetAnchors({ inputSize: [64, 64], levels: ['P3'] });
    expect(step).toEqual([8, 8]);
    expect(shapes).toHaveLength(9);
    expect(shapes[0]).toEqual([32, 32]); // 4 cells of 8 pixels
    expect(shapes[1]?.[0]).toBeCloseTo(32 * 0.7, 10); // height, then width
    expect(shapes[1]?.[1]).toBeCloseTo(32 * 1.4, 10);
    expect(shapes[3]?.[0]).toBeCloseTo(32 * 2 ** (1 / 3), 10);
  });
  it('have steps of a fraction of a pixel where a side does not halve evenly', () => {
    const inputSize = [320, 320] as const;
    const [level] = efficientDetAnchors({ inputSize, levels: ['P7'], scale: 3, octaves: 1, ratios: [[1, 1]] });
    expect(level?.step).toEqual([320 / 3, 320 / 3]); // 320, 160, 80, 40, 20, 10, 5, 3
    expect(level?.shapes).toEqual([[320, 320]]);
  });
  it('are as wide as they are told', () => {
    // Of the Penn-Fudan recipe: (w, h) = size * (.64, 1.56).
    const levels = efficientDetAnchors({ inputSize: [320, 320], levels: ['P3'], scale: 3, ratios: [[1.56, 0.64]] });
    expect(levels[0]?.shapes).toHaveLength(3);
    const boxes = anchors({ levels, maps: [{ height: 40, width: 40 }], inputSize: [320, 320] });
    const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = boxes;
    expect([y2 - y1, x2 - x1, (y1 + y2) / 2, (x1 + x2) / 2].map((v) => Number(v.toFixed(4)))).toEqual([
      37.44, 15.36, 4, 4,
    ]);
  });
  it.each([
    [{ inputSize: [0, 64] }, 'efficientDetAnchors: inputSize is [0,64]; give whole numbers of pixels'],
    [{ scale: 0 }, 'efficientDetAnchors: scale is 0; it must be above 0'],
    [{ octaves: 1.5 }, 'efficientDetAnchors: octaves is 1.5; it must be a whole number of at least 1'],
    [{ ratios: [] }, 'efficientDetAnchors: ratios are []; give at least one, all above 0'],
    [{ ratios: [[1, 0]] }, 'efficientDetAnchors: ratios are [1,0]; give at least one, all above 0'],
  ] as const)('refuse %o', (wrong, message) => {
    expect(() => efficientDetAnchors({ inputSize: [64, 64], levels: ['P3'], ...wrong })).toThrow(message);
  });
});

describe("EfficientDet's coder", () => {
  it('lets a box grow beyond 62.5 times its anchor', () => {
    const anchor = Float64Array.of(0, 0, 1, 1);
    const wide = Float64Array.of(0, 0, 1000, 1000);
    const again = decode(encode(wide, anchor, efficientDetCoder), anchor, efficientDetCoder);
    again.forEach((corner, i) => {
      expect(corner).toBeCloseTo(wide[i] ?? 0, 2);
    });
  });
});

/** One image of three anchors and two classes: background, the second class, ignored. */
const given = () => ({
  logits: tensor3d([
    [
      [0.3, -1.2],
      [0.4, 1.1],
      [5, 5],
    ],
  ]),
  boxes: tensor3d([
    [
      [9, 9, 9, 9],
      [0.05, -0.4, 0.2, 7],
      [9, 9, 9, 9],
    ],
  ]),
  classes: tensor2d([[0, 2, -1]], [1, 3], 'int32'),
  targets: tensor3d([
    [
      [0, 0, 0, 0],
      [0.1, 0.1, 0.1, 0],
      [0, 0, 0, 0],
    ],
  ]),
  positives: scalar(1),
});
const value = (part: Tensor) => part.dataSync()[0] ?? Number.NaN;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const focal = (x: number, right: 0 | 1, smoothing = 0) => {
  const p = sigmoid(x);
  const [weight, wrong] = right ? [0.25, 1 - p] : [0.75, p];
  const t = right * (1 - smoothing) + smoothing / 2;
  return weight * wrong ** 1.5 * -(t * Math.log(p) + (1 - t) * Math.log(1 - p));
};

describe("EfficientDet's loss", () => {
  it('is that of its formulas: over the positives and one more, boxes over four times that, none of what is ignored', () => {
    const { total, classification, localization } = efficientDetLoss(given());
    const classes = (focal(0.3, 0) + focal(-1.2, 0) + focal(0.4, 0) + focal(1.1, 1)) / 2;
    expect(value(classification)).toBeCloseTo(classes, 6);
    // Differences -0.05, -0.5 and 0.1; the fourth target is exactly 0 and learns nothing.
    const boxes = (0.05 ** 2 / 2 + 0.1 * (0.5 - 0.05) + 0.1 ** 2 / 2) / (4 * 2);
    expect(value(localization)).toBeCloseTo(boxes, 7);
    expect(value(total)).toBeCloseTo(classes + 50 * boxes, 5);
  });
  it('smooths answers, but not the factors of the focal loss', () => {
    const { classification } = efficientDetLoss(given(), { smoothing: 0.2 });
    const classes = (focal(0.3, 0, 0.2) + focal(-1.2, 0, 0.2) + focal(0.4, 0, 0.2) + focal(1.1, 1, 0.2)) / 2;
    expect(value(classification)).toBeCloseTo(classes, 6);
  });
  it('counts overlaps where it is asked to: of a box that is its target, and of one half as high', () => {
    const at = (ty: number) =>
      efficientDetLoss(
        {
          ...given(),
          boxes: tensor3d([
            [
              [9, 9, 9, 9],
              [0.1, 0.1, ty, 0],
              [9, 9, 9, 9],
            ],
          ]),
        },
        { boxWeight: 0, overlap: { name: 'iou', weight: 8 } },
      );
    const added = (ty: number) => value(at(ty).total) - value(at(ty).classification);
    expect(added(0.1)).toBeCloseTo(0, 5);
    expect(added(0.1 + Math.log(0.5))).toBeCloseTo((8 * 0.5) / 8, 5); // IoU 1/2, over 4 * (1 + 1)
  });
  it('gives GIoU the same with and without anchors', () => {
    const options: EfficientDetLossOptions = { overlap: { name: 'generalized' } };
    const shapes = tensor2d([
      [0, 0, 8, 4],
      [3, 5, 9, 40],
      [1, 1, 2, 2],
    ]);
    expect(value(efficientDetLoss({ ...given(), anchors: shapes }, options).total)).toBeCloseTo(
      value(efficientDetLoss(given(), options).total),
      5,
    );
    expect(() => efficientDetLoss(given(), { overlap: { name: 'complete' } })).toThrow(
      "the overlap complete depends on the anchors' form; give anchors, [3, 4], with the inputs, or take 'generalized'",
    );
  });
  it.each([
    ['plain', {}],
    ['smoothed', { smoothing: 0.1 }],
    ['with overlaps', { overlap: { name: 'generalized', weight: 10 } }],
  ] as const)('has the gradient of its finite differences: %s', (_, options) => {
    const inputs = given();
    const numbers = {
      logits: [...inputs.logits.dataSync()],
      boxes: [0.5, 0.5, 0.5, 0.5, 0.05, -0.4, 0.25, 0.3, 0, 0, 0, 0],
    };
    const loss = (logits: Tensor, boxes: Tensor) =>
      efficientDetLoss({ ...inputs, logits: logits as Tensor3D, boxes: boxes as Tensor3D }, options).total;
    const of = ({ logits, boxes }: typeof numbers) =>
      [tensor3d(logits, [1, 3, 2]), tensor3d(boxes, [1, 3, 4])] as const;
    const at = (all: typeof numbers) => tidy(() => value(loss(...of(all))));
    const [dLogits, dBoxes] = grads((a: Tensor, b: Tensor) => loss(a, b))([...of(numbers)]);
    const step = 1e-2; // float32 of losses near 3: errors near 1e-4
    for (const [name, slope] of Object.entries({ logits: dLogits, boxes: dBoxes }))
      numbers[name as keyof typeof numbers].forEach((_, i) => {
        const moved = (by: number) => ({
          ...numbers,
          [name]: numbers[name as keyof typeof numbers].map((x, j) => (i === j ? x + by : x)),
        });
        const difference = (at(moved(step)) - at(moved(-step))) / (2 * step);
        expect(Math.abs((slope?.dataSync()[i] ?? Number.NaN) - difference), `${name} ${i}`).toBeLessThan(5e-3);
      });
  });
  it('refuses weights and smoothing that cannot be', () => {
    expect(() => efficientDetLoss(given(), { smoothing: 1 })).toThrow('smoothing is 1; it must be from 0 to below 1');
    expect(() => efficientDetLoss(given(), { boxWeight: -1 })).toThrow('boxWeight is -1; it must be 0 or more');
  });
});

describe('rules of post-processing', () => {
  /** Two boxes of IoU 0.9 and one apart, each its anchor; columns are classes. */
  const boxes = Float32Array.of(0, 0, 10, 10, 0, 0, 10, 9, 20, 20, 30, 30);
  const found = (rule: typeof kerasPostprocess | typeof effdetPostprocess, logits: number[]) => {
    const options = { ...rule, anchors: boxes, inputSize: [40, 40] as const, coder: efficientDetCoder };
    const { scores, classes } = postprocess(
      { boxes: new Float32Array(12), logits: Float32Array.from(logits) },
      options,
    );
    return [...scores].map((score, i) => [Number(score.toFixed(3)), classes[i]]);
  };
  const logit = (p: number) => Math.log(p / (1 - p));

  it("Keras' lets a score sink by the paper's sigma, twice TensorFlow's, and across classes", () => {
    // .8 * exp(-.81 / .5), which TensorFlow gets from soft_nms_sigma .25: .8 * exp(-.5 * .81 / .25).
    expect(found(kerasPostprocess, [logit(0.9), -9, -9, logit(0.8), logit(0.5), -9])).toEqual([
      [0.9, 1],
      [0.5, 1],
      [0.158, 2],
    ]);
  });
  it("effdet's keeps an anchor for each of its classes, and drops among boxes of one class", () => {
    expect(found(effdetPostprocess, [logit(0.9), logit(0.7), logit(0.8), logit(0.6), -20, -20]).slice(0, 2)).toEqual([
      [0.9, 1],
      [0.7, 2],
    ]);
  });
});
