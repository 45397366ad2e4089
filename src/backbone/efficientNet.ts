import type { Backbone } from '../core/levels.ts';
import { roundFilters, roundRepeats } from './compoundScale.ts';
import {
  type ClassifyingOptions,
  mobileBackbone,
  mobileClassifier,
  type PaperStages,
  paperStages,
} from './efficientNetBody.ts';
import {
  type AllStages,
  b0Stages,
  type EfficientNetSize,
  type EfficientNetVariantOptions,
  type SevenStages,
  sevenStages,
} from './sevenStages.ts';
import type { Architecture } from './variantRule.ts';

export type { PaperStages } from './efficientNetBody.ts';
export type { AllStages, EfficientNetVariantOptions } from './sevenStages.ts';

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

export interface EfficientNetOptions extends EfficientNetVariantOptions {
  /** Factor on the channels. */
  readonly width: number;
  /** Factor on the blocks of each stage. */
  readonly depth: number;
}

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
  const { width, depth } = options;
  if (!(width > 0 && depth > 0))
    throw new RangeError(`efficientNet: width is ${width} and depth is ${depth}; both must be above 0`);
  return sevenStages(options, body({ width, depth }, undefined));
}

function body({ width, depth }: Scale, architecture: Architecture | undefined) {
  const stages = b0Stages.map((row) => ({
    ...row,
    repeats: roundRepeats(row.repeats, depth),
    filters: roundFilters(row.filters, width),
  }));
  return { stem: roundFilters(32, width), stages, architecture };
}

type Scale = Pick<EfficientNetOptions, 'width' | 'depth'>;
type Name = (typeof efficientNetRows)[number]['name'];

function size(name: Name): EfficientNetSize {
  const make = (options: EfficientNetVariantOptions | ClassifyingOptions = {}) => {
    const row = rowOf(name);
    const made = body(row, `efficientNet${name}`);
    if (!('classes' in options)) return sevenStages(options, made);
    const backbone = mobileBackbone(paperStages, 'stride', made, options);
    return mobileClassifier(backbone, { ...row, filters: roundFilters(1280, row.width) }, options);
  };
  return make as EfficientNetSize; // the overloads say which options give what
}
function rowOf(name: Name) {
  const found = efficientNetRows.find((row) => row.name === name);
  if (found === undefined) throw new RangeError(`efficientNet: no row ${name}`);
  return found;
}

export const efficientNetB0: EfficientNetSize = /* @__PURE__ */ size('B0');
export const efficientNetB1: EfficientNetSize = /* @__PURE__ */ size('B1');
export const efficientNetB2: EfficientNetSize = /* @__PURE__ */ size('B2');
export const efficientNetB3: EfficientNetSize = /* @__PURE__ */ size('B3');
export const efficientNetB4: EfficientNetSize = /* @__PURE__ */ size('B4');
export const efficientNetB5: EfficientNetSize = /* @__PURE__ */ size('B5');
export const efficientNetB6: EfficientNetSize = /* @__PURE__ */ size('B6');
export const efficientNetB7: EfficientNetSize = /* @__PURE__ */ size('B7');
export const efficientNetB8: EfficientNetSize = /* @__PURE__ */ size('B8');
export const efficientNetL2: EfficientNetSize = /* @__PURE__ */ size('L2');
