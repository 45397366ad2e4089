import { describe, expect, it } from 'vitest';
import type { Annotation, Box } from '../../src/core/annotation.ts';
import { keyedRandom } from '../../src/core/random.ts';
import { type AssignRule, assign } from '../../src/detection/assign.ts';
import { boxAt, flatten } from '../../src/detection/boxes.ts';
import { decode, plainCoder } from '../../src/detection/coder.ts';
import { type MatchRule, match, matchBatch } from '../../src/detection/match.ts';
import { coverage } from '../../src/detection/overlaps.ts';
import { drawBoxes, plainIou } from './drawn.ts';

const labels = ['person', 'cyclist'];
const person = (...box: Box): Annotation => ({ box, label: 'person' });
const group = (...box: Box): Annotation => ({ box, label: 'people', ignore: 'a group' });

// Four anchors of 10 x 10 side by side, and one of 20 x 20 below the first two.
const anchors = flatten([
  [0, 0, 10, 10],
  [0, 10, 10, 20],
  [0, 20, 10, 30],
  [0, 30, 10, 40],
  [10, 0, 30, 20],
]);
const classesOf = (objects: readonly Annotation[], rule: MatchRule = {}) => [
  ...match(objects, { anchors, labels, ...rule }).classes,
];

describe('matching', () => {
  it('gives an anchor the class of the object that it overlaps by half or more', () => {
    const objects = [person(0, 0, 10, 10), { box: [0, 20, 10, 40] as const, label: 'cyclist' }];
    expect(classesOf(objects)).toEqual([1, 0, 2, 2, 0]); // IoU of the cyclist is 1/2 with both: the threshold counts
  });

  it('gives each object its best anchor, however small it is', () => {
    expect(classesOf([person(4, 33, 6, 35)])).toEqual([0, 0, 0, 1, 0]); // IoU 4 / 100
    expect(classesOf([person(4, 33, 6, 35)], { claims: 'none' })).toEqual([0, 0, 0, 0, 0]);
  });

  it('takes the first of anchors of one shape that hold an object whole, as float32 has it', () => {
    const side = 30 * 2 ** (1 / 3);
    const inRow = [20, 28, 36, 44].map((x) => [36 - side / 2, x - side / 2, 36 + side / 2, x + side / 2]);
    const around = Float32Array.from(inRow.flat());
    // The first three hold it. Of their rounded corners, double precision finds the third a hair smaller.
    expect([...match([person(33, 30, 38, 37)], { anchors: around, labels }).classes]).toEqual([1, 0, 0, 0]);
  });

  it('gives a claimed anchor to its claimant, even if another object fits it better', () => {
    // Both have anchor 0 as their best; the second overlaps it less.
    const objects = [person(0, 0, 10, 10), { box: [0, 0, 4, 4] as const, label: 'cyclist' }];
    expect(classesOf(objects)).toEqual([2, 0, 0, 0, 0]); // the later one wins
    expect(classesOf(objects, { claims: 'earlier' })).toEqual([1, 0, 0, 0, 0]);
    expect(classesOf(objects, { claims: 'none' })).toEqual([1, 0, 0, 0, 0]);
  });

  it('lets every anchor that is as good as the best keep the object that it overlaps most itself', () => {
    const objects = [person(0, 0, 10, 20), { box: [0, 0, 4, 4] as const, label: 'cyclist' }];
    // The person is best by the first two, 1/2 each; the cyclist by the first, 16/100, which stays the person's.
    expect(classesOf(objects, { claims: 'own', threshold: 0.6 })).toEqual([1, 1, 0, 0, 0]);
    expect(classesOf(objects, { claims: 'later', threshold: 0.6 })).toEqual([2, 0, 0, 0, 0]);
    expect(classesOf([person(0, 15, 10, 25)], { claims: 'own', threshold: 0.6 })).toEqual([0, 1, 1, 0, 0]); // 1/3 each
  });

  it('leaves anchors out that are between background and object', () => {
    expect(classesOf([person(0, 20, 10, 36)], { negativeBelow: 0.3 })).toEqual([0, 0, 1, -1, 0]); // IoU 10/16 and 6/20
    expect(classesOf([person(0, 20, 10, 36)], { negativeBelow: 0.31 })).toEqual([0, 0, 1, 0, 0]);
  });

  it('leaves background out that is more than half in a region to ignore', () => {
    expect(classesOf([group(0, 0, 10, 26)])).toEqual([-1, -1, -1, 0, 0]); // 10, 10 and 6 tenths
    expect(classesOf([group(0, 0, 10, 25)])).toEqual([-1, -1, 0, 0, 0]); // half is not more than half
    expect(classesOf([group(0, 0, 10, 25)], { ignoreAbove: 0.4 })).toEqual([-1, -1, -1, 0, 0]);
  });

  it('measures regions by IoU when told to, so that a large one hides no small anchor', () => {
    expect(classesOf([group(0, 0, 30, 40)])).toEqual([-1, -1, -1, -1, -1]);
    expect(classesOf([group(0, 0, 30, 40)], { ignoreBy: 'iou' })).toEqual([0, 0, 0, 0, 0]); // at most 400 / 1200
    expect(classesOf([group(0, 0, 10, 12)], { ignoreBy: 'iou' })).toEqual([-1, 0, 0, 0, 0]);
  });

  it('teaches an object inside a region to ignore', () => {
    expect(classesOf([person(0, 10, 10, 20), group(0, 0, 30, 40)])).toEqual([-1, 1, -1, -1, -1]);
  });

  it('gives the code of its object to each anchor that has one, and zeros to the others', () => {
    const object = person(1, 10, 11, 22);
    const { boxes, classes, positives } = match([object], { anchors, labels, coder: plainCoder });
    expect([...classes]).toEqual([0, 1, 0, 0, 0]);
    expect(positives).toBe(1);
    expect([...boxes.subarray(4, 8)]).toEqual([0.1, 0.1, 0, Math.log(1.2)].map((code) => expect.closeTo(code, 6)));
    expect(boxes.filter((code) => code !== 0)).toHaveLength(3);
    expect([...boxAt(decode(boxes, anchors, plainCoder), 1)]).toEqual(object.box.map((c) => expect.closeTo(c, 4)));
  });

  it('keeps the images of a batch apart and counts the positives of all', () => {
    const images = [[person(0, 0, 10, 10)], [], [group(0, 0, 10, 10), person(10, 0, 30, 20)]];
    const { classes, boxes, positives } = matchBatch(images, { anchors, labels });
    expect([...classes]).toEqual([...[1, 0, 0, 0, 0], ...[0, 0, 0, 0, 0], ...[-1, 0, 0, 0, 1]]);
    expect(boxes).toHaveLength(3 * 5 * 4);
    expect(positives).toBe(2);
    images.forEach((objects, b) => {
      const alone = match(objects, { anchors, labels });
      expect(classes.subarray(5 * b, 5 * b + 5)).toEqual(alone.classes);
      expect(boxes.subarray(20 * b, 20 * b + 20)).toEqual(alone.boxes);
    });
  });

  it('names image and object in its errors', () => {
    const of =
      (...objects: Annotation[]) =>
      () =>
        matchBatch([[], objects], { anchors, labels });
    expect(of(person(0, 0, 5, 5), person(5, 5, 5, 9))).toThrow('object 1 of image 1 is [5,5,5,9]');
    expect(of(person(0, 0, Number.NaN, 5))).toThrow(RangeError);
    expect(of({ box: [0, 0, 5, 5], label: 'dog' })).toThrow(
      "object 0 of image 1 is 'dog', which is none of person, cyclist",
    );
    expect(of({ box: [0, 0, 5, 5], label: 'dog', ignore: 'not asked for' })).not.toThrow();
    expect(() => match([], { anchors, labels, threshold: 0.5, negativeBelow: 0.6 })).toThrow('negativeBelow 0.6');
    expect(() => match([], { anchors, labels, ignoreAbove: 50 })).toThrow('ignoreAbove is 50');
    expect(() => match([], { anchors: new Float32Array(0), labels })).toThrow('no anchors');
  });

  it('is what the whole table of overlaps says, in 60 drawn images', () => {
    for (let image = 0; image < 60; image++) {
      const random = keyedRandom('match', image);
      const all = drawBoxes(80, random);
      const objects = Array.from({ length: image % 9 }, () => boxAt(drawBoxes(1, random), 0)).map(
        (box, o): Annotation =>
          o % 4 === 3 ? { box, label: 'people', ignore: 'a group' } : { box, label: labels[o % 2] ?? '' },
      );
      const rule = { threshold: 0.4, negativeBelow: 0.25, claims: 'later' } as const;
      expect([...match(objects, { anchors: all, labels, ...rule }).classes], `image ${image}`).toEqual(
        plainMatch(objects, all, rule),
      );
    }
  });
});

