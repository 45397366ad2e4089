import { describe, expect, it } from 'vitest';
import type { Annotation, Box } from '../../src/core/annotation.ts';
import { canvasOf, crop } from '../../src/data/augmentCanvas.ts';
import { type CutOptions, settle } from '../../src/data/augmentObjects.ts';

const person = (box: Box, more: Partial<Annotation> = {}): Annotation => ({ box, label: 'person', ...more });
/** What a 100x100 photograph's objects become when only its columns from `left` on are in view. */
const cutAt = (left: number, object: Annotation, options: CutOptions = {}) =>
  settle(crop(canvasOf([100, 100], [object]), [0, left, 100, 100]), options);

describe('objects in a cut view', () => {
  it('are clipped to it', () => {
    expect(cutAt(20, person([10, 10, 50, 40]))).toEqual([person([10, 0, 50, 20])]); // two thirds of it are left
  });

  it('are dropped when they are out of it', () => {
    expect(cutAt(60, person([10, 10, 50, 40]))).toEqual([]);
    expect(cutAt(60, person([10, 10, 50, 40], { ignore: 'people' }))).toEqual([]);
    expect(cutAt(0, person([10, 110, 50, 140]))).toEqual([]); // outside of the photograph itself
  });

  it('are ignored when too little of them is left, with the reason, or become background on request', () => {
    const object = person([10, 10, 50, 40]);
    expect(cutAt(31.1, object)).toEqual([person([10, 0, 50, 40 - 31.1], { ignore: 'cut' })]); // 8.9 of 30 is under .3
    expect(cutAt(31, object)).toEqual([person([10, 0, 50, 9])]); // 9 of 30 is just .3
    expect(cutAt(31.1, object, { cut: 'background' })).toEqual([]);
    expect(cutAt(31.1, object, { leastSeen: 0.29 })).toEqual([person([10, 0, 50, 40 - 31.1])]);
  });

  it('are ignored when they are too small', () => {
    expect(cutAt(0, person([10, 10, 50, 13]))).toEqual([person([10, 10, 50, 13], { ignore: 'small' })]);
    expect(cutAt(0, person([10, 10, 50, 13]), { cut: 'background' })).toEqual([]);
    expect(cutAt(0, person([10, 10, 50, 13]), { leastSide: 3 })).toHaveLength(1);
  });

  it('count by their visible box: whole while all that could be seen is in view', () => {
    const hidden = person([10, 10, 50, 40], { visible: [10, 32, 50, 40] });
    expect(cutAt(31.1, hidden)).toEqual([person([10, 0, 50, 40 - 31.1], { visible: [10, 32 - 31.1, 50, 40 - 31.1] })]);
  });

  it('are gone when what could be seen of them is out of view', () => {
    expect(cutAt(30, person([10, 10, 50, 40], { visible: [10, 10, 50, 28] }))).toEqual([]);
  });

  it('that the edge of the photograph cuts already count as whole', () => {
    const [object] = cutAt(0, person([0, 90, 40, 140])); // a fifth of it is in the photograph
    expect(object).toEqual(person([0, 90, 40, 100]));
  });

  it('keep their whole box on request, and say what of it is seen', () => {
    expect(cutAt(20, person([10, 10, 50, 40]), { edges: 'keep' })).toEqual([
      person([10, -10, 50, 20], { visible: [10, 0, 50, 20] }),
    ]);
    expect(cutAt(5, person([10, 10, 50, 40]), { edges: 'keep' })).toEqual([person([10, 5, 50, 35])]);
  });

  it('that are regions to ignore are clipped and stay ignored for their own reason, however little is left', () => {
    const group = person([10, 10, 50, 40], { ignore: 'people' });
    expect(cutAt(39, group, { cut: 'background', edges: 'keep' })).toMatchObject([
      { box: [10, 0, 50, 1], ignore: 'people' },
    ]);
  });

  it('keep what else is known of them', () => {
    const object = person([10, 10, 50, 40], { occlusion: 'partial', track: 7 });
    expect(cutAt(0, object)).toEqual([object]);
  });
});
