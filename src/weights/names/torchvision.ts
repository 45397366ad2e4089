import type { NameMap } from '../nameMap.ts';
import { pytorch } from './family.ts';
import { xFirst } from './order.ts';
import { conv, dense, depthwise, type Foreign, nameMap, type Rule, under, weight } from './rules.ts';
import type { Spot } from './spot.ts';
import { vggLayer } from './vggFeatures.ts';

/** A layer of a block; its convolution and its batch norm are a sequence. */
const layer = (at: Spot, position = at.position()) => {
  const [stage, i] = at.numbers;
  return `features.${stage}.${i}.block.${position}`;
};
const pair = (at: Spot) => conv(`${layer(at)}.0`, `${layer(at)}.1`);
const squeeze = (at: Spot) => layer(at, at.position('stage#/#/squeeze'));

/** @see torchvision, models/efficientnet.py */
const efficientNetFeatures: readonly Rule[] = [
  ['stem', () => conv('features.0.0', 'features.0.1')],
  ['stage#/#/expand', pair],
  ['stage#/#/depthwise', (at) => depthwise(`${layer(at)}.0`, `${layer(at)}.1`)],
  ['stage#/#/squeeze/reduce', (at) => conv(`${squeeze(at)}.fc1`)],
  ['stage#/#/squeeze/expand', (at) => conv(`${squeeze(at)}.fc2`)],
  ['stage#/#/project', pair],
];

/** VGG to conv4_3, then lists of layers with ReLUs between them; the first begins with a pool and ends with another and fc6. */
function ssdLayer(at: Spot): Foreign {
  const [stage, i] = at.numbers;
  if (stage <= 4) return vggLayer(at);
  return conv(stage === 5 ? `extra.0.${1 + 2 * i}` : `extra.${stage - 7}.${2 * i}`);
}
const isSsd = (at: Spot) => at.total('scale4') > 0;

/** @see torchvision, models/vgg.py, models/detection/ssd.py */
const vggFeatures: readonly Rule[] = [
  ['conv#/#', (at) => (isSsd(at) ? ssdLayer(at) : vggLayer(at))],
  ['fc6', () => conv('extra.0.7.1')],
  ['fc7', () => conv('extra.0.7.3')],
  ['scale4/scale', () => weight('scale_weight')],
];

/** @see torchvision, ops/feature_pyramid_network.py */
const pyramid: readonly Rule[] = [
  ['lateral/C#', (at) => conv(`inner_blocks.${at.before('lateral/C#')}.0`)],
  ['output/C#', (at) => conv(`layer_blocks.${at.before('output/C#')}.0`)],
];

/** A detector's backbone is a part there too; a classifier's is not. */
const ofDetector = (at: Spot) => (at.total('classifier') > 0 ? '' : 'backbone.');

/** torchvision's names: EfficientNet, its V2, VGG, SSD300, the feature pyramid; of backbones alone too. */
export const torchvision: NameMap = nameMap({
  name: 'torchvision',
  variants: ['torchvision'],
  family: pytorch,
  rules: [
    ...efficientNetFeatures,
    ...vggFeatures,
    ...pyramid,
    ...under('backbone', [...efficientNetFeatures, ...vggFeatures], ofDetector),
    ['head', (at) => conv(`features.${at.total('stage#') + 1}.0`, `features.${at.total('stage#') + 1}.1`)],
    ['head/fc6', () => ({ kind: 'flattened', name: 'classifier.0' })],
    ['head/fc7', () => ({ kind: 'pointwise', name: 'classifier.3' })],
    ['classifier', (at) => dense(at.total('head/fc6') > 0 ? 'classifier.6' : 'classifier.1')],
    ['head/boxes/P#', (at) => ({ ...conv(`head.regression_head.module_list.${at.position()}`), order: xFirst })],
    ['head/logits/P#', (at) => conv(`head.classification_head.module_list.${at.position()}`)],
  ],
});
