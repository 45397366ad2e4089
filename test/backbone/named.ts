import * as v1 from '../../src/backbone/efficientNet.ts';
import * as lite from '../../src/backbone/efficientNetLite.ts';
import * as v2 from '../../src/backbone/efficientNetV2.ts';
import { keras, lukemelas, timm, timmTf, torchvision } from '../../src/backbone/variant.ts';
import type { GivenVariant } from '../../src/backbone/variantRule.ts';
import * as vgg from '../../src/backbone/vgg.ts';

const factories = new Map(Object.entries({ ...v1, ...lite, ...v2, ...vgg }));
const spelled: readonly (readonly [RegExp, (size: string) => string])[] = [
  [/^(?:tf_)?efficientnetv2_(\w+)$|^efficientnet_v2_(\w)$|^EfficientNetV2(\w+)$/, (size) => `efficientNetV2${size}`],
  [/^tf_efficientnet_lite(\d)$/, (size) => `efficientNetLite${size}`],
  [/^(?:tf_)?efficientnet[_-](\w\d)$|^EfficientNet(B\d)$/, (size) => `efficientNet${size}`],
  [/^(vgg16_bn)$/, () => 'vgg16BatchNorm'],
  [/^(vgg16|VGG16)$/, () => 'vgg16'],
];

type Factory = typeof v1.efficientNetB0 | typeof v2.efficientNetV2B0 | typeof vgg.vgg16;
const isFactory = (x: unknown): x is Factory => typeof x === 'function';

/** Our factory for a model by the name that a library gives it. */
export function factoryOf(name: string): { architecture: string; make: Factory } {
  for (const [pattern, ours] of spelled) {
    const size = pattern.exec(name)?.slice(1).find(Boolean);
    if (size === undefined) continue;
    const architecture = ours(`${size[0]?.toUpperCase()}${size.slice(1)}`);
    const make = factories.get(architecture);
    if (isFactory(make)) return { architecture, make };
  }
  throw new RangeError(`no factory for ${name}`);
}

/** The variant of a library's model. */
export function variantOf(library: string, name: string): GivenVariant {
  if (library === 'timm') return name.startsWith('tf_') ? timmTf : timm;
  const known = { torchvision, keras, 'efficientnet-pytorch': lukemelas, efficientnet_pytorch: lukemelas };
  const found = Object.entries(known).find(([key]) => key === library)?.[1];
  if (found === undefined) throw new RangeError(`no variant for ${library}`);
  return found;
}
