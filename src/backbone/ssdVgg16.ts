import { maxPool, type Tensor4D } from '@tensorflow/tfjs-core';
import { conv } from '../block/conv.ts';
import { type Block, block, type Parts } from '../core/block.ts';
import { glorotUniform, heFanOut } from '../core/initializers.ts';
import {
  type Backbone,
  type Feature,
  type Maps,
  mapLevels,
  rank,
  type Stage,
  type Standardization,
  type Variant,
} from '../core/levels.ts';
import type { Pass } from '../core/pass.ts';
import { dilatedLayer, l2Scale } from './ssdVgg16Parts.ts';

export type Ssd300Stages = 'C3' | 'C4' | 'C5' | 'C6' | 'C7' | 'C8';
export type Ssd512Stages = Ssd300Stages | 'C9';

/** Two layers after fc7: 1x1 to `narrow` channels, then a filter to twice as many. */
interface Extra {
  readonly narrow: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: 0 | 1;
}

/** conv8 to conv11, and conv12 of SSD512. @see SSD, 2016, figure 2; caffe/ssd, ssd_pascal.py, ssd_pascal_512.py */
const extras = {
  300: [
    { narrow: 256, kernel: 3, stride: 2, pad: 1 },
    { narrow: 128, kernel: 3, stride: 2, pad: 1 },
    { narrow: 128, kernel: 3, stride: 1, pad: 0 },
    { narrow: 128, kernel: 3, stride: 1, pad: 0 },
  ],
  512: [
    { narrow: 256, kernel: 3, stride: 2, pad: 1 },
    { narrow: 128, kernel: 3, stride: 2, pad: 1 },
    { narrow: 128, kernel: 3, stride: 2, pad: 1 },
    { narrow: 128, kernel: 3, stride: 2, pad: 1 },
    { narrow: 128, kernel: 4, stride: 1, pad: 1 },
  ],
} as const satisfies { readonly [size: number]: readonly Extra[] };

/** What the paper takes from each pixel, RGB. @see caffe/ssd, ssd_pascal.py, mean_value */
export const ssdMean: Standardization = { name: 'ssd', mean: [123, 117, 104], deviation: [1, 1, 1] };
/** The same as torchvision has it, of pixels in 0-1. @see torchvision, detection/ssd.py, image_mean */
export const ssdMeanTorchvision: Standardization = {
  name: 'ssdTorchvision',
  mean: [0.48235 * 255, 0.45882 * 255, 0.40784 * 255],
  deviation: [1, 1, 1],
};

const norm = { epsilon: 1e-5, momentum: 0.9 }; // there is none: every convolution has a bias
const caffe: Variant = { name: 'caffe', norm, padding: 'symmetric', standardization: ssdMean };

export interface SsdVgg16Options {
  /** Whose layers follow fc7: those of SSD300 or of SSD512, which may see images of other sizes too. */
  readonly layers: 300 | 512;
  /**
   * Whose weights: `torchvision`. They want other pixels, and only the third pool rounds a half cell up, not all of them, which
   * shows at sides that are no multiples of 32 besides 300. Default the paper's.
   */
  readonly variant?: Variant;
}

/**
 * SSD's backbone: VGG-16 without batch norm to conv5, whose last pool is 3x3 / 1; fc6 with dilation 6 and fc7 as
 * convolutions; then narrower layers. [b, h, w, 3] -> C3 (conv4_3, each pixel's length made 20), C4 (fc7), C5 (conv8_2) ...:
 * 38, 19, 10, 5, 3 and 1 cells to a side of 300; 64, 32, 16, 8, 4, 2 and 1 of 512.
 *
 * @throws RangeError for a variant that SSD does not have
 * @see Liu et al., SSD, 2016; torchvision, models/detection/ssd.py
 */
export function ssdVgg16(options: SsdVgg16Options & { readonly layers: 300 }): Backbone<Ssd300Stages>;
export function ssdVgg16(options: SsdVgg16Options & { readonly layers: 512 }): Backbone<Ssd512Stages>;
export function ssdVgg16({ layers, variant }: SsdVgg16Options): Backbone<Ssd300Stages> | Backbone<Ssd512Stages> {
  const made = variant === undefined ? caffe : ssdVariant(variant, layers);
  return layers === 300
    ? vgg16With(extras[300], ['C3', 'C4', 'C5', 'C6', 'C7', 'C8'], made)
    : vgg16With(extras[512], ['C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9'], made);
}

