import { roundFilters, roundRepeats } from './compoundScale.ts';
import { type ClassifyingOptions, mobileBackbone, mobileClassifier, paperStages } from './efficientNetBody.ts';
import { b0Stages, type EfficientNetSize, type EfficientNetVariantOptions, sevenStages } from './sevenStages.ts';

/** Published sizes, as `efficientNetRows`. timm evaluates Lite3 at 300 and Lite4 at 380. @see tensorflow/tpu, efficientnet_lite_builder.py */
export const efficientNetLiteRows = [
  { name: 'Lite0', width: 1.0, depth: 1.0, resolution: 224, dropout: 0.2 },
  { name: 'Lite1', width: 1.0, depth: 1.1, resolution: 240, dropout: 0.2 },
  { name: 'Lite2', width: 1.1, depth: 1.2, resolution: 260, dropout: 0.3 },
  { name: 'Lite3', width: 1.2, depth: 1.4, resolution: 280, dropout: 0.3 },
  { name: 'Lite4', width: 1.4, depth: 1.8, resolution: 300, dropout: 0.3 },
] as const;

type Row = (typeof efficientNetLiteRows)[number];

/** B0's stages without squeeze and excitation, relu6 for swish; stem, head and the repeats of the outer stages do not grow. */
function body({ name, width, depth }: Row) {
  const stages = b0Stages.map((row, i) => ({
    ...row,
    repeats: i === 0 || i === b0Stages.length - 1 ? row.repeats : roundRepeats(row.repeats, depth),
    filters: roundFilters(row.filters, width),
  }));
  return { stem: 32, stages, squeeze: 0, activation: 'relu6', architecture: `efficientNet${name}` } as const;
}

function size(name: Row['name']): EfficientNetSize {
  const make = (options: EfficientNetVariantOptions | ClassifyingOptions = {}) => {
    const row = efficientNetLiteRows.find((one) => one.name === name);
    if (row === undefined) throw new RangeError(`efficientNetLite: no row ${name}`);
    if (!('classes' in options)) return sevenStages(options, body(row));
    const backbone = mobileBackbone(paperStages, 'stride', body(row), options);
    return mobileClassifier(backbone, { ...row, filters: 1280, activation: 'relu6' }, options);
  };
  return make as EfficientNetSize; // the overloads say which options give what
}

export const efficientNetLite0: EfficientNetSize = /* @__PURE__ */ size('Lite0');
export const efficientNetLite1: EfficientNetSize = /* @__PURE__ */ size('Lite1');
export const efficientNetLite2: EfficientNetSize = /* @__PURE__ */ size('Lite2');
export const efficientNetLite3: EfficientNetSize = /* @__PURE__ */ size('Lite3');
export const efficientNetLite4: EfficientNetSize = /* @__PURE__ */ size('Lite4');
