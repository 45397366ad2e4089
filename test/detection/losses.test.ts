import {
  add,
  engine,
  grads,
  memory,
  mul,
  scalar,
  setBackend,
  sum,
  type Tensor,
  type Tensor3D,
  tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { softmaxCrossEntropy } from '../../src/detection/crossEntropy.ts';
import { sigmoidFocal } from '../../src/detection/focal.ts';
import { focalLoss, torchvisionFocal } from '../../src/detection/focalLoss.ts';
import { hardNegatives } from '../../src/detection/hardNegatives.ts';
import { oneHotClasses } from '../../src/detection/oneHotClasses.ts';
import { huber, smoothL1 } from '../../src/detection/smoothL1.ts';
import { ssdLoss } from '../../src/detection/ssdLoss.ts';
import { backends, use } from '../ops/backends.ts';
import { normal } from './drawn.ts';

const read = (t: Tensor) => [...t.dataSync()];
const near = (values: readonly number[], digits = 6) => values.map((value) => expect.closeTo(value, digits));

/** A batch of drawn predictions: 3 images of 12 anchors and 4 classes; the last image shows nothing. */
const shape = [3, 12] as const;
const drawn = {
  logits: normal(3 * 12 * 4, 'logits'),
  boxes: normal(3 * 12 * 4, 'boxes').map((x) => 1.5 * x),
  targets: normal(3 * 12 * 4, 'targets'),
  classes: Int32Array.from([
    ...[0, 2, 0, 0, -1, 0, 3, 0, 0, 0, -1, 0], // two objects: 6 of 8 negatives count
    ...[1, 1, 1, 0, 0, 0, 0, 0, 0, -1, -1, -1], // three: all of 6, of 9 wanted
    ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1], // none: none
  ]),
};
type Drawn = typeof drawn;
const inputs = (given: Drawn, positives = 5) => ({
  logits: tensor3d(given.logits, [...shape, 4]),
  boxes: tensor3d(given.boxes, [...shape, 4]),
  targets: tensor3d(given.targets, [...shape, 4]),
  classes: tensor2d(given.classes, [...shape], 'int32'),
  positives: scalar(positives),
});
const losses = { ssdLoss, focalLoss } as const;
const names = ['ssdLoss', 'focalLoss'] as const;
const total = (name: (typeof names)[number], given: Drawn, positives?: number) =>
  tidy(() => losses[name](inputs(given, positives)).total.dataSync()[0] ?? Number.NaN);

/** Gradients of the total: of logits, then of boxes. */
const slopes = (name: (typeof names)[number], given: Drawn, positives?: number) =>
  tidy(() => {
    const all = inputs(given, positives);
    const of = (logits: Tensor, boxes: Tensor) =>
      losses[name]({ ...all, logits: logits as Tensor3D, boxes: boxes as Tensor3D }).total;
    return grads(of)([all.logits, all.boxes]).map((g) => g.dataSync() as Float32Array);
  });

/** The loss by plain loops in double precision. */
function plainSsd({ logits, boxes, targets, classes }: Drawn, positives = 5) {
  const surprise = Array.from(classes, (kind, i) => {
    const row = [...logits.subarray(4 * i, 4 * i + 4)];
    const most = Math.max(...row);
    return most + Math.log(row.reduce((s, x) => s + Math.exp(x - most), 0)) - (row[Math.max(kind, 0)] ?? 0);
  });
  let [classification, localization] = [0, 0];
  for (let b = 0; b < shape[0]; b++) {
    const own = Array.from({ length: shape[1] }, (_, i) => b * shape[1] + i);
    const objects = own.filter((i) => (classes[i] ?? 0) > 0);
    const negatives = own
      .filter((i) => classes[i] === 0)
      .sort((i, j) => (surprise[j] ?? 0) - (surprise[i] ?? 0))
      .slice(0, 3 * objects.length);
    for (const i of [...objects, ...negatives]) classification += surprise[i] ?? 0;
    for (const i of objects)
      for (let k = 4 * i; k < 4 * i + 4; k++) {
        const d = Math.abs((boxes[k] ?? 0) - (targets[k] ?? 0));
        localization += d < 1 ? d ** 2 / 2 : d - 0.5;
      }
  }
  return { classification: classification / positives, localization: localization / positives };
}

