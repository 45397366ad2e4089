import type { NameMap } from '../nameMap.ts';
import { keras as family } from './family.ts';
import { blueFirst } from './order.ts';
import { conv, dense, depthwise, type Foreign, nameMap, type Rule, under } from './rules.ts';
import type { Spot } from './spot.ts';

/** Stages are numbered, their blocks lettered: `block3b`. */
const block = ({ numbers: [stage, i] }: Spot) => `block${stage}${String.fromCharCode('a'.charCodeAt(0) + i)}`;
const part = (at: Spot, name: string) => conv(`${block(at)}_${name}_conv`, `${block(at)}_${name}_bn`);
/** Only EfficientNetV2 has blocks without a depthwise filter. */
const isV2 = (at: Spot) => at.total('stage#/#/project') > at.total('stage#/#/depthwise');

/** @see Keras, applications/efficientnet.py, efficientnet_v2.py */
const efficientNetFeatures: readonly Rule[] = [
  ['stem', () => conv('stem_conv', 'stem_bn')],
  ['stage#/#/expand', (at) => part(at, 'expand')],
  ['stage#/#/depthwise', (at) => depthwise(`${block(at)}_${isV2(at) ? 'dwconv2' : 'dwconv'}`, `${block(at)}_bn`)],
  ['stage#/#/squeeze/reduce', (at) => conv(`${block(at)}_se_reduce`)],
  ['stage#/#/squeeze/expand', (at) => conv(`${block(at)}_se_expand`)],
  ['stage#/#/project', (at) => part(at, 'project')],
];

/** The first filter reads blue before red. @see Keras, applications/vgg16.py, imagenet_utils.py */
function vggLayer({ numbers: [stage, i] }: Spot): Foreign {
  const named = conv(`block${stage}_conv${i + 1}`);
  return stage === 1 && i === 0 ? { ...named, order: blueFirst } : named;
}

const features: readonly Rule[] = [...efficientNetFeatures, ['conv#/#', vggLayer]];

/** Names of Keras's applications: EfficientNet, its V2 kind and VGG16; of backbones alone too. */
export const keras: NameMap = nameMap({
  name: 'keras',
  variants: ['keras', 'tensorflow'], // one function but for VGG, which is only `keras`
  family,
  rules: [
    ...features,
    ...under('backbone', features),
    ['head', () => conv('top_conv', 'top_bn')],
    ['head/fc6', () => ({ kind: 'flattened', name: 'fc1' })],
    ['head/fc7', () => ({ kind: 'pointwise', name: 'fc2' })],
    ['classifier', () => dense('predictions')],
  ],
});
