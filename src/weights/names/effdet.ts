import type { NameMap } from '../nameMap.ts';
import { pytorch } from './family.ts';
import { conv, depthwise, nameMap, norm, type Rule, under, weight } from './rules.ts';
import type { Spot } from './spot.ts';
import { timmFeatures } from './timm.ts';

/** Nodes of a cell are numbered on the way down from the coarsest level but one, then on the way up. Levels begin at P3. */
const down = (at: Spot) => node(at, at.total('cells/0/down/P#') - 1 - (level(at) - 3));
const up = (at: Spot) => node(at, at.total('cells/0/down/P#') + (level(at) - 4));
const node = ({ numbers: [cell] }: Spot, number: number) => `cell.${cell}.fnode.${number}`;
const level = ({ numbers: [, level] }: Spot) => level;

/** A stage is brought to the pyramid's channels at each use. Inputs are numbered from C3 on. */
const resampled = (at: Spot, node: string) => {
  const name = `${node}.combine.resample.${level(at) - 3}.conv`;
  return conv(`${name}.conv`, `${name}.bn`);
};
const refined = (node: string) => `${node}.after_combine.conv`;
const nodes = (way: string, node: (at: Spot) => string): readonly Rule[] => [
  [`cells/#/${way}/P#/project`, (at) => resampled(at, node(at))],
  [`cells/#/${way}/P#/node/fuse/importance`, (at) => weight(`${node(at)}.combine.edge_weights`)],
  [`cells/#/${way}/P#/node/conv/depthwise`, (at) => depthwise(`${refined(node(at))}.conv_dw`)],
  [`cells/#/${way}/P#/node/conv/pointwise`, (at) => conv(`${refined(node(at))}.conv_pw`, `${refined(node(at))}.bn`)],
];

/** @see effdet, efficientdet.py, BiFpn */
const neck: readonly Rule[] = [
  ['pooled', () => conv('resample.3.conv.conv', 'resample.3.conv.bn')],
  ...nodes('down', down),
  ...nodes('up', up),
];

/** @see effdet, efficientdet.py, HeadNet */
const tower: readonly Rule[] = [
  ['repeats/#/conv/depthwise', ({ numbers: [i] }) => depthwise(`conv_rep.${i}.conv_dw`)],
  ['repeats/#/conv/pointwise', ({ numbers: [i] }) => conv(`conv_rep.${i}.conv_pw`)],
  ['repeats/#/norm/P#', ({ numbers: [i, level] }) => norm(`bn_rep.${i}.${level - 3}.bn`)],
  ['predict/depthwise', () => depthwise('predict.conv_dw')],
  ['predict/pointwise', () => conv('predict.conv_pw')],
];

/** effdet's names: EfficientDet of every size and kind. */
export const effdet: NameMap = nameMap({
  name: 'effdet',
  variants: ['timmTf', 'timm'],
  family: pytorch,
  rules: [
    ...under('backbone', timmFeatures, 'backbone.'),
    ...under('neck', neck, 'fpn.'),
    ...under('head/logits', tower, 'class_net.'),
    ...under('head/boxes', tower, 'box_net.'),
  ],
});
