import {
  efficientNet,
  efficientNetB0,
  efficientNetB1,
  efficientNetB2,
  efficientNetB3,
  efficientNetB4,
  efficientNetB5,
  efficientNetB6,
  efficientNetB7,
  efficientNetB8,
  efficientNetL2,
} from '../backbone/efficientNet.ts';
import {
  efficientNetLite0,
  efficientNetLite1,
  efficientNetLite2,
  efficientNetLite3,
  efficientNetLite4,
} from '../backbone/efficientNetLite.ts';
import {
  efficientNetV2B0,
  efficientNetV2B1,
  efficientNetV2B2,
  efficientNetV2B3,
  efficientNetV2L,
  efficientNetV2M,
  efficientNetV2S,
  efficientNetV2Xl,
} from '../backbone/efficientNetV2.ts';
import type { EfficientNetSize } from '../backbone/sevenStages.ts';
import { ssdVgg } from '../backbone/ssdVgg.ts';
import { ssdVgg16 } from '../backbone/ssdVgg16.ts';
import { variants } from '../backbone/variant.ts';
import type { LibraryVariant } from '../backbone/variantRule.ts';
import { vgg16, vgg16BatchNorm } from '../backbone/vgg.ts';
import type { Backbone, Stage } from '../core/levels.ts';
import { FormatError } from '../data/formatError.ts';
import { type Fields, fieldsOf, naming } from './modelFields.ts';

const efficientNets: { readonly [size: string]: EfficientNetSize } = {
  B0: efficientNetB0,
  B1: efficientNetB1,
  B2: efficientNetB2,
  B3: efficientNetB3,
  B4: efficientNetB4,
  B5: efficientNetB5,
  B6: efficientNetB6,
  B7: efficientNetB7,
  B8: efficientNetB8,
  L2: efficientNetL2,
};
const lites: { readonly [size: string]: EfficientNetSize } = {
  Lite0: efficientNetLite0,
  Lite1: efficientNetLite1,
  Lite2: efficientNetLite2,
  Lite3: efficientNetLite3,
  Lite4: efficientNetLite4,
};
const secondVersions = {
  B0: efficientNetV2B0,
  B1: efficientNetV2B1,
  B2: efficientNetV2B2,
  B3: efficientNetV2B3,
  S: efficientNetV2S,
  M: efficientNetV2M,
  L: efficientNetV2L,
  Xl: efficientNetV2Xl,
};

const seven = ['size', 'strides', 'maps', 'dropConnect', 'variant'] as const;
/** What may be said of each kind. */
const ofKind = {
  efficientNet: ['width', 'depth', ...seven],
  efficientNetLite: seven,
  efficientNetV2: ['size', 'dropConnect', 'variant'],
  vgg16: ['variant'],
  vgg16BatchNorm: ['variant'],
  ssdVgg: ['width'],
  ssdVgg16: ['layers', 'variant'],
} as const;
type Kind = keyof typeof ofKind;
const kinds = Object.keys(ofKind) as readonly Kind[]; // keys of the record above
const all = ['kind', 'size', 'width', 'depth', 'strides', 'maps', 'dropConnect', 'variant', 'layers'] as const;
const factors = [0, 100] as const; // so that no number in a file takes all memory

/** The backbone of a description. @throws FormatError that names the field by its path */
export function backboneOf(given: unknown, path: string): Backbone<Stage> {
  const fields = fieldsOf(given, path, all);
  const kind = fields.word('kind', kinds);
  const known: readonly string[] = ['kind', ...ofKind[kind]];
  const odd = all.find((key) => fields.has(key) && !known.includes(key));
  if (odd !== undefined)
    throw new FormatError(`${fields.path}.${odd} is no field of an ${kind}; there are ${known.join(', ')}`);
  // Its stages are looked at by whoever reads them: the description is no type.
  return naming(fields.path, () => made(kind, fields)) as unknown as Backbone<Stage>;
}

function made(kind: Kind, fields: Fields): unknown {
  const variant = variantIn(fields);
  switch (kind) {
    case 'efficientNet':
      return efficientNetOf(fields);
    case 'efficientNetLite':
      return sized(lites, fields);
    case 'efficientNetV2':
      return chosen(secondVersions, fields)({ ...variant, ...dropConnectOf(fields) });
    case 'vgg16':
      return vgg16(variant);
    case 'vgg16BatchNorm':
      return vgg16BatchNorm(variant);
    case 'ssdVgg':
      return ssdVgg(fields.has('width') ? { width: fields.number('width', factors) } : {});
    case 'ssdVgg16': {
      const layers = fields.number('layers');
      if (layers !== 300 && layers !== 512)
        throw new FormatError(`${fields.path}.layers is ${layers}; it must be 300 or 512`);
      return layers === 300 ? ssdVgg16({ layers, ...variant }) : ssdVgg16({ layers, ...variant });
    }
  }
}

/** Whose weights it is for, in a word. @throws FormatError for one that there is not */
export const variantIn = (fields: Fields): { readonly variant?: LibraryVariant } =>
  fields.has('variant') ? { variant: variants[fields.word('variant', variantNames)] } : {};
const variantNames = Object.keys(variants) as readonly (keyof typeof variants)[]; // keys of the record

const dropConnectOf = (fields: Fields) =>
  fields.has('dropConnect') ? { dropConnect: fields.number('dropConnect', [0, 1]) } : {};

function chosen<T>(sizes: { readonly [size: string]: T }, fields: Fields): T {
  const size = sizes[fields.word('size', Object.keys(sizes))];
  if (size === undefined) throw new FormatError(`${fields.path}.size is unknown`);
  return size;
}

function efficientNetOf(fields: Fields): unknown {
  if (fields.has('size')) {
    if (fields.has('width') || fields.has('depth'))
      throw new FormatError(`${fields.path} has a size and a width or depth; give the one or the others`);
    return sized(efficientNets, fields);
  }
  const factor = { width: fields.number('width', factors), depth: fields.number('depth', factors) };
  return withMaps(fields, {
    ladder: (options) => efficientNet({ ...factor, ...options, strides: 'ladder' }),
    stage: (options) => efficientNet({ ...factor, ...options, maps: 'stage' }),
    stride: (options) => efficientNet({ ...factor, ...options }),
  });
}

function sized(sizes: { readonly [size: string]: EfficientNetSize }, fields: Fields): unknown {
  const size = chosen(sizes, fields);
  return withMaps(fields, {
    ladder: (options) => size({ ...options, strides: 'ladder' }),
    stage: (options) => size({ ...options, maps: 'stage' }),
    stride: (options) => size(options),
  });
}

type Common = { readonly dropConnect?: number; readonly variant?: LibraryVariant };

/** Strides and maps, which decide what stages there are. */
function withMaps(
  fields: Fields,
  make: Readonly<Record<'ladder' | 'stage' | 'stride', (options: Common) => unknown>>,
): unknown {
  const strides = fields.has('strides') ? fields.word('strides', ['paper', 'ladder']) : 'paper';
  const maps = fields.has('maps') ? fields.word('maps', ['stride', 'stage']) : 'stride';
  return make[strides === 'ladder' ? 'ladder' : maps]({ ...dropConnectOf(fields), ...variantIn(fields) });
}
