import {
  efficientNetB0,
  efficientNetB1,
  efficientNetB2,
  efficientNetB3,
  efficientNetB4,
  efficientNetB5,
  efficientNetB6,
  efficientNetB7,
} from '../backbone/efficientNet.ts';
import type { EfficientNetSize } from '../backbone/sevenStages.ts';
import type { Coarsest } from './efficientDet.ts';
import { type EfficientDetRow, type EfficientDetSize, efficientDetSize } from './efficientDetSize.ts';

/** Published sizes on EfficientNet: D0 to D6 on B0 to B6, D7 on B6, D7x on B7. @see EfficientDet, table 1; automl/efficientdet, hparams_config.py */
export const efficientDetRows = [
  { name: 'D0', side: 512, channels: 64, cells: 3, repeats: 3, scale: 4, fuse: 'fast', to: 'P7', dropConnect: 0 },
  { name: 'D1', side: 640, channels: 88, cells: 4, repeats: 3, scale: 4, fuse: 'fast', to: 'P7', dropConnect: 0.2 },
  { name: 'D2', side: 768, channels: 112, cells: 5, repeats: 3, scale: 4, fuse: 'fast', to: 'P7', dropConnect: 0.2 },
  { name: 'D3', side: 896, channels: 160, cells: 6, repeats: 4, scale: 4, fuse: 'fast', to: 'P7', dropConnect: 0.2 },
  { name: 'D4', side: 1024, channels: 224, cells: 7, repeats: 4, scale: 4, fuse: 'fast', to: 'P7', dropConnect: 0.2 },
  { name: 'D5', side: 1280, channels: 288, cells: 7, repeats: 4, scale: 4, fuse: 'fast', to: 'P7', dropConnect: 0.2 },
  { name: 'D6', side: 1280, channels: 384, cells: 8, repeats: 5, scale: 4, fuse: 'sum', to: 'P7', dropConnect: 0.2 },
  { name: 'D7', side: 1536, channels: 384, cells: 8, repeats: 5, scale: 5, fuse: 'sum', to: 'P7', dropConnect: 0.2 },
  { name: 'D7x', side: 1536, channels: 384, cells: 8, repeats: 5, scale: 4, fuse: 'sum', to: 'P8', dropConnect: 0.2 },
] as const satisfies readonly (EfficientDetRow & { name: string; to: Coarsest })[];

type Row = (typeof efficientDetRows)[number];

const size =
  <N extends Row['name'], B extends Extract<Row, { name: N }>['to']>(
    name: N,
    to: B,
    backbone: EfficientNetSize,
  ): EfficientDetSize<B> =>
  (options) => {
    const row = efficientDetRows.find((one) => one.name === name);
    if (row === undefined) throw new RangeError(`efficientDet: no row ${name}`);
    return efficientDetSize(row, { to, backbone, activation: 'swish' }, options);
  };

export const efficientDetD0: EfficientDetSize<'P7'> = /* @__PURE__ */ size('D0', 'P7', efficientNetB0);
export const efficientDetD1: EfficientDetSize<'P7'> = /* @__PURE__ */ size('D1', 'P7', efficientNetB1);
export const efficientDetD2: EfficientDetSize<'P7'> = /* @__PURE__ */ size('D2', 'P7', efficientNetB2);
export const efficientDetD3: EfficientDetSize<'P7'> = /* @__PURE__ */ size('D3', 'P7', efficientNetB3);
export const efficientDetD4: EfficientDetSize<'P7'> = /* @__PURE__ */ size('D4', 'P7', efficientNetB4);
export const efficientDetD5: EfficientDetSize<'P7'> = /* @__PURE__ */ size('D5', 'P7', efficientNetB5);
export const efficientDetD6: EfficientDetSize<'P7'> = /* @__PURE__ */ size('D6', 'P7', efficientNetB6);
export const efficientDetD7: EfficientDetSize<'P7'> = /* @__PURE__ */ size('D7', 'P7', efficientNetB6);
export const efficientDetD7x: EfficientDetSize<'P8'> = /* @__PURE__ */ size('D7x', 'P8', efficientNetB7);
