import { describe, expect, it } from 'vitest';
import { ladder } from '../../examples/ladder.ts';
import { ssdVgg } from '../../src/backbone/ssdVgg.ts';
import { count } from '../../src/core/model.ts';
import { baselineAnchors, baselineSides } from '../../src/detection/baselineAnchors.ts';
import { ssdHead } from '../../src/head/ssdHead.ts';
import { detector } from '../../src/model/detector.ts';
import { select } from '../../src/neck/select.ts';
import { complete } from '../../src/tfjs/abstract.ts';

// Trainable parameters and batch-norm statistics of each rung, 2 classes, 6 anchors a cell.
const numbers = [
  { name: 'vggBaseline', parameters: 19_158_444, statistics: 12_032 },
  { name: 'efficientNetBackbone', parameters: 3_742_364, statistics: 48_656 },
  { name: 'normalizedWide', parameters: 5_649_788, statistics: 51_728 },
  { name: 'highResolution', parameters: 15_281_344, statistics: 105_616 },
  { name: 'fpn', parameters: 18_946_788, statistics: 125_888 },
  { name: 'deconvFpn', parameters: 19_516_092, statistics: 125_888 },
  { name: 'weightedFpn', parameters: 21_650_042, statistics: 135_888 },
] as const;

describe('the ladder', () => {
  it.each(numbers)('has the parameters and statistics of the study at $name', ({ name, parameters, statistics }) => {
    expect(count(ladder[name]())).toEqual({ parameters, statistics });
  });
  it.each(numbers)('makes the predictions of 40,320 anchors at $name', ({ name }) => {
    const anchors = 40_320; // 6 * (64 * 80 + 32 * 40 + 16 * 20)
    expect(complete(ladder[name](), [1, 512, 640, 3])).toEqual({ boxes: [1, anchors, 4], logits: [1, anchors, 2] });
  });
  it.each(numbers)('knows its anchors in pixels of the input at $name', ({ name }) => {
    const { maps, anchors } = ladder[name]();
    expect(maps.map(({ height, width }) => [height, width])).toEqual([
      [64, 80],
      [32, 40],
      [16, 20],
    ]);
    expect(anchors).toHaveLength(40_320 * 4);
    const side = 40 * Math.SQRT2; // the first: 40 x 40 pixels of area at w / h = 1 / 2, centred at (4, 4)
    expect([...anchors.slice(0, 4)]).toEqual([4 - side / 2, 4 - side / 4, 4 + side / 2, 4 + side / 4].map(Math.fround));
  });
  it("has the six levels of the first rung's long form", () => {
    const levels = ['P3', 'P4', 'P5', 'P6', 'P7', 'P8'] as const;
    const six = detector({
      backbone: ssdVgg(),
      neck: select({ stages: ['C3', 'C4', 'C5', 'C6', 'C7', 'C8'] }),
      head: ssdHead({ levels, anchors: baselineAnchors({ sides: baselineSides }), labels: ['person'] }),
      inputSize: [512, 640],
    });
    expect(count(six).parameters).toBe(23_595_288);
    expect(complete(six, [1, 512, 640, 3]).boxes).toEqual([1, 41_760, 4]); // 40,320 + 6 * 3 * 8 * 10
  });
});
