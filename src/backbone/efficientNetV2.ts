import type { Backbone } from '../core/levels.ts';
import type { Classifier } from './classifier.ts';
import { nearestFilters, roundRepeats } from './compoundScale.ts';
import {
  type ClassifyingOptions,
  type MobileOptions,
  mobileBackbone,
  mobileClassifier,
  type PaperStages,
  paperStages,
} from './efficientNetBody.ts';
import { efficientNetV2Stages } from './efficientNetV2Stages.ts';

/**
 * Published sizes: stages, factors on width and depth, channels of the stem, sides of the input in training and
 * evaluation in pixels, dropout before the last layer. @see automl/efficientnetv2, effnetv2_configs.py
 */
export const efficientNetV2Rows = [
  { name: 'B0', stages: 'base', stem: 32, width: 1.0, depth: 1.0, training: 192, resolution: 224, dropout: 0.2 },
  { name: 'B1', stages: 'base', stem: 32, width: 1.0, depth: 1.1, training: 192, resolution: 240, dropout: 0.2 },
  { name: 'B2', stages: 'base', stem: 32, width: 1.1, depth: 1.2, training: 208, resolution: 260, dropout: 0.3 },
  { name: 'B3', stages: 'base', stem: 32, width: 1.2, depth: 1.4, training: 240, resolution: 300, dropout: 0.3 },
  { name: 'S', stages: 'S', stem: 24, width: 1.0, depth: 1.0, training: 300, resolution: 384, dropout: 0.2 },
  { name: 'M', stages: 'M', stem: 24, width: 1.0, depth: 1.0, training: 384, resolution: 480, dropout: 0.3 },
  { name: 'L', stages: 'L', stem: 32, width: 1.0, depth: 1.0, training: 384, resolution: 480, dropout: 0.4 },
  { name: 'Xl', stages: 'Xl', stem: 32, width: 1.0, depth: 1.0, training: 384, resolution: 512, dropout: 0.4 },
] as const;

type Row = (typeof efficientNetV2Rows)[number];

/** A published size: [b, h, w, 3] -> C1..C5 at strides 2 to 32; with `classes` it classifies. @see Tan and Le, EfficientNetV2, 2021 */
export interface EfficientNetV2Size {
  (options: ClassifyingOptions): Classifier<PaperStages>;
  (options?: MobileOptions): Backbone<PaperStages>;
}

function body({ name, stages, stem, width, depth }: Row) {
  const rows = efficientNetV2Stages[stages].map((row) => ({
    ...row,
    repeats: roundRepeats(row.repeats, depth),
    filters: nearestFilters(row.filters, width), // not V1's rule: stage 1 of B3 has 16
  }));
  return { stem: nearestFilters(stem, width), stages: rows, architecture: `efficientNetV2${name}` } as const;
}

function size(name: Row['name']): EfficientNetV2Size {
  const make = (options: MobileOptions | ClassifyingOptions = {}) => {
    const row = efficientNetV2Rows.find((one) => one.name === name);
    if (row === undefined) throw new RangeError(`efficientNetV2: no row ${name}`);
    const backbone = mobileBackbone(paperStages, 'stride', body(row), options);
    const { width, resolution, dropout } = row;
    return 'classes' in options
      ? mobileClassifier(backbone, { filters: nearestFilters(1280, width), resolution, dropout }, options)
      : backbone;
  };
  return make as EfficientNetV2Size; // the overloads say which options give what
}

export const efficientNetV2B0: EfficientNetV2Size = /* @__PURE__ */ size('B0');
export const efficientNetV2B1: EfficientNetV2Size = /* @__PURE__ */ size('B1');
export const efficientNetV2B2: EfficientNetV2Size = /* @__PURE__ */ size('B2');
export const efficientNetV2B3: EfficientNetV2Size = /* @__PURE__ */ size('B3');
export const efficientNetV2S: EfficientNetV2Size = /* @__PURE__ */ size('S');
export const efficientNetV2M: EfficientNetV2Size = /* @__PURE__ */ size('M');
export const efficientNetV2L: EfficientNetV2Size = /* @__PURE__ */ size('L');
export const efficientNetV2Xl: EfficientNetV2Size = /* @__PURE__ */ size('Xl');
