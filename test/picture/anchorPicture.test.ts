import { expect, it } from 'vitest';
import { anchorStudy } from '../../src/evaluate/anchorStudy.ts';
import { anchorOverlapSvg, anchorRecallSvg } from '../../src/picture/anchorPicture.ts';
import { anchorShapesSvg } from '../../src/picture/anchorPictureShapes.ts';
import { xmlFaults } from './xml.ts';

const hostile = `<script>alert("1")</script>&'\u0000`;
const size = { width: 472, height: 464 };

it('draws recall over the overlap asked for', () => {
  const recall = [
    { threshold: 0.5, value: 1 },
    { threshold: 0.75, value: 0.5 },
    { threshold: 1, value: 0 },
  ];
  const svg = anchorRecallSvg([{ name: 'a', meanIou: 0.7, recall }], size);
  expect(svg).toContain('d="M56 16L256 216L456 416"');
  expect(svg).toContain('mean IoU 0.700 · a');
});
it('draws the best overlap of each box, as shares', () => {
  const histogram = [
    { from: 0, to: 0.5, boxes: 1 },
    { from: 0.5, to: 1, boxes: 3 },
  ];
  const svg = anchorOverlapSvg([{ name: 'a', meanIou: 0.7, histogram }], size);
  const [, low, high] = /d="M[\d.]+ 416V([\d.]+)H[\d.]+V416ZM[\d.]+ 416V([\d.]+)H/.exec(svg) ?? [];
  expect((416 - Number(high)) / (416 - Number(low))).toBeCloseTo(3, 3); // of hundredths of pixels
});
it('draws shapes of boxes and anchors where logarithms do', () => {
  const svg = anchorShapesSvg(
    [
      [10, 10],
      [1000, 1000],
    ],
    [{ name: 'P3', shapes: [[100, 100]] }],
    size,
  );
  // between the two: the middle of the plot, less half a square of 10
  const [, x = '', y = ''] = /class="anchor" x="([\d.]+)" y="([\d.]+)"/.exec(svg) ?? [];
  const middle = Number(/class="frame" x="([\d.]+)"/.exec(svg)?.[1]);
  expect([Number(x) + 5, Number(y) + 5]).toEqual([(middle + 456) / 2, 216]);
});
it('takes what anchorStudy returns', () => {
  const data = [{ width: 64, height: 64, objects: [{ box: [8, 8, 40, 24] as const, label: 'person' }] }];
  const anchors = {
    inputSize: [64, 64] as const,
    maps: [{ height: 4, width: 4 }],
    levels: [{ shapes: [[32, 16] as const] }],
  };
  const study = { name: 'ours', ...anchorStudy(data, anchors) };
  for (const svg of [anchorRecallSvg([study]), anchorOverlapSvg([study]), anchorShapesSvg([[32, 16]], anchors.levels)])
    expect(xmlFaults(svg)).toEqual([]);
});
it('draws 4,000 boxes at most', () => {
  const svg = anchorShapesSvg(
    Array.from({ length: 9000 }, (_, i) => [10 + i, 10] as const),
    [{ shapes: [[9, 9]] }],
  );
  expect(svg.match(/h0/g)).toHaveLength(3000);
});
it('is well-formed XML, whatever a set is called', () => {
  const histogram = [{ from: 0, to: 1, boxes: 1 }];
  for (const svg of [
    anchorRecallSvg([{ name: hostile, meanIou: 0.5, recall: [] }], { title: hostile }),
    anchorOverlapSvg([{ name: hostile, meanIou: 0.5, histogram }], { title: hostile }),
    anchorShapesSvg([[1, 2]], [{ name: hostile, shapes: [[3, 4]] }], { title: hostile }),
  ])
    expect([xmlFaults(svg), svg.includes('<script')]).toEqual([[], false]);
});
it('says what it does not draw', () => {
  expect(() => anchorRecallSvg([])).toThrow(/sets is empty/);
  expect(() => anchorRecallSvg([{ name: 'a', meanIou: 1.1, recall: [] }])).toThrow(/mean overlap of 'a' is 1.1/);
  expect(() => anchorOverlapSvg([{ name: 'a', meanIou: 1, histogram: [] }])).toThrow(/histogram of 'a' is empty/);
  expect(() => anchorShapesSvg([[0, 1]], [{ shapes: [] }])).toThrow(/a side is 0/);
  expect(() => anchorShapesSvg([[1, 1]], [])).toThrow(/levels is empty/);
});
