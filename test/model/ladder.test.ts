import { describe, expect, it } from 'vitest';
import { ladder } from '../../examples/ladder.ts';
import { count } from '../../src/core/model.ts';
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
});
