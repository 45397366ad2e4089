import { maxPool, type Tensor4D } from '@tensorflow/tfjs-core';
import type { BatchNormOptions } from '../block/batchNorm.ts';
import { conv } from '../block/conv.ts';
import { type Block, block } from '../core/block.ts';
import { glorotUniform, heFanOut } from '../core/initializers.ts';
import type { Backbone } from '../core/levels.ts';
import { stagedBackbone } from './staged.ts';
import { pytorch } from './variant.ts';
import { variantFor } from './variantRule.ts';

export type SsdVggStages = 'C1' | 'C2' | 'C3' | 'C4' | 'C5' | 'C6' | 'C7' | 'C8';

export interface SsdVggOptions {
  /** Factor on the channels of every convolution; 1 is VGG's width. Default 1. */
  readonly width?: number;
  /** Batch norm after every convolution, which keeps its bias. Default PyTorch's. */
  readonly norm?: BatchNormOptions;
}

const ceilPool = (): Block => block({}, (x: Tensor4D) => maxPool(x, 2, 2, 'same')); // SAME at 2 / 2 is PyTorch's ceil mode
const stayPool = (): Block => block({}, (x: Tensor4D) => maxPool(x, 3, 1, 'same'));

/**
 * The pedestrian SSD's backbone: VGG-16 with batch norm to conv5, of which the stride-1 pool4 keeps stride 8, then
 * conv6 to conv10. [b, h, w, 3] -> C3 (after pool4) at stride 8, C4 (conv6) at 16, C5 (conv7) at 32, and
 * C6, C7, C8 (conv8 to conv10) all at 64; 512 channels each from C3 on.
 *
 * @throws RangeError for a width that is not positive
 * @see Simonyan and Zisserman, 2015; Hwang et al., SSDPed, model/ssd/net.py
 */
export function ssdVgg({ width = 1, norm = pytorch.norm }: SsdVggOptions = {}): Backbone<SsdVggStages> {
  if (!(width > 0)) throw new RangeError(`ssdVgg: width is ${width}; it must be above 0`);
  const variant = variantFor({ ...pytorch, norm }, undefined);
  const wide = (filters: number) => Math.max(8, Math.round((filters * width) / 8) * 8);
  const layer = (filters: number, { kernel = 3, stride = 1, initial = heFanOut } = {}): Block =>
    conv({
      filters: wide(filters),
      kernel,
      stride,
      initial,
      bias: true,
      norm,
      activation: 'relu',
      padding: 'symmetric',
    });
  const extra = (stride: number): Block[] => [
    layer(256, { kernel: 1, stride, initial: glorotUniform }),
    layer(512, { initial: glorotUniform }),
  ];
  const stage = (channels: number, stride: number, blocks: readonly Block[]) => ({
    channels: wide(channels),
    stride,
    blocks,
  });

  return stagedBackbone(
    ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8'],
    {
      stem: layer(64), // conv1_1
      variant,
      stages: [
        stage(64, 2, [layer(64), ceilPool()]), // conv1_2, pool1
        stage(128, 2, [layer(128), layer(128), ceilPool()]), // conv2
        stage(512, 2, [layer(256), layer(256), layer(256), ceilPool(), layer(512), layer(512), layer(512), stayPool()]), // conv3, conv4, pool4
        stage(512, 2, [layer(512), layer(512), layer(512), ceilPool(), layer(512), layer(512, { kernel: 1 })]), // conv5, conv6
        stage(512, 2, [layer(256, { kernel: 1, stride: 2 }), layer(512)]), // conv7
        stage(512, 2, extra(2)), // conv8
        stage(512, 1, extra(1)), // conv9
        stage(512, 1, extra(1)), // conv10
      ],
    },
    'stage',
  );
}
