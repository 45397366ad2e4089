import '@tensorflow/tfjs-layers';
import { fill, slice, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { weights } from '../../src/core/block.ts';
import { count } from '../../src/core/model.ts';
import { fpn } from '../../src/neck/fpn.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { useBackend } from '../../src/tfjs/backend.ts';

beforeAll(() => useBackend('wasm'));

const stages = ['C3', 'C4', 'C5'] as const;
/** Maps of an image of 72 x 44 at strides 8, 16, 32, rounded up: none is half of the one before. */
const odd = { C3: [1, 9, 6, 8], C4: [1, 5, 3, 16], C5: [1, 3, 2, 32] } as const;

describe('a feature pyramid', () => {
  it.each(['nearest', 'bilinear'] as const)('joins maps of any sides: %s', (upsample) => {
    expect(complete(fpn({ stages, channels: 4, upsample }), odd)).toEqual({
      P3: [1, 9, 6, 4],
      P4: [1, 5, 3, 4],
      P5: [1, 3, 2, 4],
    });
    expect(complete(fpn({ stages, channels: 'stage', upsample }), odd)).toEqual({ P3: odd.C3, P4: odd.C4, P5: odd.C5 });
  });
  it('says that a transposed convolution can only double', () => {
    expect(() => complete(fpn({ stages, channels: 4, upsample: 'transposed' }), odd)).toThrow(
      /C4 is 5x3 with 4 channels but C5 doubled is 6x4 with 4 channels; use an input whose sides are multiples/,
    );
  });
  it('takes every second pixel of the coarsest level for one level more', () => {
    const neck = fpn({ stages: ['C4', 'C5'], channels: 4, extra: 'pool' });
    expect(neck.levels).toEqual(['P4', 'P5', 'P6']);
    expect(complete(neck, odd)).toEqual({ P4: [1, 5, 3, 4], P5: [1, 3, 2, 4], P6: [1, 2, 1, 4] });
    tidy(() => {
      const { P5, P6 } = neck({ C4: fill([1, 5, 3, 16], 1), C5: fill([1, 3, 2, 32], 1) } as {
        C4: Tensor4D;
        C5: Tensor4D;
      });
      const cell = (map: Tensor4D, y: number, x: number) => slice(map, [0, y, x, 0], [1, 1, 1, 4]).dataSync();
      expect(cell(P6, 1, 0)).toEqual(cell(P5, 2, 0));
    });
  });
  it('makes two levels more of the coarsest stage or level', () => {
    for (const [extra, channels] of [
      ['convStage', 32],
      ['convLevel', 4],
    ] as const) {
      const neck = fpn({ stages, channels: 4, extra });
      expect(complete(neck, odd)).toMatchObject({ P5: [1, 3, 2, 4], P6: [1, 2, 1, 4], P7: [1, 1, 1, 4] });
      expect(weights(neck).get('extra/P6/kernel')?.shape).toEqual([3, 3, channels, 4]);
      expect(weights(neck).get('extra/P7/kernel')?.shape).toEqual([3, 3, 4, 4]);
    }
  });
  it("has the parameters of torchvision's RetinaNet with its head's left out", () => {
    const neck = fpn({ stages, channels: 256, extra: 'convLevel' });
    complete(neck, { C3: [1, 8, 8, 512], C4: [1, 4, 4, 1024], C5: [1, 2, 2, 2048] });
    // 1x1 of 512, 1024 and 2048 to 256; three 3x3 and P6, P7 of 256 to 256; a bias each
    expect(count(neck).parameters).toBe((512 + 1024 + 2048) * 256 + 5 * 9 * 256 * 256 + 8 * 256);
  });
  it('says which levels there cannot be', () => {
    expect(() => fpn({ stages: ['C3', 'C5'], channels: 4, extra: 'pool' })).toThrow(
      'fpn: stages are C3, C5; with extra levels they must follow each other',
    );
    expect(() => fpn({ stages: ['C8', 'C9'], channels: 4, extra: 'pool' })).toThrow(
      "P9 is the coarsest level and extra 'pool' adds 1",
    );
  });
});
