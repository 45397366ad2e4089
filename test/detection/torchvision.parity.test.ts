import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  grads,
  ones,
  scalar,
  setBackend,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor,
  tensor2d,
  tensor3d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Annotation } from '../../src/core/annotation.ts';
import { anchors } from '../../src/detection/anchors.ts';
import { assign } from '../../src/detection/assign.ts';
import { areas, clipBoxes } from '../../src/detection/boxes.ts';
import {
  type CentreAndSize,
  type CornerAndSize,
  type Corners,
  fromCxcywh,
  fromXywh,
  fromXyxy,
  toCxcywh,
  toXywh,
} from '../../src/detection/boxForms.ts';
import { decode, encode, weightedCoder } from '../../src/detection/coder.ts';
import { softmaxCrossEntropy } from '../../src/detection/crossEntropy.ts';
import { sigmoidFocal } from '../../src/detection/focal.ts';
import { hardNegatives } from '../../src/detection/hardNegatives.ts';
import { matchBatch } from '../../src/detection/match.ts';
import { nms } from '../../src/detection/nms.ts';
import { completeIouLoss, distanceIouLoss, generalizedIouLoss } from '../../src/detection/overlapLosses.ts';
import { completeIou, distanceIou, generalizedIou, iou, overlaps } from '../../src/detection/overlaps.ts';
import { postprocess } from '../../src/detection/postprocess.ts';
import { retinaNetAnchors } from '../../src/detection/retinaNetAnchors.ts';
import { softNms } from '../../src/detection/softNms.ts';
import { evenScales, ssd300Anchors, ssdAnchors } from '../../src/detection/ssdAnchors.ts';
import { ssdLoss } from '../../src/detection/ssdLoss.ts';
import { distance, golden, spread, swapped, uniform } from './reference.ts';

type Rows = readonly (readonly number[])[];
const flat = (rows: Rows) => Float64Array.from(rows.flat());
const mapsOf = (grids: Rows) => grids.map(([height = 0, width = 0]) => ({ height, width }));

