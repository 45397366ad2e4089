import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  grads,
  scalar,
  setBackend,
  slice,
  type Tensor,
  type Tensor3D,
  tensor2d,
  tensor3d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Annotation, Box } from '../../src/core/annotation.ts';
import { anchors } from '../../src/detection/anchors.ts';
import { efficientDetAnchors } from '../../src/detection/efficientDetAnchors.ts';
import { efficientDetLoss } from '../../src/detection/efficientDetLoss.ts';
import {
  effdetPostprocess,
  effdetSoftPostprocess,
  efficientDetCoder,
  efficientDetMatch,
} from '../../src/detection/efficientDetRules.ts';
import { matchBatch } from '../../src/detection/match.ts';
import { largest } from '../../src/detection/order.ts';
import { postprocess } from '../../src/detection/postprocess.ts';
import { distance, golden, spread, uniform } from './reference.ts';

type Rows = readonly (readonly number[])[];
type Size = readonly [height: number, width: number];
const levels = ['P3', 'P4', 'P5', 'P6', 'P7', 'P8'] as const;

/** Maps of P3 and coarser ones, the input halved three times and more. */
const mapsOf = (size: Size, count = 5) =>
  levels.slice(0, count).map((_, i) => {
    const halved = (side: number) => Math.ceil(side / 2 ** (i + 3));
    return { height: halved(size[0]), width: halved(size[1]) };
  });
const anchorsOf = (inputSize: Size, { scale = 4, count = 5 } = {}) =>
  anchors({
    levels: efficientDetAnchors({ inputSize, levels: levels.slice(0, count), scale }),
    maps: mapsOf(inputSize, count),
    inputSize,
  });

/** A head's maps of the reference, [b, anchors * width, h, w] each, as ours, [b, n, width]. */
function headOutput(name: string, size: Size, batch: number, width: number, scale: number): Float32Array {
  const count = anchorsOf(size).length / 4;
  const all = new Float32Array(batch * count * width);
  let before = 0;
  for (const [l, { height, width: w }] of mapsOf(size).entries()) {
    const values = spread(`${name}_P${l + 3}`, batch * 9 * width * height * w, scale);
    values.forEach((value, i) => {
      const [cell, channel, b] = [
        i % (height * w),
        Math.floor(i / (height * w)) % (9 * width),
        Math.floor(i / (height * w * 9 * width)),
      ];
      all[(b * count + before) * width + cell * 9 * width + channel] = value;
    });
    before += height * w * 9;
  }
  return all;
}

const objectsOf = (boxes: Rows, classes: readonly number[]): Annotation[] =>
  boxes.flatMap((box, i) => ((classes[i] ?? -1) > 0 ? [{ box: box as unknown as Box, label: `${classes[i]}` }] : []));
