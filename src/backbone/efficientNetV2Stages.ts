import type { StageRow } from './mobileStages.ts';

/** Fused, without squeeze and excitation. Filters are 3x3 everywhere. */
const fused = (repeats: number, stride: number, expand: number, filters: number): StageRow => ({
  block: 'fusedMbConv',
  repeats,
  kernel: 3,
  stride,
  expand,
  filters,
});
/** Depthwise, with squeeze and excitation of a quarter of its input. */
const depthwise = (repeats: number, stride: number, expand: number, filters: number): StageRow => ({
  ...fused(repeats, stride, expand, filters),
  block: 'mbConv',
});

/** Repeats, stride, expansion, filters of each stage. @see automl/efficientnetv2, effnetv2_configs.py; EfficientNetV2, table 4, for S */
export const efficientNetV2Stages = {
  base: [
    fused(1, 1, 1, 16),
    fused(2, 2, 4, 32),
    fused(2, 2, 4, 48),
    depthwise(3, 2, 4, 96),
    depthwise(5, 1, 6, 112),
    depthwise(8, 2, 6, 192),
  ],
  S: [
    fused(2, 1, 1, 24),
    fused(4, 2, 4, 48),
    fused(4, 2, 4, 64),
    depthwise(6, 2, 4, 128),
    depthwise(9, 1, 6, 160),
    depthwise(15, 2, 6, 256),
  ],
  M: [
    fused(3, 1, 1, 24),
    fused(5, 2, 4, 48),
    fused(5, 2, 4, 80),
    depthwise(7, 2, 4, 160),
    depthwise(14, 1, 6, 176),
    depthwise(18, 2, 6, 304),
    depthwise(5, 1, 6, 512),
  ],
  L: [
    fused(4, 1, 1, 32),
    fused(7, 2, 4, 64),
    fused(7, 2, 4, 96),
    depthwise(10, 2, 4, 192),
    depthwise(19, 1, 6, 224),
    depthwise(25, 2, 6, 384),
    depthwise(7, 1, 6, 640),
  ],
  Xl: [
    fused(4, 1, 1, 32),
    fused(8, 2, 4, 64),
    fused(8, 2, 4, 96),
    depthwise(16, 2, 4, 192),
    depthwise(24, 1, 6, 256),
    depthwise(32, 2, 6, 512),
    depthwise(8, 1, 6, 640),
  ],
} as const satisfies { readonly [table: string]: readonly StageRow[] };