/** RetinaNet's loss as torchvision has it, by plain loops in double precision. */
function plainTorchvisionFocal({ logits, boxes, targets, classes }: Drawn) {
  let [classification, localization] = [0, 0];
  for (let b = 0; b < shape[0]; b++) {
    const own = Array.from({ length: shape[1] }, (_, i) => b * shape[1] + i);
    const objects = own.filter((i) => (classes[i] ?? 0) > 0);
    let [surprise, away] = [0, 0];
    for (const i of own.filter((i) => (classes[i] ?? 0) >= 0))
      for (let k = 0; k < 4; k++) {
        const p = 1 / (1 + Math.exp(-(logits[4 * i + k] ?? 0)));
        const yes = k > 0 && classes[i] === k;
        const right = yes ? p : 1 - p;
        surprise += (yes ? 0.25 : 0.75) * (1 - right) ** 2 * -Math.log(right);
      }
    for (const i of objects)
      for (let k = 4 * i; k < 4 * i + 4; k++) away += Math.abs((boxes[k] ?? 0) - (targets[k] ?? 0));
    classification += surprise / Math.max(1, objects.length) / shape[0];
    localization += away / Math.max(1, objects.length) / shape[0];
  }
  return { classification, localization };
}

const everywhere = [{ name: 'cpu', absent: undefined }, ...backends] as const;

