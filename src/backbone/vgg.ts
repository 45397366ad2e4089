import { maxPool, type Tensor4D } from '@tensorflow/tfjs-core';
import { conv } from '../block/conv.ts';
import { dropout } from '../block/dropout.ts';
import { type Block, block } from '../core/block.ts';
import { heFanOut, type Initializer } from '../core/initializers.ts';
import type { Backbone, Standardization } from '../core/levels.ts';
import { type ClassesOptions, type Classifier, classifier } from './classifier.ts';
import { type PaperStages, paperStages } from './efficientNetBody.ts';
import { stagedBackbone } from './staged.ts';
import { torchvision } from './variant.ts';
import { type GivenVariant, variantFor } from './variantRule.ts';

/** Convolutions before each of the five pools. @see Simonyan and Zisserman, 2015, table 1, column D */
export const vgg16Rows = [
  { repeats: 2, filters: 64 },
  { repeats: 2, filters: 128 },
  { repeats: 3, filters: 256 },
  { repeats: 3, filters: 512 },
  { repeats: 3, filters: 512 },
] as const;

export interface VggOptions {
  /** Epsilon, momentum and pixels, which belong to the weights: `torchvision`, `timm`, `keras`. Default `torchvision`. */
  readonly variant?: GivenVariant;
  /** What is done to the pixels first. Default what the variant says of this model. */
  readonly standardization?: Standardization;
}

/** A published VGG: [b, h, w, 3] -> C1..C5 after the pools, at strides 2 to 32; with `classes` it classifies. */
export interface VggSize {
  (options: VggOptions & ClassesOptions): Classifier<PaperStages>;
  (options?: VggOptions): Backbone<PaperStages>;
}

const pool = (): Block => block({}, (x: Tensor4D) => maxPool(x, 2, 2, 'valid'));

function size(architecture: 'vgg16' | 'vgg16BatchNorm'): VggSize {
  const make = (options: VggOptions | (VggOptions & ClassesOptions) = {}) => {
    const variant = variantFor(options.variant ?? torchvision, architecture, options.standardization);
    const layer = (filters: number) =>
      conv({
        filters,
        kernel: 3,
        padding: 'symmetric',
        bias: true, // also before a batch norm, as torchvision and timm have it
        activation: 'relu',
        ...(architecture === 'vgg16BatchNorm' ? { norm: variant.norm } : {}),
      });
    const stages = vgg16Rows.map(({ repeats, filters }) => ({
      blocks: [...Array.from({ length: repeats }, () => layer(filters)), pool()],
      stride: 2,
      channels: filters,
    }));
    const backbone = stagedBackbone(paperStages, { stages, prefix: 'conv', variant, architecture }, 'stage');
    return 'classes' in options ? vggClassifier(backbone, options) : backbone;
  };
  return make as VggSize; // the overloads say which options give what
}

/** N(0, 0.01). @see Simonyan and Zisserman, section 3.1; torchvision, vgg.py */
const normal: Initializer = (shape, random) => {
  const values = heFanOut(shape, random);
  const [height = 1, width = 1, , outputs = 1] = shape.length === 4 ? shape : [1, 1, ...shape];
  const scale = 0.01 / Math.sqrt(2 / (height * width * outputs)); // of its own deviation
  return values.map((value) => value * scale);
};

function vggClassifier(
  backbone: Backbone<PaperStages>,
  { dropout: rate = 0.5, inputSize = [224, 224], ...options }: ClassesOptions,
): Classifier<PaperStages> {
  return classifier({
    ...options,
    backbone,
    reads: 'C5',
    head: vggHead(rate),
    inputSize,
    dropout: rate,
    initial: normal,
  });
}

/**
 * The two layers of 4096, as convolutions: one vector at 224, a map of them for larger images, whose mean is classified.
 * [b, h, w, 512] -> [b, h - 6, w - 6, 4096].
 *
 * @see Simonyan and Zisserman, section 3.2
 */
function vggHead(rate: number): Block {
  const fc6 = conv({ filters: 4096, kernel: 7, padding: 'valid', activation: 'relu', initial: normal });
  const drop = dropout({ rate });
  const fc7 = conv({ filters: 4096, activation: 'relu', initial: normal });
  return block({ fc6, drop, fc7 }, (x: Tensor4D, pass) => {
    if (x.shape[1] < 7 || x.shape[2] < 7)
      throw new RangeError(
        `vgg16: the last map is ${x.shape[1]}x${x.shape[2]}; fc6 needs 7x7, an input of 224x224 or more`,
      );
    return fc7(drop(fc6(x, pass), pass), pass);
  });
}

/** Without batch norm. @see Simonyan and Zisserman, 2015 */
export const vgg16: VggSize = /* @__PURE__ */ size('vgg16');
/** With a batch norm behind every convolution but the head's. @see torchvision, vgg16_bn */
export const vgg16BatchNorm: VggSize = /* @__PURE__ */ size('vgg16BatchNorm');
