import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientNetB0, efficientNetB1 } from '../../src/backbone/efficientNet.ts';
import { efficientNetLite0 } from '../../src/backbone/efficientNetLite.ts';
import { efficientNetV2B0 } from '../../src/backbone/efficientNetV2.ts';
import { keras as kerasVariant, torchvision as torchvisionVariant } from '../../src/backbone/variant.ts';
import { vgg16, vgg16BatchNorm } from '../../src/backbone/vgg.ts';
import { type HasParts, weights } from '../../src/core/block.ts';
import { efficientDetLite0 } from '../../src/model/efficientDetLite.ts';
import { efficientDetD0, efficientDetD7x } from '../../src/model/efficientDetSizes.ts';
import { ssd300 } from '../../src/model/ssd.ts';
import type { NameMap } from '../../src/weights/nameMap.ts';
import { effdet } from '../../src/weights/names/effdet.ts';
import { pytorch } from '../../src/weights/names/family.ts';
import { keras } from '../../src/weights/names/keras.ts';
import { lukemelas } from '../../src/weights/names/lukemelas.ts';
import { blueFirst, reordered, xFirst } from '../../src/weights/names/order.ts';
import { conv, nameMap } from '../../src/weights/names/rules.ts';
import { timm } from '../../src/weights/names/timm.ts';
import { torchvision } from '../../src/weights/names/torchvision.ts';

beforeAll(async () => {
  await setBackend('cpu');
});

const models = {
  b0: efficientNetB0({ classes: 1000 }),
  b1: efficientNetB1({ classes: 1000 }),
  lite0: efficientNetLite0({ classes: 1000 }),
  v2b0: efficientNetV2B0({ classes: 1000 }),
  vgg16: vgg16({ classes: 1000 }),
  vgg16BatchNorm: vgg16BatchNorm({ classes: 1000 }),
  kerasVgg: vgg16({ classes: 1000, variant: kerasVariant }),
  ssd300: ssd300({ classes: 90, variant: torchvisionVariant }),
  d0: efficientDetD0({ classes: 90 }),
  d7x: efficientDetD7x({ classes: 90 }),
  detLite0: efficientDetLite0({ classes: 90 }),
} as const;

/** The foreign names of a model by place, and how they lie. */
function namesOf(map: NameMap, model: HasParts): Map<string, string> {
  const places = new Map([...weights(model)].map(([place, weight]) => [weight, place]));
  return new Map(
    [...map.entries(model)].map(([name, { weight, layout }]) => [places.get(weight) ?? '', `${name} ${layout}`]),
  );
}

