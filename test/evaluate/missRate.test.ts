import { describe, expect, it } from 'vitest';
import { acfCaltech, acfCaltechIsThere } from '../../bench/acfCaltech.ts';
import type { Annotation, Detection } from '../../src/core/annotation.ts';
import { missRate } from '../../src/evaluate/missRate.ts';
import { caltechProtocols, plainProtocol } from '../../src/evaluate/protocol.ts';

const person = (box: Annotation['box'], more: Partial<Annotation> = {}): Annotation => ({
  box,
  label: 'person',
  ...more,
});
const found = (box: Detection['box'], score: number): Detection => ({ box, score, label: 'person' });
const [reasonable] = caltechProtocols;

describe.skipIf(!acfCaltechIsThere)('the miss rate of ACF-Caltech over 4,024 frames (needs ../shared/data)', () => {
  it("is MATLAB's, at the nine points and on average", async () => {
    const images = await acfCaltech();
    const result = missRate(images, plainProtocol);
    expect([result.images, result.truths, result.detections]).toEqual([4024, 1014, 37_890]);
    const points = [0.69625, 0.65385, 0.58777, 0.51479, 0.45858, 0.4073, 0.357, 0.29487, 0.23866]; // to five digits; 0.29487 is 299 / 1014
    for (const [i, point] of points.entries())
      expect(Math.abs((result.references[i]?.missRate ?? Number.NaN) - point)).toBeLessThan(6e-6);
    expect(result.logAverage).toBeCloseTo(0.4421912755, 10);
    // Scores tie by the thousand, across images too: another order of the images moves single detections along the curve.
    expect(missRate([...images].reverse(), plainProtocol).logAverage).toBeCloseTo(0.4421912755, 2);
  });
});

describe('the Caltech protocol', () => {
  const at = (y: number, x: number, h: number, w = 0.41 * h) => [y, x, y + h, x + w] as const;
  const run = (truths: Annotation[], detections: Detection[]) => missRate([{ truths, detections }], reasonable);
  const base = person(at(100, 100, 80));
  const hit = found(at(100, 100, 80), 0.9);

  it('has no misses where everything is found, down to a floor', () => {
    expect(run([base], [hit]).logAverage).toBeCloseTo(1e-10, 15);
  });
  it('misses everything at the first reference where the best detection is false and images are few', () => {
    expect(run([base], [found(at(300, 300, 80), 1), hit]).references[0]?.missRate).toBe(1);
  });
  it.each([
    ['lower than 50 pixels', person(at(200, 300, 49))],
    ['beyond the border', person(at(200, 1, 80))],
    ['hidden by more than a third', person(at(200, 300, 80), { visible: at(200, 300, 40) })],
    ['a group', person(at(200, 300, 80), { label: 'people' })],
  ])('ignores an object %s, and detections on it', (_, other) => {
    const result = run([base, other], [hit, found(other.box, 0.95)]);
    expect([result.truths, result.detections]).toEqual([1, 1]);
  });
  it('drops other labels, so that a detection on them is false', () => {
    expect(
      run([base, person(at(200, 300, 80), { label: 'car' })], [hit, found(at(200, 300, 80), 0.5)]).detections,
    ).toBe(2);
  });
  it('brings boxes to the width of .41 of their height', () => {
    expect(run([person(at(100, 100, 80, 70))], [found(at(100, 120, 80, 30), 0.9)]).references[8]?.missRate).toBe(0);
  });
  it('counts detections from 50 / 1.25 pixels on', () => {
    expect(run([base], [hit, found(at(300, 300, 41), 0.8), found(at(300, 400, 39), 0.7)]).detections).toBe(2);
  });
  it('lets an object be found once', () => {
    expect(run([base], [hit, found(at(100, 100, 80), 0.8)]).curve.map(({ fppi }) => fppi)).toEqual([0, 1]);
  });
  it('refuses what has no miss rate', () => {
    expect(() => missRate([], reasonable)).toThrow(/images is empty/);
    expect(() => run([], [hit])).toThrow(/none of 1 images has an object that counts under Reasonable/);
    expect(() => run([base], [found(at(1, 1, 80), Number.NaN)])).toThrow(/score NaN/);
  });
});