describe.skipIf(golden === undefined)('torchvision parity (skipped where ../shared/data/parity is absent)', () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  /** SSD's default boxes of a golden case. */
  function defaultBoxes(name: string): Float32Array {
    const { options, grids, image } = golden.defaultBoxes[name];
    const levels = ssdAnchors({
      inputSize: image,
      scales: options.scales ?? evenScales(grids.length, { smallest: options.min_ratio, largest: options.max_ratio }),
      ratios: options.aspectRatios,
      ...(options.steps && { steps: options.steps }),
      largest: options.clip === false ? 'any' : 'input',
    });
    return anchors({ levels, maps: mapsOf(grids), inputSize: image });
  }

  /** The reference's boxes in a square image. */
  function byBoxRule(name: string, count: number, side: number): Float32Array {
    const u = uniform(name);
    const box = () => {
      const [x1, y1] = [0.8 * side * u(), 0.8 * side * u()];
      const [width, height] = [(0.02 + 0.4 * u()) * side, (0.02 + 0.4 * u()) * side];
      return [y1, x1, y1 + height, x1 + width];
    };
    return Float32Array.from(Array.from({ length: count }, box).flat());
  }

  it.each(['ssd300_vgg16', 'ssd300, scales from ratios, no steps', 'ssd300, no clip', 'not square'])(
    'parity: anchors, %s',
    (name) => {
      const { count, first20, last20, levelStart, levelFirst, levelSum } = golden.defaultBoxes[name];
      const boxes = swapped(defaultBoxes(name));
      expect(boxes).toHaveLength(4 * count);
      expect(distance(boxes.subarray(0, 80), first20.flat())).toBeLessThan(1e-4); // theirs are float32 parts of 300
      expect(distance(boxes.subarray(-80), last20.flat())).toBeLessThan(1e-4);
      for (const [level, start] of (levelStart ?? []).entries()) {
        const wanted = levelFirst[level].flat();
        expect(distance(boxes.subarray(4 * start, 4 * start + wanted.length), wanted)).toBeLessThan(1e-4);
        const end = 4 * (levelStart[level + 1] ?? count);
        const sums = [0, 1, 2, 3].map((corner) =>
          boxes.subarray(4 * start, end).reduce((sum, x, i) => (i % 4 === corner ? sum + x : sum), 0),
        );
        // 1e-6 of the sum: of up to 5,776 float32 corners each
        expect(distance(sums, levelSum[level])).toBeLessThan(1e-6 * Math.max(...levelSum[level]));
      }
    },
  );

  it('parity: anchors of SSD300 by its factory', () => {
    const { grids } = golden.defaultBoxes.ssd300_vgg16;
    const boxes = anchors({ levels: ssd300Anchors({ data: 'coco' }), maps: mapsOf(grids), inputSize: [300, 300] });
    expect(distance(boxes, defaultBoxes('ssd300_vgg16'))).toBeLessThan(1e-4);
  });

  it("parity: RetinaNet's anchors", () => {
    const { sides, ratios, image, grids, count, first, last } = {
      ...golden.anchorGenerator,
      sides: golden.anchorGenerator.sizes,
      ratios: golden.anchorGenerator['ratios (h/w)'],
    };
    const boxes = anchors({ levels: retinaNetAnchors({ sides, ratios }), maps: mapsOf(grids), inputSize: image });
    expect(boxes).toHaveLength(4 * count);
    expect([...swapped(boxes.subarray(0, 4 * first.length))]).toEqual(first.flat()); // whole pixels
    expect([...swapped(boxes.subarray(-4 * last.length))]).toEqual(last.flat());
  });

  it('parity: coder', () => {
    for (const { weights, anchors: given, boxes, codes, decoded } of golden.boxCoder) {
      const [a, coder] = [swapped(given.flat()), weightedCoder(weights)];
      if (boxes) expect(distance(encode(swapped(boxes.flat()), a, coder), swapped(codes.flat()))).toBeLessThan(1e-5);
      const wanted = swapped(decoded.flat());
      const largest = Math.max(...wanted.map(Math.abs));
      expect(distance(decode(swapped(codes.flat()), a, coder), wanted) / largest).toBeLessThan(1e-6); // float32
    }
    expect(golden.boxCoder).toHaveLength(4);
  });

  it('parity: matcher, of SSD, RetinaNet and EfficientDet', () => {
    for (const { name, iou: table, threshold, ...answers } of golden.matcher) {
      const given = (rule: object) => [
        ...assign(table[0].length, table.length, (object, row) => row.set(table[object]), { threshold, ...rule }),
      ];
      expect(given({}), name).toEqual(answers.ssd);
      expect(given({ claims: 'earlier' }), name).toEqual(answers['effdet ArgMax(.5, forced)']);
      expect(given({ claims: 'none' }), name).toEqual(answers['plain(.5,.5)']);
      expect(given({ claims: 'none', negativeBelow: 0.3 }), name).toEqual(answers['plain(.5,.3)']);
      expect(given({ claims: 'own', negativeBelow: 0.3 }), name).toEqual(answers['lowQuality(.5,.3)']);
      expect(given({ claims: 'none', negativeBelow: 0.3 }), name).toEqual(answers['effdet ArgMax(.5,.3)']);
    }
    expect(golden.matcher).toHaveLength(7);
  });

  /** The small SSD of losses and detections: 352 anchors of a 64 x 64 image, 6 classes. */
  const smallAnchors = () =>
    anchors({
      levels: ssdAnchors({ inputSize: [64, 64], scales: [0.15, 0.4, 0.8], ratios: [[2], [2, 3]], steps: [8, 16] }),
      maps: [
        { height: 8, width: 8 },
        { height: 4, width: 4 },
      ],
      inputSize: [64, 64],
    });
  const labels = ['1', '2', '3', '4', '5'];

  /** A gradient by the reference's summary: some numbers, its length, and a sum that every number enters. */
  function expectGradient(got: Float32Array, wanted: { dot: number; norm: number; index: number[]; value: number[] }) {
    const probe = uniform('probe');
    const dot = got.reduce((sum, x) => sum + x * (2 * probe() - 1), 0) / Math.sqrt(got.length);
    expect(dot).toBeCloseTo(wanted.dot, 7);
    expect(Math.hypot(...got)).toBeCloseTo(wanted.norm, 5);
    expect(
      distance(
        wanted.index.map((i) => got[i] ?? Number.NaN),
        wanted.value,
      ),
    ).toBeLessThan(1e-6);
  }

  it('parity: SSD matching, mining, loss and gradients', () => {
    const expected = golden.ssdLoss;
    const boxes = smallAnchors();
    const count = boxes.length / 4;
    expect(count).toBe(expected.count);
    expect(distance(swapped(boxes.subarray(0, 32)), expected.anchorsFirst.flat())).toBeLessThan(1e-5);

    const images = expected.targets.map((target: { boxes: Corners[]; labels: number[] }): Annotation[] =>
      target.boxes.map((box, i) => ({ box: fromXyxy(box), label: `${target.labels[i]}` })),
    );
    const matched = matchBatch(images, { anchors: boxes, labels });
    const wanted = new Int32Array(3 * count);
    expected.matched.forEach((pairs: Rows, b: number) => {
      for (const [anchor = 0, object = 0] of pairs) wanted[b * count + anchor] = expected.targets[b].labels[object];
    });
    expect(matched.classes).toEqual(wanted);
    expect(matched.positives).toBe(5); // 4 + 1 + 0

    tidy(() => {
      const logits = tensor3d(spread('cls_logits', 3 * count * 6, 3), [3, count, 6]);
      const codes = tensor3d(swapped(spread('bbox_regression', 3 * count * 4, 2)), [3, count, 4]);
      const classes = tensor2d(matched.classes, [3, count], 'int32');
      const targets = tensor3d(matched.boxes, [3, count, 4]);
      const of = (a: Tensor3D, b: Tensor3D) =>
        ssdLoss({ logits: a, boxes: b, classes, targets, positives: scalar(matched.positives) });
      const loss = of(logits, codes);
      expect(loss.classification.dataSync()[0]).toBeCloseTo(expected.classification, 5);
      expect(loss.localization.dataSync()[0]).toBeCloseTo(expected.bbox_regression, 5);

      const mined = hardNegatives(softmaxCrossEntropy(logits, classes), classes).dataSync();
      const used = expected.usedInClassification.map((_: unknown, b: number) =>
        Array.from({ length: count }, (_, i) => i).filter(
          (i) => mined[b * count + i] === 1 || (wanted[b * count + i] ?? 0) > 0,
        ),
      );
      expect(used).toEqual(expected.usedInClassification);

      const [dLogits, dCodes] = grads((a: Tensor, b: Tensor) => of(a as Tensor3D, b as Tensor3D).total)([
        logits,
        codes,
      ]);
      expectGradient(dLogits?.dataSync() as Float32Array, expected.gradClassification);
      const slope = swapped(dCodes?.dataSync() as Float32Array);
      expectGradient(slope, expected.gradRegression);
      for (const [image, anchor, four] of expected.gradRegressionAtPositives) {
        const at = 4 * (image * count + anchor);
        expect(distance(slope.subarray(at, at + 4), four)).toBeLessThan(1e-6);
      }
    });
  });

  it('parity: SSD detections', () => {
    const boxes = smallAnchors();
    const count = boxes.length / 4;
    for (const expected of golden.ssdDetections) {
      const found = postprocess(
        { logits: spread('cls_logits', 6 * count, 6), boxes: swapped(spread('bbox_regression', 4 * count, 2)) },
        {
          anchors: boxes,
          inputSize: [64, 64],
          scoreAbove: expected.score_thresh,
          iouAbove: expected.nms_thresh,
          keep: expected.detections_per_img,
          candidates: expected.topk_candidates,
        },
      );
      const listed = expected.scores.length;
      expect(found.scores).toHaveLength(expected.count);
      expect([...found.classes.subarray(0, listed)]).toEqual(expected.labels);
      expect(distance(found.scores.subarray(0, listed), expected.scores)).toBeLessThan(1e-6);
      expect(distance(swapped(found.boxes.subarray(0, 4 * listed)), expected.boxes.flat())).toBeLessThan(1e-4); // float32
      const counts = [0, 1, 2, 3, 4, 5].map((k) => found.classes.filter((c) => c === k).length);
      expect(counts).toEqual(expected.labelCounts);
    }
    expect(golden.ssdDetections).toHaveLength(2);
  });

  it.each([
    ['box_iou', iou],
    ['generalized_box_iou', generalizedIou],
    ['distance_box_iou', distanceIou],
    ['complete_box_iou', completeIou],
  ] as const)('parity: %s', (name, overlap) => {
    const expected = golden.iou;
    const [a, b] = [swapped(expected.a.flat()), swapped(expected.b.flat())];
    expect(distance(overlaps(a, b, overlap), flat(expected[name]))).toBeLessThan(1e-7); // theirs adds 1e-7 to a square of pixels
  });

  it.each([
    ['generalized_box_iou_loss', generalizedIouLoss],
    ['distance_box_iou_loss', distanceIouLoss],
    ['complete_box_iou_loss', completeIouLoss],
  ] as const)('parity: %s and its gradient', (name, loss) => {
    const { pred, true: truth, [name]: expected } = golden.iou.losses;
    tidy(() => {
      const of = (rows: Rows) => tensor2d(swapped(rows.flat()), [rows.length, 4]);
      const [predicted, wanted] = [of(pred), of(truth)];
      // Float32 of corners near 100: a step is 8e-6, of sides of 3 to 30.
      expect(distance(loss(predicted, wanted).dataSync(), expected.value)).toBeLessThan(2e-6);
      const [slope] = grads((p: Tensor) => sum(loss(p as Tensor2D, wanted)))([predicted]);
      expect(distance(swapped(slope?.dataSync() ?? []), expected.gradPred.flat())).toBeLessThan(1e-6);
    });
  });

  it('parity: soft NMS, linear and Gaussian, box by box', () => {
    const boxes = byBoxRule('soft/boxes', 60, 100);
    const [s, k] = [uniform('soft/scores'), uniform('soft/classes')];
    const scores = Float32Array.from({ length: 60 }, s);
    const classes = Int32Array.from({ length: 60 }, () => Math.floor(3 * k()));
    const { boxes: _, ...cases } = golden.softNms;
    for (const [name, expected] of Object.entries<Record<string, number & number[]>>(cases)) {
      const gaussian = expected.method_gaussian ?? true;
      const { indices, scores: left } = softNms(boxes, scores, {
        ...(gaussian
          ? { name: 'gaussian', sigma: expected.sigma ?? Number.NaN }
          : { name: 'linear', iouAbove: expected.iou_threshold ?? Number.NaN }),
        scoreAbove: expected.score_threshold ?? Number.NaN,
        ...(name.startsWith('batched') ? { classes } : {}),
      });
      expect([...indices], name).toEqual(expected.kept);
      expect(distance(left, expected.scores ?? []), name).toBeLessThan(1e-6); // theirs is float32
    }
    expect(Object.keys(cases)).toHaveLength(5);
  });

  it('parity: NMS, box by box', () => {
    const [s, k] = [uniform('nms/scores'), uniform('nms/classes')];
    const boxes = byBoxRule('nms/boxes', 1000, 300);
    const scores = Float32Array.from({ length: 1000 }, s);
    const classes = Int32Array.from({ length: 1000 }, () => Math.floor(5 * k()));
    const expected = golden.nms;
    for (const iouAbove of [0.3, 0.5, 0.7])
      expect([...nms(boxes, scores, { iouAbove, classes })]).toEqual(expected[`batched ${iouAbove}`]);
    expect([...nms(boxes, scores, { iouAbove: 0.5 })]).toEqual(expected['plain .5']);
    const tied = scores.map((score) => Math.floor(score * 20) / 20).subarray(0, 200);
    expect([...nms(boxes.subarray(0, 800), tied, { iouAbove: 0.5 })]).toEqual(expected['tied scores']['plain .5']);
    const exact = expected['exactly at the threshold'];
    expect([
      ...nms(swapped(exact.boxes.flat()), Float32Array.from(exact.scores), { iouAbove: exact.iouThreshold }),
    ]).toEqual(exact.kept);
  });

  it('parity: clipping, areas and forms of boxes', () => {
    const { boxes, clipped, area, cxcywh, xywh, 'image [h, w]': size } = golden.boxUtils;
    const ours = swapped(boxes.flat());
    expect(distance(clipBoxes(ours, size), swapped(clipped.flat()))).toBe(0);
    expect([...areas(ours)]).toEqual(area);
    boxes.forEach((corners: Corners, i: number) => {
      const box = fromXyxy(corners);
      expect(toCxcywh(box)).toEqual(cxcywh[i]);
      expect(toXywh(box)).toEqual(xywh[i]);
      expect(fromCxcywh(cxcywh[i] as CentreAndSize)).toEqual(box);
      expect(fromXywh(xywh[i] as CornerAndSize)).toEqual(box);
    });
  });

  it('parity: sigmoid focal loss and its gradient', () => {
    const { logits, targets, ...cases } = golden.sigmoidFocal;
    for (const [name, { value, grad: slope }] of Object.entries<{ value: Rows; grad: Rows }>(cases)) {
      const [, alpha = 0, gamma = 0] = /alpha (\S+) gamma (\S+)/.exec(name)?.map(Number) ?? [];
      const options = { alpha: alpha < 0 ? ('none' as const) : alpha, gamma };
      tidy(() => {
        const [x, t] = [tensor(logits), tensor(targets)] as [Tensor, Tensor];
        const loss = sigmoidFocal(x, t, options).dataSync();
        const [got] = grads((a: Tensor) => sigmoidFocal(a, t, options))([x], ones(x.shape));
        const within = (all: ArrayLike<number>, wanted: Rows) =>
          wanted.flat().forEach((w, i) => {
            // Relative: values go down to 1e-27. Float32 steps in the exponent of a logit of 20.
            expect(Math.abs((all[i] ?? Number.NaN) - w) / Math.abs(w), `${name}, ${i}`).toBeLessThan(2e-5);
          });
        within(loss, value);
        within(got?.dataSync() ?? [], slope);
      });
    }
    expect(Object.keys(cases)).toHaveLength(4);
  });
});