/** Typed off state_dict() of timm 1.0.31, torchvision 0.29.2, effdet 0.4.1, EfficientNet-PyTorch 0.7.1, and Keras 2.15's model.weights. */
const typed: readonly (readonly [NameMap, keyof typeof models, { readonly [place: string]: string }])[] = [
  [
    timm,
    'b1',
    {
      'backbone/stem/kernel': 'conv_stem.weight oihw',
      'backbone/stem/norm/variance': 'bn1.running_var same',
      'backbone/stage1/0/depthwise/kernel': 'blocks.0.0.conv_dw.weight depthwise',
      'backbone/stage1/1/project/kernel': 'blocks.0.1.conv_pw.weight oihw', // without an expansion
      'backbone/stage1/1/project/norm/gamma': 'blocks.0.1.bn2.weight same',
      'backbone/stage2/0/expand/kernel': 'blocks.1.0.conv_pw.weight oihw',
      'backbone/stage2/0/depthwise/norm/mean': 'blocks.1.0.bn2.running_mean same',
      'backbone/stage2/0/squeeze/reduce/kernel': 'blocks.1.0.se.conv_reduce.weight oihw',
      'backbone/stage2/0/squeeze/expand/bias': 'blocks.1.0.se.conv_expand.bias same',
      'backbone/stage7/1/project/kernel': 'blocks.6.1.conv_pwl.weight oihw',
      'backbone/stage7/1/project/norm/beta': 'blocks.6.1.bn3.bias same',
      'head/kernel': 'conv_head.weight oihw',
      'head/norm/gamma': 'bn2.weight same',
      'classifier/kernel': 'classifier.weight oi',
      'classifier/bias': 'classifier.bias same',
    },
  ],
  [
    timm,
    'v2b0',
    {
      'backbone/stage1/0/project/kernel': 'blocks.0.0.conv.weight oihw', // one convolution
      'backbone/stage1/0/project/norm/mean': 'blocks.0.0.bn1.running_mean same',
      'backbone/stage2/0/expand/kernel': 'blocks.1.0.conv_exp.weight oihw',
      'backbone/stage2/0/project/norm/gamma': 'blocks.1.0.bn2.weight same',
      'backbone/stage4/0/expand/kernel': 'blocks.3.0.conv_pw.weight oihw',
    },
  ],
  [
    timm,
    'vgg16BatchNorm',
    { 'head/fc6/kernel': 'pre_logits.fc1.weight oihw', 'classifier/kernel': 'head.fc.weight oi' },
  ],
  [
    torchvision,
    'b1',
    {
      'backbone/stem/kernel': 'features.0.0.weight oihw',
      'backbone/stage1/0/depthwise/kernel': 'features.1.0.block.0.0.weight depthwise',
      'backbone/stage1/0/squeeze/reduce/kernel': 'features.1.0.block.1.fc1.weight oihw',
      'backbone/stage1/0/project/norm/variance': 'features.1.0.block.2.1.running_var same',
      'backbone/stage2/0/squeeze/expand/bias': 'features.2.0.block.2.fc2.bias same',
      'backbone/stage2/0/project/kernel': 'features.2.0.block.3.0.weight oihw',
      'head/kernel': 'features.8.0.weight oihw',
      'classifier/kernel': 'classifier.1.weight oi',
    },
  ],
  [
    torchvision,
    'v2b0',
    {
      'backbone/stage2/0/expand/norm/beta': 'features.2.0.block.0.1.bias same',
      'backbone/stage2/0/project/kernel': 'features.2.0.block.1.0.weight oihw',
      'head/norm/mean': 'features.7.1.running_mean same', // six stages
    },
  ],
  [
    torchvision,
    'vgg16',
    {
      'backbone/conv1/0/kernel': 'features.0.weight oihw',
      'backbone/conv2/0/bias': 'features.5.bias same', // behind a pool
      'backbone/conv5/2/kernel': 'features.28.weight oihw',
      'head/fc6/kernel': 'classifier.0.weight flattened',
      'head/fc7/kernel': 'classifier.3.weight pointwise',
      'classifier/kernel': 'classifier.6.weight oi',
    },
  ],
  [
    torchvision,
    'vgg16BatchNorm',
    {
      'backbone/conv1/1/kernel': 'features.3.weight oihw',
      'backbone/conv1/1/norm/gamma': 'features.4.weight same',
      'backbone/conv5/2/norm/variance': 'features.41.running_var same',
    },
  ],
  [
    torchvision,
    'ssd300',
    {
      'backbone/conv4/2/kernel': 'backbone.features.21.weight oihw',
      'backbone/scale4/scale': 'backbone.scale_weight same',
      'backbone/conv5/1/kernel': 'backbone.extra.0.3.weight oihw',
      'backbone/fc6/kernel': 'backbone.extra.0.7.1.weight oihw',
      'backbone/fc7/bias': 'backbone.extra.0.7.3.bias same',
      'backbone/conv8/1/kernel': 'backbone.extra.1.2.weight oihw',
      'backbone/conv11/0/bias': 'backbone.extra.4.0.bias same',
      'head/boxes/P4/kernel': 'head.regression_head.module_list.1.weight oihw',
      'head/logits/P8/bias': 'head.classification_head.module_list.5.bias same',
    },
  ],
  [
    lukemelas,
    'lite0',
    {
      'backbone/stem/norm/gamma': '_bn0.weight same',
      'backbone/stage1/0/depthwise/norm/beta': '_blocks.0._bn1.bias same',
      'backbone/stage2/0/expand/kernel': '_blocks.1._expand_conv.weight oihw', // stage 1 has one block
      'backbone/stage7/0/project/norm/mean': '_blocks.15._bn2.running_mean same', // 1 + 2 + 2 + 3 + 3 + 4 before
      'head/norm/variance': '_bn1.running_var same',
      'classifier/kernel': '_fc.weight oi',
    },
  ],
  [lukemelas, 'b0', { 'backbone/stage2/1/squeeze/reduce/bias': '_blocks.2._se_reduce.bias same' }],
  [
    keras,
    'b0',
    {
      'backbone/stem/kernel': 'stem_conv/kernel:0 same',
      'backbone/stage1/0/depthwise/kernel': 'block1a_dwconv/depthwise_kernel:0 same',
      'backbone/stage1/0/depthwise/norm/gamma': 'block1a_bn/gamma:0 same',
      'backbone/stage6/3/squeeze/expand/kernel': 'block6d_se_expand/kernel:0 same',
      'backbone/stage6/3/project/norm/mean': 'block6d_project_bn/moving_mean:0 same',
      'head/kernel': 'top_conv/kernel:0 same',
      'head/norm/variance': 'top_bn/moving_variance:0 same',
      'classifier/kernel': 'predictions/kernel:0 same',
    },
  ],
  [
    keras,
    'v2b0',
    {
      'backbone/stage1/0/project/kernel': 'block1a_project_conv/kernel:0 same',
      'backbone/stage2/1/expand/norm/beta': 'block2b_expand_bn/beta:0 same',
      'backbone/stage4/0/depthwise/kernel': 'block4a_dwconv2/depthwise_kernel:0 same',
    },
  ],
  [
    keras,
    'kerasVgg',
    {
      'backbone/conv3/2/kernel': 'block3_conv3/kernel:0 same',
      'head/fc6/kernel': 'fc1/kernel:0 flat',
      'head/fc7/bias': 'fc2/bias:0 same',
    },
  ],
  [
    effdet,
    'd0',
    {
      'backbone/stage2/0/expand/kernel': 'backbone.blocks.1.0.conv_pw.weight oihw',
      'neck/pooled/kernel': 'fpn.resample.3.conv.conv.weight oihw',
      'neck/pooled/norm/gamma': 'fpn.resample.3.conv.bn.weight same',
      'neck/cells/0/down/P6/node/fuse/importance': 'fpn.cell.0.fnode.0.combine.edge_weights same',
      'neck/cells/0/down/P5/project/bias': 'fpn.cell.0.fnode.1.combine.resample.2.conv.conv.bias same',
      'neck/cells/0/down/P3/node/conv/depthwise/kernel':
        'fpn.cell.0.fnode.3.after_combine.conv.conv_dw.weight depthwise',
      'neck/cells/0/up/P4/project/norm/mean': 'fpn.cell.0.fnode.4.combine.resample.1.conv.bn.running_mean same',
      'neck/cells/2/up/P7/node/conv/pointwise/norm/beta': 'fpn.cell.2.fnode.7.after_combine.conv.bn.bias same',
      'head/logits/repeats/1/conv/pointwise/bias': 'class_net.conv_rep.1.conv_pw.bias same',
      'head/logits/repeats/2/norm/P7/gamma': 'class_net.bn_rep.2.4.bn.weight same',
      'head/boxes/predict/depthwise/kernel': 'box_net.predict.conv_dw.weight depthwise',
    },
  ],
  [
    effdet,
    'd7x',
    {
      'neck/cells/0/down/P7/node/conv/pointwise/kernel': 'fpn.cell.0.fnode.0.after_combine.conv.conv_pw.weight oihw', // P3 to P8
      'neck/cells/0/up/P4/project/kernel': 'fpn.cell.0.fnode.5.combine.resample.1.conv.conv.weight oihw',
      'neck/cells/7/up/P8/node/conv/depthwise/kernel': 'fpn.cell.7.fnode.9.after_combine.conv.conv_dw.weight depthwise',
      'head/boxes/repeats/4/norm/P8/variance': 'box_net.bn_rep.4.5.bn.running_var same',
    },
  ],
];

