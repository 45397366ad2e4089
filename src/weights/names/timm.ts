import type { NameMap } from '../nameMap.ts';
import { pytorch } from './family.ts';
import { conv, dense, depthwise, nameMap, type Rule, under } from './rules.ts';
import type { Spot } from './spot.ts';
import { vggFeatures } from './vggFeatures.ts';

const block = ({ numbers: [stage, i] }: Spot) => `blocks.${stage - 1}.${i}`;
/** The batch norms of a block are numbered in their order, from 1. */
const bn = (at: Spot, number: number) => `${block(at)}.bn${number}`;

/** The last convolution of a block: `conv_pwl`; behind a depthwise filter alone `conv_pw`; the only one `conv`. */
function project(at: Spot) {
  const name = at.has('expand') ? 'conv_pwl' : at.has('depthwise') ? 'conv_pw' : 'conv';
  return conv(`${block(at)}.${name}`, bn(at, 1 + Number(at.has('expand')) + Number(at.has('depthwise'))));
}

/** timm's EfficientNets of every kind, without their top. @see timm, models/_efficientnet_blocks.py */
export const timmFeatures: readonly Rule[] = [
  ['stem', () => conv('conv_stem', 'bn1')],
  ['stage#/#/expand', (at) => conv(`${block(at)}.${at.has('depthwise') ? 'conv_pw' : 'conv_exp'}`, bn(at, 1))],
  ['stage#/#/depthwise', (at) => depthwise(`${block(at)}.conv_dw`, bn(at, at.has('expand') ? 2 : 1))],
  ['stage#/#/squeeze/reduce', (at) => conv(`${block(at)}.se.conv_reduce`)],
  ['stage#/#/squeeze/expand', (at) => conv(`${block(at)}.se.conv_expand`)],
  ['stage#/#/project', project],
];

/** timm's names: EfficientNet, its Lite and V2 kinds, and VGG; of backbones alone too. */
export const timm: NameMap = nameMap({
  name: 'timm',
  variants: ['timm', 'timmTf'],
  family: pytorch,
  rules: [
    ...timmFeatures,
    ...vggFeatures,
    ...under('backbone', [...timmFeatures, ...vggFeatures]),
    ['head', () => conv('conv_head', 'bn2')],
    ['head/fc6', () => conv('pre_logits.fc1')],
    ['head/fc7', () => conv('pre_logits.fc2')],
    ['classifier', (at) => dense(at.total('head/fc6') > 0 ? 'head.fc' : 'classifier')],
  ],
});
