import '@tensorflow/tfjs-backend-cpu';
import {
  conv2d,
  depthwiseConv2d,
  type Scalar,
  scalar,
  setBackend,
  square,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
  zeros,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ladder, small } from '../../examples/ladder.ts';
import { efficientNet, efficientNetB0 } from '../../src/backbone/efficientNet.ts';
import { efficientNetV2B0 } from '../../src/backbone/efficientNetV2.ts';
import { vgg16BatchNorm } from '../../src/backbone/vgg.ts';
import { type Block, block, type HasParts, weights } from '../../src/core/block.ts';
import type { Backbone, Predictions } from '../../src/core/levels.ts';
import { randomInputs } from '../../src/core/model.ts';
import { weight } from '../../src/core/weight.ts';
import type { DetectionLossInputs } from '../../src/detection/detectionLoss.ts';
import { torchvisionFocal } from '../../src/detection/focalLoss.ts';
import { detectionLoss, type LossRule } from '../../src/detection/lossRule.ts';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import { ssdHead } from '../../src/head/ssdHead.ts';
import { detector } from '../../src/model/detector.ts';
import { efficientDetLite0 } from '../../src/model/efficientDetLite.ts';
import { efficientDetD0 } from '../../src/model/efficientDetSizes.ts';
import { retinaNet } from '../../src/model/retinaNet.ts';
import { ssd300, ssd512 } from '../../src/model/ssd.ts';
import { select } from '../../src/neck/select.ts';
import { valueAndGradients } from '../../src/tfjs/gradients.ts';
import { formOf } from '../../src/trace/callForm.ts';
import { lower } from '../../src/trace/lower.ts';
import { simplify } from '../../src/trace/optimize.ts';
import { recordCall } from '../../src/trace/recordCall.ts';
import type { Clip } from '../../src/train/clip.ts';
import { moveEma } from '../../src/train/ema.ts';
import {
  firstSlots,
  kerasRmsprop,
  type Optimizer,
  rmsprop,
  sgd,
  tensorflowRmsprop,
} from '../../src/train/optimizer.ts';
import { adam, adamW, kerasAdam } from '../../src/train/optimizerAdam.ts';
import { type StepInputs, trainStep } from '../../src/train/step.ts';

type Model = Block<Tensor4D, Predictions> & {
  readonly inputSize: readonly [number, number];
  readonly anchors: Float32Array;
};
type Targets = Pick<DetectionLossInputs, 'classes' | 'targets' | 'positives'>;

let engine: WasmEngine | undefined;
beforeAll(async () => {
  await setBackend('cpu'); // nothing is computed: it only holds zeros
  engine = await wasmEngine({ threads: 1 });
});
afterAll(() => engine?.dispose());

/** Plans a function of tensors on the engine; what it makes is not computed. @throws MissingKernel */
function planned(fn: (...args: never[]) => unknown, args: readonly unknown[], root?: HasParts): string {
  const call = fn as unknown as (...given: readonly unknown[]) => unknown;
  const label = 'planned';
  const { graph } = recordCall(call, formOf(args, label), { label, ...(root && { root }) });
  if (engine === undefined) throw new Error('no engine');
  return engine.prepare(lower(simplify(graph), engine.keeps)).text();
}

interface Way {
  readonly loss: LossRule;
  readonly optimizer: Optimizer;
  readonly clip?: Clip;
  readonly clipNorm?: number;
  readonly statistics?: 'batch' | 'stored';
}

/** Every loss, clipping and optimizer. */
const ways: { readonly [name: string]: Way } = {
  'SSD loss, SGD': { loss: { name: 'ssd' }, optimizer: sgd({ momentum: 0.9, weightDecay: 1e-4 }) },
  'SSD loss, SGD in Nesterov’s form over stored statistics': {
    loss: { name: 'ssd' },
    optimizer: sgd({ form: 'nesterov', rateOf: 'velocity' }),
    statistics: 'stored',
  },
  'SSD loss, dampened SGD': { loss: { name: 'ssd' }, optimizer: sgd({ dampening: 0.1 }) },
  'focal loss, Adam, joint norm': { loss: { name: 'focal' }, optimizer: adam(), clipNorm: 10 },
  'focal loss, AdamW, norm of each': {
    loss: { name: 'focal' },
    optimizer: adamW({ weightDecay: 0.01 }),
    clip: { name: 'norm', most: 1 },
  },
  'EfficientDet’s loss, Keras’ Adam, values': {
    loss: { name: 'efficientDet', smoothing: 0.1 },
    optimizer: adam(kerasAdam),
    clip: { name: 'value', most: 1 },
  },
  'with IoU, RMSprop, adaptive': {
    loss: { name: 'efficientDet', overlap: { name: 'iou' } },
    optimizer: rmsprop({ momentum: 0.9 }),
    clip: { name: 'adaptive' },
  },
  'with GIoU, Keras’ RMSprop': {
    loss: { name: 'efficientDet', overlap: { name: 'generalized' } },
    optimizer: rmsprop({ ...kerasRmsprop, by: 'variance' }),
  },
  'with DIoU, TensorFlow’s RMSprop': {
    loss: { name: 'efficientDet', overlap: { name: 'distance' } },
    optimizer: rmsprop({ ...tensorflowRmsprop, momentum: 0.9 }),
  },
  'with CIoU, SGD': { loss: { name: 'efficientDet', overlap: { name: 'complete' } }, optimizer: sgd() },
};

