import type { NameMap } from '../nameMap.ts';
import { pytorch } from './family.ts';
import { conv, dense, depthwise, nameMap, type Rule, under } from './rules.ts';
import type { Spot } from './spot.ts';

/** Blocks are numbered through all stages. */
const block = (at: Spot) => `_blocks.${at.before('stage#/#')}`;

const features: readonly Rule[] = [
  ['stem', () => conv('_conv_stem', '_bn0')],
  ['stage#/#/expand', (at) => conv(`${block(at)}._expand_conv`, `${block(at)}._bn0`)],
  ['stage#/#/depthwise', (at) => depthwise(`${block(at)}._depthwise_conv`, `${block(at)}._bn1`)],
  ['stage#/#/squeeze/reduce', (at) => conv(`${block(at)}._se_reduce`)],
  ['stage#/#/squeeze/expand', (at) => conv(`${block(at)}._se_expand`)],
  ['stage#/#/project', (at) => conv(`${block(at)}._project_conv`, `${block(at)}._bn2`)],
];

/** Names of EfficientNet-PyTorch, and of the Lite models made after it. @see lukemelas/EfficientNet-PyTorch, model.py */
export const lukemelas: NameMap = nameMap({
  name: 'lukemelas',
  variants: ['lukemelas', 'tensorflow'], // one function
  family: pytorch,
  rules: [
    ...features,
    ...under('backbone', features),
    ['head', () => conv('_conv_head', '_bn1')],
    ['classifier', () => dense('_fc')],
  ],
});