describe('names of others', () => {
  it.each(typed.map(([map, model, wanted]) => [map.name, model, map, wanted] as const))(
    'are those of %s for the weights of %s',
    (_, model, map, wanted) => {
      const found = namesOf(map, models[model]);
      for (const [place, name] of Object.entries(wanted)) expect(found.get(place), place).toBe(name);
      expect(found.size).toBe(weights(models[model]).size);
    },
  );

  it('are the same for a backbone alone and as a part of a classifier', () => {
    for (const [map, alone, whole] of [
      [timm, efficientNetB0(), models.b0],
      [torchvision, vgg16BatchNorm(), models.vgg16BatchNorm],
      [lukemelas, efficientNetLite0(), models.lite0],
      [keras, efficientNetV2B0(), models.v2b0],
    ] as const) {
      const ofWhole = namesOf(map, whole);
      const ofAlone = namesOf(map, alone);
      expect(ofAlone.size).toBeGreaterThan(70);
      for (const [place, name] of ofAlone) expect(ofWhole.get(`backbone/${place}`)).toBe(name);
    }
  });

  it("have no edge weights where maps are summed, and no bias where effdet's own models have none", () => {
    expect([...effdet.entries(models.detLite0).keys()].filter((name) => name.endsWith('edge_weights'))).toEqual([]);
    const own = efficientDetD0({ classes: 90, variant: { ...torchvisionVariant, name: 'timm' } });
    expect(effdet.entries(own).size).toBe(effdet.entries(models.d0).size - 36); // 6 projections, 3 * 8 nodes, 2 * 3 layers
  });

  it('say that boxes begin with x and pixels with blue', () => {
    const ssd = torchvision.entries(models.ssd300);
    for (const leaf of ['weight', 'bias'])
      expect(ssd.get(`head.regression_head.module_list.0.${leaf}`)?.order).toEqual({ axis: 'out', run: [1, 0, 3, 2] });
    expect(ssd.get('head.classification_head.module_list.0.weight')?.order).toBeUndefined();
    const vgg = keras.entries(models.kerasVgg);
    expect(vgg.get('block1_conv1/kernel:0')?.order).toEqual({ axis: 'in', run: [2, 1, 0] });
    expect(vgg.get('block1_conv1/bias:0')?.order).toBeUndefined();
    expect([...vgg.values()].filter(({ order }) => order)).toHaveLength(1);
  });

  it('are found without making a number', () => {
    const before = memory().numTensors;
    effdet.entries(models.d7x);
    expect(memory().numTensors).toBe(before);
  });

  it('are refused for a block without one, which is named', () => {
    expect(() => timm.entries(models.d0)).toThrow('timm: has no name for neck/pooled/kernel');
    expect(() => lukemelas.entries(models.vgg16)).toThrow(RangeError);
  });

  it('are refused where two weights would have the same', () => {
    const twice = nameMap({
      name: 'twice',
      variants: [],
      family: pytorch,
      rules: [['conv#/#', () => conv('features')]],
    });
    expect(() => twice.entries(vgg16())).toThrow(
      'twice: conv1/1/kernel and another weight are both called features.weight',
    );
  });
});

describe('channels in another order', () => {
  it('are moved in runs, among what a convolution makes and its bias', () => {
    // [1, 1, 1, 8]: two boxes of (x, y, w, h)
    const there = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect([...reordered(there, [1, 1, 1, 8], xFirst)]).toEqual([2, 1, 4, 3, 6, 5, 8, 7]);
    expect([...reordered(there, [8], xFirst)]).toEqual([2, 1, 4, 3, 6, 5, 8, 7]);
  });

  it('are moved among what it reads, with all that it makes of each', () => {
    // [1, 1, 3, 2]: blue makes 1 and 2, green 3 and 4, red 5 and 6
    const there = Float32Array.of(1, 2, 3, 4, 5, 6);
    const here = reordered(there, [1, 1, 3, 2], blueFirst);
    expect([...here]).toEqual([5, 6, 3, 4, 1, 2]);
    expect([...reordered(here, [1, 1, 3, 2], blueFirst)]).toEqual([...there]);
  });

  it('are refused where they are no whole runs', () => {
    expect(() => reordered(new Float32Array(6), [6], xFirst)).toThrow('6 channels are no runs of 4');
  });
});