function ssdVariant({ name }: Variant, layers: 300 | 512): Variant {
  if (name !== 'torchvision')
    throw new RangeError(`ssdVgg16: variant is ${name}; it must be torchvision, or left out for the paper's`);
  if (layers === 512)
    throw new RangeError("ssdVgg16: torchvision has SSD300 only; leave variant out for the paper's SSD512");
  return { ...caffe, name, standardization: ssdMeanTorchvision };
}

const layer = (filters: number): Block =>
  conv({ filters, kernel: 3, initial: heFanOut, padding: 'symmetric', activation: 'relu' });
const layers = (filters: number, count: number) => Array.from({ length: count }, () => layer(filters));
const extraLayers = ({ narrow, kernel, stride, pad }: Extra): readonly [Block, Block] => [
  conv({ filters: narrow, initial: glorotUniform, activation: 'relu' }),
  conv({
    filters: 2 * narrow,
    kernel,
    stride,
    initial: glorotUniform,
    padding: pad === 0 ? 'valid' : 'symmetric',
    activation: 'relu',
  }),
];
const inTurn = (blocks: readonly Block[], x: Tensor4D, pass: Pass) => blocks.reduce((y, step) => step(y, pass), x);

function vgg16With<const S extends Stage>(added: readonly Extra[], names: readonly S[], variant: Variant): Backbone<S> {
  const trunk = {
    conv1: layers(64, 2),
    conv2: layers(128, 2),
    conv3: layers(256, 3),
    conv4: layers(512, 3),
  };
  const scale4 = l2Scale();
  const deep = { conv5: layers(512, 3), fc6: dilatedLayer({ filters: 1024, dilation: 6 }), fc7: fc7() };
  const extra = added.map(extraLayers);
  const halve = variant.name === 'torchvision' ? floorPool : ceilPool;

  const strideAfter = (count: number) => added.slice(0, count).reduce((product, { stride }) => product * stride, 16);
  const features = mapLevels(names, (_, i): Feature => {
    const extra = added[i - 2];
    if (extra) return { channels: 2 * extra.narrow, stride: strideAfter(i - 1) };
    return i === 0 ? { channels: 512, stride: 8 } : { channels: 1024, stride: 16 };
  });

  const upTo = (deepest: number): Backbone<S> => {
    const own = extra.slice(0, Math.max(0, deepest - 1));
    const named = Object.fromEntries(own.map((pair, i) => [`conv${8 + i}`, pair]));
    const parts: Parts = { ...trunk, scale4, ...(deepest > 0 ? deep : {}), ...named };
    const run = block(parts, (image: Tensor4D, pass): Maps<S> => {
      const conv1 = inTurn(trunk.conv1, image, pass); // stride 1
      const conv2 = inTurn(trunk.conv2, halve(conv1), pass); // 2
      const conv3 = inTurn(trunk.conv3, halve(conv2), pass); // 4
      const conv4 = inTurn(trunk.conv4, ceilPool(conv3), pass); // 8: 38 cells of 75, not 37
      const maps = [scale4(conv4, pass)];
      if (deepest > 0) {
        const conv5 = inTurn(deep.conv5, halve(conv4), pass); // 16
        maps.push(deep.fc7(deep.fc6(maxPool(conv5, 3, 1, 'same'), pass), pass));
      }
      for (const pair of own) maps.push(inTurn(pair, maps.at(-1) ?? image, pass));
      // Deeper maps than were asked for are not there: `until` is called by a detector that knows what its neck reads.
      return Object.fromEntries(maps.map((map, i) => [names[i], map])) as Maps<S>;
    });
    return Object.assign(run, {
      stages: names,
      features,
      until: (read: readonly S[]) => upTo(Math.max(...read.map((name) => rank(name))) - 3),
      standardization: variant.standardization,
      variant,
    });
  };
  return upTo(names.length - 1);
}

const fc7 = (): Block => conv({ filters: 1024, initial: glorotUniform, activation: 'relu' });
/** Half a cell at the end becomes a cell: SAME at 2 / 2 is PyTorch's ceil mode, and Caffe's only one. */
const ceilPool = (x: Tensor4D): Tensor4D => maxPool(x, 2, 2, 'same');
const floorPool = (x: Tensor4D): Tensor4D => maxPool(x, 2, 2, 'valid');