for (const { name: backendName, absent } of everywhere)
  describe.skipIf(absent)(`losses on ${backendName}${absent ? ` (skipped: ${absent})` : ''}`, () => {
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

    it('see a whole one in the column of each class', () => {
      tidy(() => {
        const columns = oneHotClasses(tensor2d([[2, 0, -1]], undefined, 'int32'), 3);
        expect(columns.dtype).toBe('float32');
        expect(read(columns)).toEqual([...[0, 0, 1], ...[1, 0, 0], ...[1, 0, 0]]); // below 0 is read as 0
      });
    });

    it('are log 2 for a softmax of two that knows nothing, and 0 for one that is right', () => {
      tidy(() => {
        const logits = tensor3d([0, 0, Math.log(3), 0, 1000, -1000, -1000, 1000], [1, 4, 2]);
        const classes = tensor2d([1, 0, 0, 0], [1, 4], 'int32');
        // log(1 + 3) - log 3 for odds of 3 to 1; the last is wrong by 2000 and stays finite
        expect(read(softmaxCrossEntropy(logits, classes))).toEqual(near([Math.log(2), Math.log(4 / 3), 0, 2000]));
      });
    });

    it('are square near 0 and straight further out', () => {
      tidy(() => {
        const x = tensor1d([-3, -0.5, 0, 0.5, 1, 2]);
        expect(read(smoothL1(x))).toEqual(near([2.5, 0.125, 0, 0.125, 0.5, 1.5])); // x^2 / 2, |x| - 1/2
        expect(read(smoothL1(x, 2))).toEqual(near([2, 0.0625, 0, 0.0625, 0.25, 1])); // x^2 / 4, |x| - 1
        expect(read(huber(x, 2))).toEqual(near([4, 0.125, 0, 0.125, 0.5, 2])); // x^2 / 2, 2 (|x| - 1)
        expect(read(huber(x, 0.1))).toEqual(near([0.295, 0.045, 0, 0.045, 0.095, 0.195])); // 0.1 (|x| - 0.05)
      });
    });

    it('are spared by the focal factor where they are right', () => {
      tidy(() => {
        const x = tensor1d([0, 0, Math.log(9), Math.log(9)]); // p = 1/2 and 9/10
        const right = tensor1d([1, 0, 1, 0]);
        const half = Math.log(2) / 4; // (1 - p)^2 * -log p
        expect(read(sigmoidFocal(x, right))).toEqual(
          near([half / 4, (3 * half) / 4, (0.01 * -Math.log(0.9)) / 4, (3 * 0.81 * Math.log(10)) / 4]),
        );
        expect(read(sigmoidFocal(x, right, { alpha: 'none', gamma: 0 }))).toEqual(
          near([Math.log(2), Math.log(2), -Math.log(0.9), Math.log(10)]), // cross-entropy
        );
      });
    });

    it('choose the negatives that are most wrong, three to a positive, of equals the first', () => {
      tidy(() => {
        const wrong = [9, 1, 5, 3, 3, 3, 8, 0];
        const choose = (classes: number[], perPositive?: number) =>
          read(hardNegatives(tensor2d([wrong]), tensor2d([classes], undefined, 'int32'), perPositive));
        expect(choose([1, 0, 0, 0, 0, 0, -1, 0])).toEqual([0, 0, 1, 1, 1, 0, 0, 0]);
        expect(choose([1, 0, 0, 0, 0, 0, -1, 0], 1)).toEqual([0, 0, 1, 0, 0, 0, 0, 0]);
        expect(choose([1, 1, 1, 0, 0, 0, -1, 0])).toEqual([0, 0, 0, 1, 1, 1, 0, 1]); // no more than there are
        expect(choose([0, 0, 0, 0, 0, 0, -1, 0])).toEqual([0, 0, 0, 0, 0, 0, 0, 0]); // nothing to see
      });
    });

    it('choose no negative whose loss is NaN before one that has a number', () => {
      tidy(() => {
        const wrong = tensor2d([[2, Number.NaN, 0.5, Number.NaN, 3, 1]]);
        const classes = tensor2d([[1, 0, 0, 0, 0, 0]], undefined, 'int32');
        expect(read(hardNegatives(wrong, classes))).toEqual([0, 0, 1, 0, 1, 1]);
      });
    });

    it("are SSD's, part by part", () => {
      tidy(() => {
        const loss = ssdLoss(inputs(drawn));
        const wanted = plainSsd(drawn);
        expect(loss.classification.dataSync()[0]).toBeCloseTo(wanted.classification, 5);
        expect(loss.localization.dataSync()[0]).toBeCloseTo(wanted.localization, 5);
        expect(loss.total.dataSync()[0]).toBeCloseTo(wanted.classification + wanted.localization, 5);
      });
    });

    it.each(names)('have no gradient, and are not NaN, where a batch shows nothing: %s', (name) => {
      const nothing = { ...drawn, classes: new Int32Array(36).fill(name === 'ssdLoss' ? 0 : -1) };
      expect(total(name, nothing, 0)).toBe(0);
      for (const slope of slopes(name, nothing, 0)) expect(slope.every((x) => x === 0)).toBe(true);
    });

    it.each(names)('do not hear of ignored anchors: %s', (name) => {
      const other = { ...drawn, logits: drawn.logits.slice(), boxes: drawn.boxes.slice() };
      drawn.classes.forEach((kind, i) => {
        if (kind < 0) other.logits.fill(7, 4 * i, 4 * i + 4);
        if (kind < 0) other.logits[4 * i + 1] = 20;
        if (kind <= 0) other.boxes.fill(-30, 4 * i, 4 * i + 4); // nor of the boxes of the background
      });
      expect(total(name, other)).toBe(total(name, drawn));
      for (const [which, slope] of slopes(name, drawn).entries())
        drawn.classes.forEach((kind, i) => {
          const own = slope.subarray(4 * i, 4 * i + 4);
          if (kind < 0 || (kind === 0 && which === 1)) expect([...own].every((x) => x === 0)).toBe(true);
        });
    });

    it.each(names)('of a batch are the sum over its parts, which know the positives of all: %s', (name) => {
      const part = (b: number) => (all: Float32Array) => all.slice(b * 48, (b + 1) * 48);
      const parts = tidy(() =>
        [0, 1, 2]
          .map((b) => {
            const [of, from] = [part(b), [1, 12, 4] as [number, number, number]];
            return losses[name]({
              logits: tensor3d(of(drawn.logits), from),
              boxes: tensor3d(of(drawn.boxes), from),
              targets: tensor3d(of(drawn.targets), from),
              classes: tensor2d(drawn.classes.slice(12 * b, 12 * b + 12), [1, 12], 'int32'),
              positives: scalar(5),
            }).total;
          })
          .reduce((a, b) => add(a, b))
          .dataSync(),
      );
      expect(parts[0]).toBeCloseTo(total(name, drawn), 4);
    });

    it.each(names)('have the gradients of finite differences: %s', (name) => {
      // Central differences of a float32 loss near 5: a step of 1e-2 leaves errors of some 1e-4.
      const computed = slopes(name, drawn);
      const largest = Math.max(...computed.flatMap((slope) => [...slope].map(Math.abs)));
      for (const [which, key] of (['logits', 'boxes'] as const).entries())
        drawn[key].forEach((_, i) => {
          const moved = (by: number) =>
            total(name, { ...drawn, [key]: drawn[key].map((x, k) => (k === i ? x + by : x)) });
          const difference = (moved(0.01) - moved(-0.01)) / 0.02;
          const error = Math.abs(difference - (computed[which]?.[i] ?? Number.NaN)) / largest;
          expect(error, `${key} ${i}`).toBeLessThan(5e-3);
        });
    });

    it.each(names)('stay NaN when a logit is, wherever it is: %s', (name) => {
      expect(total(name, { ...drawn, logits: drawn.logits.with(3, Number.NaN) })).toBeNaN();
      expect(total(name, { ...drawn, boxes: drawn.boxes.with(130, Number.NaN) })).toBeNaN();
    });

    it.each(names)('stay finite with their gradients for logits of any size: %s', (name) => {
      const logits = drawn.logits.map((x) => 500 * x);
      expect(Number.isFinite(total(name, { ...drawn, logits }))).toBe(true);
      for (const slope of slopes(name, { ...drawn, logits })) expect(slope.every(Number.isFinite)).toBe(true);
    });

    it.each(names)('read nothing back: %s', (name) => {
      const all = inputs(drawn);
      const spies = [vi.spyOn(engine(), 'readSync'), vi.spyOn(engine(), 'read')]; // the doors of dataSync and data
      tidy(() => {
        const of = (logits: Tensor) => losses[name]({ ...all, logits: logits as Tensor3D }).total;
        grads(of)([all.logits]);
      });
      for (const spy of spies) expect(spy).not.toHaveBeenCalled();
      all.positives.dataSync();
      expect(spies[0]).toHaveBeenCalledOnce(); // so it was the right door
      for (const spy of spies) spy.mockRestore();
      for (const t of Object.values(all)) t.dispose();
    });

    it('leave a column for the background alone in the focal loss, or do without one', () => {
      tidy(() => {
        const all = inputs(drawn);
        const without = tensor3d(
          drawn.logits.filter((_, i) => i % 4 !== 0),
          [...shape, 3],
        );
        const beside = focalLoss(all);
        const alone = focalLoss({ ...all, logits: without }, { background: 'none' });
        expect(read(beside.total)).toEqual(near(read(alone.total)));
        const [dLogits] = slopes('focalLoss', drawn);
        expect(dLogits?.filter((_, i) => i % 4 === 0).every((x) => x === 0)).toBe(true);
        expect(dLogits?.some((x) => x !== 0)).toBe(true);
      });
    });

    it("are torchvision's focal loss: each image by its own positives, straight distances, a column that says no", () => {
      const wanted = plainTorchvisionFocal(drawn);
      tidy(() => {
        const loss = focalLoss(inputs(drawn), torchvisionFocal);
        expect(loss.classification.dataSync()[0]).toBeCloseTo(wanted.classification, 5);
        expect(loss.localization.dataSync()[0]).toBeCloseTo(wanted.localization, 5);
        const of = (logits: Tensor, boxes: Tensor) =>
          focalLoss({ ...inputs(drawn), logits: logits as Tensor3D, boxes: boxes as Tensor3D }, torchvisionFocal).total;
        const all = inputs(drawn);
        const [dLogits, dBoxes] = grads(of)([all.logits, all.boxes]).map((g) => g.dataSync());
        const at = (key: 'logits' | 'boxes', i: number, by: number) => {
          const moved = plainTorchvisionFocal({ ...drawn, [key]: drawn[key].map((x, k) => (k === i ? x + by : x)) });
          return moved.classification + moved.localization;
        };
        for (const [key, slope] of [
          ['logits', dLogits],
          ['boxes', dBoxes],
        ] as const)
          for (const i of [0, 4, 5, 6, 17, 50, 51, 100])
            expect(slope?.[i], `${key} ${i}`).toBeCloseTo((at(key, i, 1e-3) - at(key, i, -1e-3)) / 2e-3, 4);
      });
    });

    it('weigh the elements of what they are differentiated by', () => {
      tidy(() => {
        const [x, weights] = [tensor1d([-3, 0.5, 0.2]), tensor1d([2, 3, 0])];
        const [slope] = grads((a: Tensor) => sum(mul(huber(a, 2), weights)))([x]);
        expect(read(slope as Tensor)).toEqual(near([-4, 1.5, 0])); // 2 * -2, 3 * 0.5
      });
    });
  });