const labels = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1}`);
/** Relative, for sums and norms. */
const off = (got: number, wanted: number) => Math.abs(got - wanted) / Math.max(1e-6, Math.abs(wanted));

describe.skipIf(golden === undefined)("effdet's detection (skipped where ../shared/data/parity is absent)", () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  it.each(Object.keys(golden?.effdetAnchors ?? {}))('has the same anchors: %s', (name) => {
    const expected = golden.effdetAnchors[name];
    const count = 1 + expected.levels[1] - expected.levels[0];
    const boxes = anchorsOf(expected.image, { scale: expected.anchorScale, count });
    expect(mapsOf(expected.image, count).map(({ height, width }) => [height, width])).toEqual(expected.featSizes);
    expect(boxes.length / 4).toBe(expected.count);
    expect(distance(boxes.subarray(0, 36), expected['first9 [y1,x1,y2,x2]'].flat())).toBeLessThan(1e-4); // float32 of 1e3
    expect(distance(boxes.subarray(-36), expected.last9.flat())).toBeLessThan(1e-4);
    expected.levelStart.forEach((start: number, l: number) => {
      expect(distance(boxes.subarray(4 * start, 4 * start + 4), expected.levelFirst[l])).toBeLessThan(1e-4);
      const own = boxes.subarray(4 * start, 4 * (expected.levelStart[l + 1] ?? expected.count));
      for (const corner of [0, 1, 2, 3])
        expect(
          off(
            own.filter((_, i) => i % 4 === corner).reduce((a, b) => a + b, 0),
            expected.levelSum[l][corner],
          ),
        ).toBeLessThan(1e-6);
    });
  });

  it.each(['512x512', '128x128'])('gives the same anchors the same objects at %s', (name) => {
    const expected = golden.anchorLabels[name];
    const [side = 0] = name.split('x').map(Number);
    const boxes = anchorsOf([side, side]);
    const objects = objectsOf(expected['gt [y1,x1,y2,x2]'], expected['classes (1-based, -1 = padding)']);
    const options = { anchors: boxes, labels: labels(90), coder: efficientDetCoder, ...efficientDetMatch };
    const { classes, boxes: codes, positives } = matchBatch([objects], options);
    expect(positives).toBe(expected.positives);
    const places = [...classes.keys()].filter((i) => (classes[i] ?? 0) > 0);
    expect(places).toEqual(expected.positiveAnchors);
    for (const [anchor, kind, code] of expected.sampled) {
      expect(classes[anchor]).toBe(kind + 1); // effdet's count from 0
      expect(distance(codes.subarray(4 * anchor, 4 * anchor + 4), code)).toBeLessThan(1e-6);
    }
    expect(
      off(Math.hypot(...places.flatMap((i) => [...codes.subarray(4 * i, 4 * i + 4)])), expected.boxTargetNorm),
    ).toBeLessThan(1e-6);
    const sums = [0, 1, 2, 3].map((k) => places.reduce((sum, i) => sum + (codes[4 * i + k] ?? 0), 0));
    expect(distance(sums, expected.boxTargetSum)).toBeLessThan(1e-5);
  });

  it.each([
    ['new focal', 0],
    ['new focal, smoothing .1', 0.1],
    ['legacy focal', 0],
  ] as const)('has the same losses and gradients: %s', (name, smoothing) => {
    const {
      image,
      classes: columns,
      'gt [y1,x1,y2,x2]': truths,
      'classes (1-based)': kinds,
      [name]: expected,
    } = golden.detectionLoss;
    const boxes = anchorsOf(image);
    const count = boxes.length / 4;
    const matched = matchBatch(
      truths.map((rows: Rows, i: number) => objectsOf(rows, kinds[i])),
      { anchors: boxes, labels: labels(columns), coder: efficientDetCoder, ...efficientDetMatch },
    );
    expect(matched.positives).toBe(expected.positives[0] + expected.positives[1]);
    tidy(() => {
      const logits = tensor3d(headOutput('class', image, 2, columns, 3), [2, count, columns]);
      const codes = tensor3d(headOutput('box', image, 2, 4, 1), [2, count, 4]);
      const inputs = {
        classes: tensor2d(matched.classes, [2, count], 'int32'),
        targets: tensor3d(matched.boxes, [2, count, 4]),
        positives: scalar(matched.positives),
      };
      const of = (a: Tensor, b: Tensor) =>
        efficientDetLoss({ logits: a as Tensor3D, boxes: b as Tensor3D, ...inputs }, { smoothing });
      const loss = of(logits, codes);
      const value = (part: Tensor) => part.dataSync()[0] ?? Number.NaN;
      expect(off(value(loss.total), expected.total)).toBeLessThan(1e-6);
      expect(off(value(loss.classification), expected.class)).toBeLessThan(1e-6);
      expect(off(value(loss.localization), expected.box)).toBeLessThan(1e-6);

      const [dLogits, dCodes] = grads((a: Tensor, b: Tensor) => of(a, b).total)([logits, codes]);
      const perLevel = (slope: Tensor | undefined, width: number) => {
        let before = 0;
        return mapsOf(image).map(({ height, width: w }) => {
          const rows = slice(slope as Tensor3D, [0, before, 0], [2, height * w * 9, width]);
          before += height * w * 9;
          return rows.dataSync<'float32'>();
        });
      };
      const [ofClasses, ofBoxes] = [perLevel(dLogits, columns), perLevel(dCodes, 4)];
      ofClasses.forEach((own, l) => {
        expect(off(Math.hypot(...own), expected.gradNormClass[l])).toBeLessThan(1e-5);
      });
      ofBoxes.forEach((own, l) => {
        expect(Math.abs(Math.hypot(...own) - expected.gradNormBox[l])).toBeLessThan(1e-6);
      });
      // P7 has one cell, so that its channels are the numbers of its anchors, image by image.
      const p7 = expected.gradClassP7;
      expect(
        distance(
          p7.index.map((i: number) => ofClasses[4]?.[i] ?? Number.NaN),
          p7.value,
        ),
      ).toBeLessThan(1e-7);
      const probe = uniform('probe');
      const dot =
        [...(ofClasses[4] ?? [])].reduce((sum, x) => sum + x * (2 * probe() - 1), 0) /
        Math.sqrt(p7.shape[0] * p7.shape[1]);
      expect(dot).toBeCloseTo(p7.dot, 7);
      expect(ofBoxes[2]?.every((x) => x === 0)).toBe(expected.gradBoxP5.norm === 0);
    });
  });

  describe('detections', () => {
    const { image, classes, points, topk } = golden?.generateDetections ?? {};
    const predictions = () => ({
      boxes: headOutput('box', image, 1, 4, 0.6),
      logits: headOutput('class', image, 1, classes, 5),
    });

    it('enters the same pairs of an anchor and a class into the suppression', () => {
      const { logits } = predictions();
      const order = [...largest(logits, points)];
      const first = order.slice(0, topk.anchors.length);
      expect(first.map((i) => Math.floor(i / classes))).toEqual(topk.anchors);
      expect(first.map((i) => i % classes)).toEqual(topk.classes);
      expect(logits[order.at(-1) ?? -1]).toBeCloseTo(topk.last, 6);
    });

    it.each([
      ['no image info', effdetPostprocess],
      ['scaled and clipped', effdetPostprocess],
      ['soft', effdetSoftPostprocess],
    ] as const)('gives the same boxes, scores and classes in the same order: %s', (name, rule) => {
      const { imgScale, 'imgSize [w, h]': imgSize, maxDetections, ...rest } = golden.generateDetections[name];
      const detections: Rows = rest['detections [x1,y1,x2,y2,score,class]'];
      const scale = imgScale ?? 1;
      const found = postprocess(predictions(), {
        ...rule,
        coder: efficientDetCoder,
        candidates: points,
        keep: maxDetections,
        anchors: anchorsOf(image),
        inputSize: imgSize ? [imgSize[1] / scale, imgSize[0] / scale] : image,
        clip: imgSize ? 'input' : 'none',
      });
      // effdet keeps lines at the edge among its boxes.
      const wanted = detections.filter(([x1 = 0, y1 = 0, x2 = 0, y2 = 0]) => x2 > x1 && y2 > y1);
      const got = wanted.map((_, i) => {
        const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = found.boxes.subarray(4 * i, 4 * i + 4);
        return [x1 * scale, y1 * scale, x2 * scale, y2 * scale, found.scores[i] ?? 0, found.classes[i] ?? 0];
      });
      expect(got.map((row) => row[5])).toEqual(wanted.map((row) => row[5]));
      expect(
        distance(
          got.map((row) => row[4] ?? 0),
          wanted.map((row) => row[4] ?? 0),
        ),
      ).toBeLessThan(1e-6);
      expect(
        distance(
          got.flatMap((row) => row.slice(0, 4)),
          wanted.flatMap((row) => row.slice(0, 4)),
        ),
      ).toBeLessThan(1e-3);
      expect(wanted.length).toBeGreaterThan(20);
    });
  });
});
