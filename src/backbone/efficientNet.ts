import { conv } from '../block/conv.ts';
import { mbConv } from '../block/mbConv.ts';
import type { Backbone } from '../core/levels.ts';
import { roundFilters, roundRepeats } from './compoundScale.ts';
import { stagedBackbone } from './staged.ts';
import { tensorflow, type Variant } from './variant.ts';

/** Stages of EfficientNet-B0. @see EfficientNet, table 1 */
const stages = [
  { repeats: 1, kernel: 3, stride: 1, expand: 1, filters: 16, ladderStride: 1 },
  { repeats: 2, kernel: 3, stride: 2, expand: 6, filters: 24, ladderStride: 2 },
  { repeats: 2, kernel: 5, stride: 2, expand: 6, filters: 40, ladderStride: 2 },
  { repeats: 3, kernel: 3, stride: 2, expand: 6, filters: 80, ladderStride: 2 },
  { repeats: 3, kernel: 5, stride: 1, expand: 6, filters: 112, ladderStride: 2 },
  { repeats: 4, kernel: 5, stride: 2, expand: 6, filters: 192, ladderStride: 2 },
  { repeats: 1, kernel: 3, stride: 1, expand: 6, filters: 320, ladderStride: 2 },
] as const;

/** Published sizes: factors on width and depth, side of the input in pixels, dropout before the last layer. @see automl/efficientdet, efficientnet_builder.py */
export const efficientNetRows = [
  { name: 'B0', width: 1.0, depth: 1.0, resolution: 224, dropout: 0.2 },
  { name: 'B1', width: 1.0, depth: 1.1, resolution: 240, dropout: 0.2 },
  { name: 'B2', width: 1.1, depth: 1.2, resolution: 260, dropout: 0.3 },
  { name: 'B3', width: 1.2, depth: 1.4, resolution: 300, dropout: 0.3 },
  { name: 'B4', width: 1.4, depth: 1.8, resolution: 380, dropout: 0.4 },
  { name: 'B5', width: 1.6, depth: 2.2, resolution: 456, dropout: 0.4 },
  { name: 'B6', width: 1.8, depth: 2.6, resolution: 528, dropout: 0.5 },
  { name: 'B7', width: 2.0, depth: 3.1, resolution: 600, dropout: 0.5 },
  { name: 'B8', width: 2.2, depth: 3.6, resolution: 672, dropout: 0.5 },
  { name: 'L2', width: 4.3, depth: 5.3, resolution: 800, dropout: 0.5 },
] as const;

export type PaperStages = 'C1' | 'C2' | 'C3' | 'C4' | 'C5';
export type AllStages = PaperStages | 'C6' | 'C7';

export interface EfficientNetVariantOptions {
  /** `paper`: 1, 2, 2, 2, 1, 2, 1. `ladder`: 1, then 2 at every stage, so that each stage is a level. Default `paper`. */
  readonly strides?: 'paper' | 'ladder';
  /** Which maps it gives: the last at each `stride`, or the last of each `stage`. Default `stride`. */
  readonly maps?: 'stride' | 'stage';
  /** Share of the images whose residual the last block drops in training; earlier blocks drop less, in proportion. Default 0.2. */
  readonly dropConnect?: number;
  /** Epsilon, momentum and padding, which belong to the weights. Default `tensorflow`. */
  readonly variant?: Variant;
}

export interface EfficientNetOptions extends EfficientNetVariantOptions {
  /** Factor on the channels. */
  readonly width: number;
  /** Factor on the blocks of each stage. */
  readonly depth: number;
}

type SevenStages = { readonly strides: 'ladder' } | { readonly maps: 'stage' };

/**
 * EfficientNet without its classifier: a stem of stride 2 and seven stages of MBConv.
 * [b, h, w, 3] -> C1..C5 at strides 2 to 32, or C1..C7 with the ladder's strides or one map a stage.
 *
 * @throws RangeError for factors that are not positive
 * @see Tan and Le, EfficientNet, 2019
 */
export function efficientNet(options: EfficientNetOptions & SevenStages): Backbone<AllStages>;
export function efficientNet(
  options: EfficientNetOptions & { strides?: 'paper'; maps?: 'stride' },
): Backbone<PaperStages>;
export function efficientNet(options: EfficientNetOptions): Backbone<AllStages> | Backbone<PaperStages> {
  const { width, depth, strides = 'paper', maps = 'stride', dropConnect = 0.2, variant = tensorflow } = options;
  if (!(width > 0 && depth > 0))
    throw new RangeError(`efficientNet: width is ${width} and depth is ${depth}; both must be above 0`);
  const { norm, padding } = variant;
  const total = stages.reduce((sum, { repeats }) => sum + roundRepeats(repeats, depth), 0);
  let index = 0; // of the block in the whole network: drop connect grows with it

  const stem = conv({ filters: roundFilters(32, width), kernel: 3, stride: 2, padding, norm, activation: 'swish' });
  const made = stages.map(({ repeats, kernel, stride, expand, filters, ladderStride }) => {
    const first = strides === 'ladder' ? ladderStride : stride;
    const blocks = Array.from({ length: roundRepeats(repeats, depth) }, (_, i) =>
      mbConv({
        filters: roundFilters(filters, width),
        kernel,
        expand,
        stride: i === 0 ? first : 1,
        dropConnect: (dropConnect * index++) / total,
        padding,
        norm,
      }),
    );
    return { blocks, stride: first, channels: roundFilters(filters, width) };
  });
  const build = { stem, stemStride: 2, stages: made };
  return strides === 'ladder' || maps === 'stage'
    ? stagedBackbone(['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7'], build, 'stage')
    : stagedBackbone(['C1', 'C2', 'C3', 'C4', 'C5'], build, 'stride');
}

/** A published size: called without options it has the paper's strides and gives C1..C5. */
interface Size {
  (options: EfficientNetVariantOptions & SevenStages): Backbone<AllStages>;
  (options?: EfficientNetVariantOptions & { strides?: 'paper'; maps?: 'stride' }): Backbone<PaperStages>;
}
type Row = (typeof efficientNetRows)[number];
const size = (name: Row['name']): Size => {
  const { width, depth } = row(name);
  // The overloads of Size are those of efficientNet with the row filled in.
  return ((options: EfficientNetVariantOptions = {}) =>
    efficientNet({ ...options, width, depth } as EfficientNetOptions & SevenStages)) as Size;
};
function row(name: Row['name']): Row {
  const found = efficientNetRows.find((r) => r.name === name);
  if (found === undefined) throw new RangeError(`efficientNet: no row ${name}`);
  return found;
}

export const efficientNetB0: Size = /* @__PURE__ */ size('B0');
export const efficientNetB1: Size = /* @__PURE__ */ size('B1');
export const efficientNetB2: Size = /* @__PURE__ */ size('B2');
export const efficientNetB3: Size = /* @__PURE__ */ size('B3');
export const efficientNetB4: Size = /* @__PURE__ */ size('B4');
export const efficientNetB5: Size = /* @__PURE__ */ size('B5');
export const efficientNetB6: Size = /* @__PURE__ */ size('B6');
export const efficientNetB7: Size = /* @__PURE__ */ size('B7');
export const efficientNetB8: Size = /* @__PURE__ */ size('B8');
export const efficientNetL2: Size = /* @__PURE__ */ size('L2');
