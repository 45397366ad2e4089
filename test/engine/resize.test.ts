import { setBackend, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { resizeLowerings as lowerings } from '../../src/engine/lower/resize.ts';
import type { Layout } from '../../src/engine/plan/emit.ts';
import { resizeBilinear } from '../../src/ops/resizeBilinear.ts';
import { upsampleNearest } from '../../src/ops/upsampleNearest.ts';
import { drawing, expectAsCpu } from './plainRun.ts';

// Composite ops have a kernel once they were called.
beforeAll(() => {
  setBackend('cpu');
  tidy(() => {
    const x = tensor4d([1], [1, 1, 1, 1]);
    resizeBilinear(x, [1, 1]);
    upsampleNearest(x, [1, 1]);
  });
});

describe('a resize', () => {
  const conventions = [
    { alignCorners: false, halfPixelCenters: false },
    { alignCorners: true, halfPixelCenters: false },
    { alignCorners: false, halfPixelCenters: true },
  ];
  it.each(
    ['ResizeNearestNeighbor', 'ResizeBilinear'].flatMap((op) =>
      conventions.map((convention) => ({ op, ...convention })),
    ),
  )(
    '$op with aligned corners: $alignCorners, centres: $halfPixelCenters is the cpu backend’s',
    ({ op, ...convention }) => {
      for (let i = 0; i < 12; i++) {
        const { pick, int, floats } = drawing(op, i);
        const shape = [pick(1, 2), int(1, 9), int(1, 9), pick(1, 3, 8, 9)];
        const attrs = { size: [int(1, 19), int(1, 19)], ...convention };
        expectAsCpu(lowerings, op, { images: floats(shape, 3, pick<Layout>('plain', 'blocked')) }, attrs, {
          of: op === 'ResizeBilinear' ? 1e-6 : 0, // the cpu backend's is in float64
        });
      }
    },
  );

  it.each(['PyramidionResizeBilinear', 'PyramidionUpsampleNearest'])('%s is its body on the cpu backend', (op) => {
    for (let i = 0; i < 12; i++) {
      const { pick, int, floats } = drawing(op, i);
      const [inHeight, inWidth] = [int(1, 9), int(1, 9)];
      const attrs = { inHeight, inWidth, height: pick(2 * inHeight, 49), width: pick(2 * inWidth, int(1, 30)) };
      const x = floats([pick(1, 2), inHeight, inWidth, pick(1, 8, 9)], 3, 'blocked');
      expectAsCpu(lowerings, op, { x }, attrs, { of: op === 'PyramidionResizeBilinear' ? 1e-6 : 0 });
    }
  });
});
