import { expect, it } from 'vitest';
import { calibration } from '../../src/evaluate/calibration.ts';
import { plainProtocol } from '../../src/evaluate/protocol.ts';
import { reliabilitySvg } from '../../src/picture/reliability.ts';
import { xmlFaults } from './xml.ts';

const hostile = `<script>alert("1")</script>&'\u0000`;
const size = { width: 472, height: 464 };
const bin = (count: number, score?: number, precision?: number) => ({ from: 0, to: 1, count, score, precision });

it('puts a dot for each filled bin where score and precision say, its area by the detections it stands for', () => {
  const bins = [bin(0), bin(75, 0.25, 0.5), bin(25, 0.75, 1)];
  const svg = reliabilitySvg([{ name: 'a', expectedError: 0.25, bins }], size);
  const dots = [...svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"/g)].map((found) =>
    found.slice(1).map(Number),
  );
  // 56 + 400 * .25, 416 - 400 * .5; 2.5 + 9 * sqrt(3 / 4)
  expect(dots).toEqual([
    [156, 216, 10.29],
    [356, 16, 7],
  ]);
  expect(svg).toContain('M56 416L456 16'); // where scores are probabilities
});
it('takes what calibration returns', () => {
  const box = [0, 0, 100, 41] as const;
  const images = [{ truths: [{ box, label: 'person' }], detections: [{ box, label: 'person', score: 0.75 }] }];
  // one detection that is right and says .75
  expect(reliabilitySvg([{ name: 'a', ...calibration(images, plainProtocol) }])).toContain('ECE 25.0 %');
});
it('is well-formed XML, whatever a detector is called', () => {
  const svg = reliabilitySvg([{ name: hostile, expectedError: 0, bins: [] }], { title: hostile });
  expect([xmlFaults(svg), svg.includes('<script')]).toEqual([[], false]);
});
it('says what it does not draw', () => {
  expect(() => reliabilitySvg([])).toThrow(/curves is empty/);
  expect(() => reliabilitySvg([{ name: 'a', expectedError: 2, bins: [] }])).toThrow(/expected error of 'a' is 2/);
  expect(() => reliabilitySvg([{ name: 'a', expectedError: 0, bins: [bin(1, Number.NaN, 1)] }])).toThrow(
    /a score of 'a' is NaN/,
  );
});
