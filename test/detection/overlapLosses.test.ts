import { grads, memory, setBackend, sum, type Tensor, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Box } from '../../src/core/annotation.ts';
import {
  completeIouLoss,
  distanceIouLoss,
  generalizedIouLoss,
  iouLoss,
  type OverlapLoss,
} from '../../src/detection/overlapLosses.ts';
import { completeIou, distanceIou, generalizedIou, iou } from '../../src/detection/overlaps.ts';
import { backends, use } from '../ops/backends.ts';

const losses = [
  ['iouLoss', iouLoss, iou],
  ['generalizedIouLoss', generalizedIouLoss, generalizedIou],
  ['distanceIouLoss', distanceIouLoss, distanceIou],
  ['completeIouLoss', completeIouLoss, completeIou],
] as const;
const predicted: readonly Box[] = [
  [0, 0, 10, 10],
  [2, 3, 12, 9],
  [0, 0, 4, 4],
  [5, 5, 6, 9],
];
const truths: readonly Box[] = [
  [0, 5, 10, 15], // to the right by half
  [3, 1, 9, 14], // across
  [10, 20, 14, 24], // apart
  [4, 4, 12, 12], // around
];
const values = (loss: OverlapLoss, a: readonly Box[], b: readonly Box[]) =>
  tidy(() => [...loss(tensor2d(a.flat(), [a.length, 4]), tensor2d(b.flat(), [b.length, 4])).dataSync()]);
const slopes = (loss: OverlapLoss, a: readonly Box[], b: readonly Box[]) =>
  tidy(() => {
    const truth = tensor2d(b.flat(), [b.length, 4]);
    const [slope] = grads((p: Tensor) => sum(loss(p as Tensor2D, truth)))([tensor2d(a.flat(), [a.length, 4])]);
    return [...(slope?.dataSync() ?? [])];
  });

for (const { name: backendName, absent } of [{ name: 'cpu', absent: undefined } as const, ...backends])
  describe.skipIf(absent)(`losses of boxes on ${backendName}${absent ? ` (skipped: ${absent})` : ''}`, () => {
    let before = 0;
    beforeAll(async () => {
      await use('cpu');
      await use(backendName);
    }, 60_000);
    beforeEach(async () => {
      await setBackend(backendName);
      before = memory().numTensors;
    });
    afterEach(() => {
      expect(memory().numTensors).toBe(before);
    });

    it('are 1 less the overlap, pair by pair', () => {
      for (const [name, loss, overlap] of losses) {
        const wanted = predicted.map((box, i) => 1 - overlap(box, truths[i] ?? box));
        // Half a square to the right: IoU 1/3; hull 150, in neither 0; centres 5 apart on a diagonal of sqrt(325).
        if (name === 'iouLoss' || name === 'generalizedIouLoss') expect(wanted[0]).toBeCloseTo(2 / 3, 12);
        if (name === 'distanceIouLoss') expect(wanted[0]).toBeCloseTo(2 / 3 + 25 / 325, 12);
        expect(values(loss, predicted, truths), name).toEqual(wanted.map((value) => expect.closeTo(value, 6)));
      }
    });

    it('are 0 for a box on its truth, and have no gradient but of rounding there', () => {
      for (const [name, loss] of losses)
        for (const value of values(loss, truths, truths)) expect(Math.abs(value), name).toBeLessThan(1e-6);
    });

    it('draw boxes together that do not touch, all but the first', () => {
      for (const [name, loss] of losses) {
        const [y1 = Number.NaN, x1 = Number.NaN, y2 = Number.NaN, x2 = Number.NaN] = slopes(
          loss,
          predicted,
          truths,
        ).slice(8, 12);
        if (name === 'iouLoss') expect([y1, x1, y2, x2].every((slope) => slope === 0)).toBe(true);
        // The truth lies below and to the right: moving there lowers the loss.
        else expect([y1 + y2 < 0, x1 + x2 < 0], name).toEqual([true, true]);
      }
    });

    it('have the gradients of finite differences, the weight of the aspect ratio apart', () => {
      for (const [name, loss, overlap] of losses) {
        if (name === 'completeIouLoss') continue; // its weight is a constant: held to the reference's gradient
        const got = slopes(loss, predicted, truths);
        const at = (i: number, by: number) => {
          const moved = predicted.map((box, b) => box.map((x, c) => (4 * b + c === i ? x + by : x)));
          const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = moved[Math.floor(i / 4)] ?? [];
          return 1 - overlap([y1, x1, y2, x2], truths[Math.floor(i / 4)] ?? [0, 0, 1, 1]);
        };
        got.forEach((slope, i) => {
          // Where corners meet, the loss has two slopes: of the first pair's y, both are 0 or of one side.
          if (i === 0 || i === 2) return;
          expect(slope, `${name} ${i}`).toBeCloseTo((at(i, 1e-5) - at(i, -1e-5)) / 2e-5, 4);
        });
      }
    });

    it('stay finite for boxes without an area', () => {
      const flat: readonly Box[] = [
        [3, 3, 3, 3],
        [3, 3, 3, 8],
      ];
      for (const [name, loss] of losses) {
        expect(values(loss, flat, truths.slice(0, 2)).every(Number.isFinite), name).toBe(true);
        expect(values(loss, flat, flat).every(Number.isFinite), name).toBe(true);
      }
    });

    it('say which shapes do not go together', () => {
      tidy(() => {
        const [four, three] = [tensor2d([[0, 0, 1, 1]]), tensor2d([[0, 0, 1]])];
        for (const [name, loss] of losses)
          expect(() => loss(four, three)).toThrow(`${name}: predicted boxes are [1,4] and true ones [1,3]`);
      });
    });
  });
