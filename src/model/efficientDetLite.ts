import {
  efficientNetLite0,
  efficientNetLite1,
  efficientNetLite2,
  efficientNetLite3,
  efficientNetLite4,
} from '../backbone/efficientNetLite.ts';
import type { EfficientNetSize } from '../backbone/sevenStages.ts';
import { type EfficientDetRow, type EfficientDetSize, efficientDetSize } from './efficientDetSize.ts';

/** Published sizes on EfficientNet-Lite: relu6 for swish, plain sums; Lite3x is Lite3 on a larger input. @see automl/efficientdet, hparams_config.py */
export const efficientDetLiteRows = [
  { name: 'Lite0', side: 320, channels: 64, cells: 3, repeats: 3, scale: 3, fuse: 'sum', dropConnect: 0 },
  { name: 'Lite1', side: 384, channels: 88, cells: 4, repeats: 3, scale: 3, fuse: 'sum', dropConnect: 0.2 },
  { name: 'Lite2', side: 448, channels: 112, cells: 5, repeats: 3, scale: 3, fuse: 'sum', dropConnect: 0.2 },
  { name: 'Lite3', side: 512, channels: 160, cells: 6, repeats: 4, scale: 4, fuse: 'sum', dropConnect: 0.2 },
  { name: 'Lite3x', side: 640, channels: 200, cells: 6, repeats: 4, scale: 3, fuse: 'sum', dropConnect: 0.2 },
  { name: 'Lite4', side: 640, channels: 224, cells: 7, repeats: 4, scale: 4, fuse: 'sum', dropConnect: 0.2 },
] as const satisfies readonly (EfficientDetRow & { name: string })[];

const size =
  (name: (typeof efficientDetLiteRows)[number]['name'], backbone: EfficientNetSize): EfficientDetSize<'P7'> =>
  (options) => {
    const row = efficientDetLiteRows.find((one) => one.name === name);
    if (row === undefined) throw new RangeError(`efficientDet: no row ${name}`);
    return efficientDetSize(row, { to: 'P7', backbone, activation: 'relu6' }, options);
  };

export const efficientDetLite0: EfficientDetSize<'P7'> = /* @__PURE__ */ size('Lite0', efficientNetLite0);
export const efficientDetLite1: EfficientDetSize<'P7'> = /* @__PURE__ */ size('Lite1', efficientNetLite1);
export const efficientDetLite2: EfficientDetSize<'P7'> = /* @__PURE__ */ size('Lite2', efficientNetLite2);
export const efficientDetLite3: EfficientDetSize<'P7'> = /* @__PURE__ */ size('Lite3', efficientNetLite3);
export const efficientDetLite3x: EfficientDetSize<'P7'> = /* @__PURE__ */ size('Lite3x', efficientNetLite3);
export const efficientDetLite4: EfficientDetSize<'P7'> = /* @__PURE__ */ size('Lite4', efficientNetLite4);
