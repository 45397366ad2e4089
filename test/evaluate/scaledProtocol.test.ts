import { describe, expect, it } from 'vitest';
import type { Box } from '../../src/core/annotation.ts';
import type { EvaluatedImage } from '../../src/evaluate/matching.ts';
import { missRate } from '../../src/evaluate/missRate.ts';
import { caltechProtocols, plainProtocol } from '../../src/evaluate/protocol.ts';
import { benchmarkProtocol } from '../../src/evaluate/protocols.ts';
import { scaledProtocol } from '../../src/evaluate/scaledProtocol.ts';

const [reasonable] = caltechProtocols;

describe('a protocol for frames of another size', () => {
  it('has its heights scaled by the rows and its bounds by each axis', () => {
    const half = scaledProtocol(reasonable, { from: [480, 640], to: [240, 320] });
    // 50 / 2; [4, 4, 474, 634] / 2
    expect(half).toMatchObject({ height: [25, Number.POSITIVE_INFINITY], bounds: [2, 2, 237, 317] });
    const wide = scaledProtocol(reasonable, { from: [480, 640], to: [480, 1280] });
    expect(wide).toMatchObject({ height: [50, Number.POSITIVE_INFINITY], bounds: [4, 8, 474, 1268] });
  });
  it('keeps the aspect exactly where both axes scale alike, and stretches it with the boxes where they do not', () => {
    expect(scaledProtocol(reasonable, { from: [480, 640], to: [333, 444] }).aspect).toBe(0.41);
    expect(scaledProtocol(reasonable, { from: [480, 640], to: [480, 1280] }).aspect).toBe(0.82);
  });
  it('keeps what is infinite or not there', () => {
    const scaled = scaledProtocol(plainProtocol, { from: [480, 640], to: [96, 128] });
    expect(scaled).toEqual({ ...plainProtocol, name: 'plain at 96x128' });
  });
  it('scales the rules that are in pixels, or of aspects', () => {
    const cut = scaledProtocol(benchmarkProtocol('EuroCity', 'All'), { from: [1024, 1920], to: [512, 480] });
    expect(cut.rules).toMatchObject({ clip: [0, 0, 512, 480], occluded: [Number.NEGATIVE_INFINITY, 80] });
    const odd = scaledProtocol(benchmarkProtocol('Caltech', 'Ar=atypical'), { from: [480, 640], to: [480, 1280] });
    expect(odd).toMatchObject({ aspect: 0.82, rules: { aspectOff: [0.2, Number.POSITIVE_INFINITY] } });
  });
  it('is the protocol itself at its own size', () => {
    expect(scaledProtocol(reasonable, { from: [480, 640], to: [480, 640] })).toBe(reasonable);
  });
  it.each([
    ['half', 0.5, 0.5],
    ['three times as wide', 1, 3],
    ['a third as high', 1 / 3, 1],
  ])('judges frames of %s the size as it judged the originals', (_, rows, columns) => {
    const scale = ([y1, x1, y2, x2]: Box): Box => [y1 * rows, x1 * columns, y2 * rows, x2 * columns];
    const boxes: Box[] = [
      [100, 100, 160, 130],
      [100, 200, 148, 220], // lower than 50
      [100, 300, 150, 320], // 50 exactly
      [380, 400, 478, 440], // beyond the border
    ];
    const image: EvaluatedImage = {
      truths: boxes.map((box) => ({ box, label: 'person' })),
      detections: [
        { box: [98, 104, 158, 128], score: 0.9, label: 'person' },
        { box: [98, 500, 139, 520], score: 0.8, label: 'person' }, // above 50 / 1.25
        { box: [98, 560, 137, 580], score: 0.7, label: 'person' }, // below
        { box: [380, 404, 478, 440], score: 0.6, label: 'person' },
      ],
    };
    const resized: EvaluatedImage = {
      truths: image.truths.map((truth) => ({ ...truth, box: scale(truth.box) })),
      detections: image.detections.map((detection) => ({ ...detection, box: scale(detection.box) })),
    };
    const protocol = scaledProtocol(reasonable, { from: [480, 640], to: [480 * rows, 640 * columns] });
    const { references, truths, detections } = missRate([image], reasonable);
    expect([truths, detections]).toEqual([2, 2]);
    expect(missRate([resized], protocol)).toMatchObject({ references, truths, detections });
  });
  it.each([
    ['from', [0, 640], [240, 320]],
    ['from', [480, Number.NaN], [240, 320]],
    ['to', [480, 640], [240.5, 320]],
    ['to', [480, 640], [240, Number.POSITIVE_INFINITY]],
    ['to', [480, 640], [-240, 320]],
  ] as const)('is not made where %s cannot be a size', (name, from, to) => {
    expect(() => scaledProtocol(reasonable, { from, to })).toThrow(
      new RegExp(`scaledProtocol: ${name} is \\[.*\\]; give \\[height, width\\]`),
    );
  });
});