describe('losses', () => {
  beforeAll(async () => {
    await use('cpu');
  });

  it('say which shapes do not go together', () => {
    tidy(() => {
      const all = inputs(drawn);
      for (const name of names) {
        const boxes = tensor3d(new Float32Array(36), [3, 12, 1]);
        expect(() => losses[name]({ ...all, boxes })).toThrow(`${name}: logits are [3,12,4], boxes [3,12,1]`);
        const classes = tensor2d(new Float32Array(36), [3, 12]);
        expect(() => losses[name]({ ...all, classes })).toThrow(`${name}: classes are float32; they must be int32`);
      }
      const [x, right] = [tensor([1, 2]), tensor([1])];
      expect(() => sigmoidFocal(x, right)).toThrow('logits are [2] and right [1]');
      expect(() => sigmoidFocal(x, x, { alpha: 2 })).toThrow('alpha is 2');
      expect(() => sigmoidFocal(x, x, { gamma: -1 })).toThrow('gamma is -1');
      expect(() => smoothL1(x, 0)).toThrow('its middle is 0');
      expect(() => softmaxCrossEntropy(all.logits, tensor2d([[1]], undefined, 'int32'))).toThrow('classes [1,1]');
      expect(() => hardNegatives(tensor2d([[1]]), all.classes)).toThrow('losses are [1,1] and classes [3,12]');
      expect(() => hardNegatives(tensor2d([[1]]), tensor2d([[1]], undefined, 'int32'), -1)).toThrow(
        'perPositive is -1',
      );
      const one = tensor3d(new Float32Array(36), [3, 12, 1]);
      expect(() => focalLoss({ ...all, logits: one })).toThrow('no class is left');
    });
  });
});