/** The rules one after another, over a table of all overlaps. */
function plainMatch(objects: readonly Annotation[], all: Float32Array, rule: Required<AssignRule>): number[] {
  const real = objects.filter(({ ignore }) => ignore === undefined);
  const regions = objects.filter(({ ignore }) => ignore !== undefined);
  const numbers = Array.from({ length: all.length / 4 }, (_, i) => i);
  const table = numbers.map((i) => real.map(({ box }) => plainIou(all, i, box, 0)));
  const kind = (o: number) => labels.indexOf(real[o]?.label ?? '') + 1;
  const classes = table.map((row, i) => {
    const most = Math.max(-1, ...row);
    if (most >= rule.threshold) return kind(row.indexOf(most));
    if (most >= rule.negativeBelow) return -1;
    return regions.some(({ box }) => coverage(boxAt(all, i), box) > 0.5) ? -1 : 0;
  });
  real.forEach((_, o) => {
    const column = table.map((row) => row[o] ?? 0);
    classes[column.indexOf(Math.max(...column))] = kind(o);
  });
  return classes;
}

describe('assigning', () => {
  it('asks for the overlaps of one object at a time, into one row', () => {
    const rows = new Set<Float64Array>();
    const asked: number[] = [];
    const owners = assign(3, 2, (object, row) => {
      rows.add(row);
      asked.push(object);
      row.set(object === 0 ? [0.9, 0.1, 0] : [0.2, 0.1, 0.6]);
    });
    expect([...owners]).toEqual([0, -1, 1]);
    expect(asked).toEqual([0, 1]);
    expect(rows.size).toBe(1);
  });
});