/** The step of a model in a way, and what goes into it: zeros. */
function stepOf(model: Model, { loss: rule, optimizer, ...rest }: Way, batch = 2) {
  const count = model.anchors.length / 4;
  const loss = detectionLoss(rule, model.anchors);
  const step = trainStep<Targets>({
    model,
    optimizer,
    ...rest,
    loss: (predictions, targets) => ({ ...loss({ ...predictions, ...targets }) }),
  });
  const trained = [...weights(model).values()].filter((weight) => weight.trainable);
  const inputs: StepInputs<Targets> = {
    weights: new Map(trained.map((weight) => [weight, zeros([...(weight.shape ?? [])])])),
    slots: new Map(trained.map((weight) => [weight, firstSlots(optimizer, weight.shape ?? [])])),
    images: zeros([batch, ...model.inputSize, 3]) as Tensor4D,
    targets: {
      classes: zeros([batch, count], 'int32'),
      targets: zeros([batch, count, 4]),
      positives: scalar(1),
    },
    learningRate: scalar(0.01),
    randoms: new Map(
      randomInputs(model, { seed: 1, step: 0, batch }).map(({ leaf, shape, values }) => [
        leaf,
        tensor(values, [...shape]),
      ]),
    ),
  };
  return { step, inputs };
}

const labels = ['person'];
const inputSize = [128, 128] as const;
const narrow = () => efficientNet({ width: 0.25, depth: 0.3 });
const anchors = [{ shapes: [[16, 8]] as const }];
/** A backbone's last map straight to a head. */
const headOn = (
  backbone: Backbone<'C1' | 'C2' | 'C3' | 'C4' | 'C5'>,
  size: readonly [number, number] = [64, 64],
): Model =>
  detector({
    backbone,
    neck: select({ stages: ['C5'] }),
    head: ssdHead({ levels: ['P5'], anchors, labels }),
    inputSize: size,
  });

/** A depthwise convolution with two filters a channel, which tfjs has and no model of ours. */
const multiplied = () => {
  const [kernel, wide] = [weight(), weight()];
  return block({ kernel, wide }, (x: Tensor4D) =>
    conv2d(depthwiseConv2d(x, kernel.as([3, 3, 3, 2]), 2, 'same'), wide.as([3, 3, 6, 8]), 1, 'same'),
  );
};

/** Detectors whose classes have no background, and their loss. */
const withoutBackground: { readonly [name: string]: readonly [make: () => Model, loss: LossRule] } = {
  'RetinaNet over B0': [
    () => retinaNet({ labels, backbone: efficientNetB0(), inputSize, channels: 32 }),
    { name: 'focal', ...torchvisionFocal, background: 'none' },
  ],
  'EfficientDet D0': [() => efficientDetD0({ labels, inputSize }), { name: 'efficientDet' }],
  'EfficientDet Lite0': [() => efficientDetLite0({ labels, inputSize }), { name: 'efficientDet' }],
};
const models: { readonly [name: string]: readonly [make: () => Model, loss?: LossRule] } = {
  ...Object.fromEntries(
    Object.entries(ladder).map(([name, make]) => [`the rung ${name}`, [() => make(small([128, 256]))] as const]),
  ),
  SSD300: [() => ssd300({ labels })],
  SSD512: [() => ssd512({ labels })],
  'EfficientNet V2 B0': [() => headOn(efficientNetV2B0())],
  'VGG-16 with batch norms': [() => headOn(vgg16BatchNorm())],
  ...withoutBackground,
};

describe('a training step is one plan on the engine', () => {
  it.each(Object.keys(models))('of %s', (name) => {
    const [make, loss = { name: 'ssd' }] = models[name] ?? [];
    if (make === undefined) throw new RangeError(name);
    const model = make();
    const { step, inputs } = stepOf(model, { loss, optimizer: sgd() }, 1);
    expect(planned(step, [inputs], model)).toContain('filter gradient');
  });

  it.each(Object.keys(ways))('by %s', (name) => {
    const way = ways[name];
    if (way === undefined) throw new RangeError(name);
    const model = headOn(narrow());
    const { step, inputs } = stepOf(model, way);
    expect(planned(step, [inputs], model)).toContain('filter gradient');
  });

  it('with several filters a channel of a depthwise convolution', () => {
    const run = multiplied();
    const given = [zeros([1, 8, 8, 3]), zeros([3, 3, 3, 2]), zeros([3, 3, 6, 8])];
    run(zeros([1, 8, 8, 3]));
    const values = [...weights(run).values()];
    const gradients = (x: Tensor4D, ...held: Tensor[]) => {
      const bound = new Map(values.map((one, i) => [one, held[i] ?? x]));
      return valueAndGradients(() => sum<Scalar>(square(run(x))), bound).gradients;
    };
    expect(planned(gradients, given)).toContain('repeat channels');
  });

  it('and so is the mean of weights over steps', () => {
    const averages = (given: Tensor, value: Tensor) => moveEma(new Map([[0, given]]), () => value, 0.999);
    expect(planned(averages, [zeros([3, 3, 8, 8]), zeros([3, 3, 8, 8])])).toContain('chain');
  });
});
