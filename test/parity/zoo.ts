import {
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
} from '../../src/backbone/efficientNet.ts';
import {
  efficientNetLite0,
  efficientNetLite1,
  efficientNetLite2,
  efficientNetLite3,
  efficientNetLite4,
} from '../../src/backbone/efficientNetLite.ts';
import {
  efficientNetV2B0,
  efficientNetV2B1,
  efficientNetV2B2,
  efficientNetV2B3,
  efficientNetV2L,
  efficientNetV2M,
  efficientNetV2S,
  efficientNetV2Xl,
} from '../../src/backbone/efficientNetV2.ts';
import { keras, lukemelas, timm, timmTf, torchvision } from '../../src/backbone/variant.ts';
import type { GivenVariant } from '../../src/backbone/variantRule.ts';
import { vgg16, vgg16BatchNorm } from '../../src/backbone/vgg.ts';
import type { Standardization } from '../../src/core/levels.ts';
import {
  efficientDetLite0,
  efficientDetLite1,
  efficientDetLite2,
  efficientDetLite3,
  efficientDetLite3x,
  efficientDetLite4,
} from '../../src/model/efficientDetLite.ts';
import {
  efficientDetD0,
  efficientDetD1,
  efficientDetD2,
  efficientDetD3,
  efficientDetD4,
  efficientDetD5,
  efficientDetD6,
  efficientDetD7,
  efficientDetD7x,
} from '../../src/model/efficientDetSizes.ts';
import { ssd300 } from '../../src/model/ssd.ts';
import type { NameMap } from '../../src/weights/nameMap.ts';
import { effdet } from '../../src/weights/names/effdet.ts';
import { keras as kerasNames } from '../../src/weights/names/keras.ts';
import { lukemelas as lukemelasNames } from '../../src/weights/names/lukemelas.ts';
import { timm as timmNames } from '../../src/weights/names/timm.ts';
import { torchvision as torchvisionNames } from '../../src/weights/names/torchvision.ts';

/** Leaves the pixels as they are: the reference's inputs are standardized numbers. */
export const none: Standardization = { name: 'none', mean: [0, 0, 0], deviation: [1, 1, 1] };

export interface MakeOptions {
  readonly inputSize?: readonly [height: number, width: number];
  readonly standardization?: Standardization;
}

const classifiers = {
  b0: efficientNetB0,
  b1: efficientNetB1,
  b2: efficientNetB2,
  b3: efficientNetB3,
  b4: efficientNetB4,
  b5: efficientNetB5,
  b6: efficientNetB6,
  b7: efficientNetB7,
  b8: efficientNetB8,
  l2: efficientNetL2,
  lite0: efficientNetLite0,
  lite1: efficientNetLite1,
  lite2: efficientNetLite2,
  lite3: efficientNetLite3,
  lite4: efficientNetLite4,
  v2_b0: efficientNetV2B0,
  v2_b1: efficientNetV2B1,
  v2_b2: efficientNetV2B2,
  v2_b3: efficientNetV2B3,
  v2_s: efficientNetV2S,
  v2_m: efficientNetV2M,
  v2_l: efficientNetV2L,
  v2_xl: efficientNetV2Xl,
  vgg16,
  vgg16_bn: vgg16BatchNorm,
} as const;
const detectors = {
  d0: efficientDetD0,
  d1: efficientDetD1,
  d2: efficientDetD2,
  d3: efficientDetD3,
  d4: efficientDetD4,
  d5: efficientDetD5,
  d6: efficientDetD6,
  d7: efficientDetD7,
  d7x: efficientDetD7x,
  lite0: efficientDetLite0,
  lite1: efficientDetLite1,
  lite2: efficientDetLite2,
  lite3: efficientDetLite3,
  lite3x: efficientDetLite3x,
  lite4: efficientDetLite4,
} as const;

/** A classifier of ImageNet's classes. */
const classifying = (kind: keyof typeof classifiers, variant: GivenVariant) => (options: MakeOptions) =>
  classifiers[kind]({ classes: 1000, variant, ...options });
/** A detector of COCO's classes. */
const detecting = (kind: keyof typeof detectors, variant: GivenVariant) => (options: MakeOptions) =>
  detectors[kind]({ classes: 90, variant, ...options });

const isKey = <T extends object>(table: T, key: string): key is Extract<keyof T, string> => key in table;

export type Classifying = ReturnType<ReturnType<typeof classifying>>;
export type VggBackbone = NonNullable<ReturnType<typeof vggOf>>['model'];
export type Ssd300 = ReturnType<typeof ssd300>;
export type Detecting = ReturnType<ReturnType<typeof detecting>>;
interface Ours<Model> {
  readonly names: NameMap;
  readonly make: (options?: MakeOptions) => Model;
}

/** The classifier that a library calls so, or undefined. */
export function classifierOf(source: string, name: string): Ours<Classifying> | undefined {
  const [names, variant, kind] = kindOf(source, name);
  if (names === undefined || variant === undefined || kind === undefined || !isKey(classifiers, kind)) return undefined;
  const make = classifying(kind, variant);
  return { names, make: (options = {}) => make(options) };
}

/** The VGG that torchvision calls so, without the 124 million weights of its top, or undefined. */
export function vggOf(source: string, name: string) {
  if (source !== 'torchvision' || !(name === 'vgg16' || name === 'vgg16_bn')) return undefined;
  return { names: torchvisionNames, model: classifiers[name]({ variant: torchvision }) };
}

/** torchvision's SSD, of COCO's classes and as many that COCO does not use, or undefined. */
export function ssdOf(source: string, name: string): Ours<Ssd300> | undefined {
  if (source !== 'torchvision' || name !== 'ssd300_vgg16') return undefined;
  const make = ({ standardization }: MakeOptions = {}) =>
    ssd300({ classes: 90, variant: torchvision, ...(standardization ? { standardize: standardization } : {}) });
  return { names: torchvisionNames, make };
}

/** The EfficientDet that effdet calls so, or undefined. */
export function efficientDetOf(source: string, name: string): Ours<Detecting> | undefined {
  const [, tf = '', kind = ''] = /^(tf_)?efficientdet_(.+)$/.exec(name) ?? [];
  if (source !== 'effdet' || !isKey(detectors, kind)) return undefined;
  const make = detecting(kind, tf ? timmTf : timm);
  return { names: effdet, make: (options = {}) => make(options) };
}

type Kind = readonly [names?: NameMap, variant?: GivenVariant, kind?: string | undefined];

function kindOf(source: string, name: string): Kind {
  switch (source) {
    case 'timm': {
      const variant = name.startsWith('tf_') ? timmTf : timm;
      return [timmNames, variant, name.replace(/^(tf_)?efficientnet_?/, '')];
    }
    case 'torchvision':
      return [torchvisionNames, torchvision, name.replace(/^efficientnet_/, '')];
    case 'efficientnet-pytorch':
    case 'efficientnet_pytorch':
      return [lukemelasNames, lukemelas, name.replace(/^efficientnet-/, '')];
    case 'keras':
      return [kerasNames, keras, name.replace('EfficientNetV2', 'v2_').replace('EfficientNet', '').toLowerCase()];
    default:
      return [];
  }
}
