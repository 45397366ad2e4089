import { by128, caffe, imagenet, inception, lite } from './standardization.ts';
import type { Architecture, LibraryVariant, VariantException } from './variantRule.ts';

export type { Variant } from '../core/levels.ts';

const lites: readonly Architecture[] = [
  'efficientNetLite0',
  'efficientNetLite1',
  'efficientNetLite2',
  'efficientNetLite3',
  'efficientNetLite4',
];
const v2Base: readonly Architecture[] = [
  'efficientNetV2B0',
  'efficientNetV2B1',
  'efficientNetV2B2',
  'efficientNetV2B3',
];
const v2Large: readonly Architecture[] = ['efficientNetV2S', 'efficientNetV2M', 'efficientNetV2L', 'efficientNetV2Xl'];
const vggs: readonly Architecture[] = ['vgg16', 'vgg16BatchNorm'];

// Momentum here is what stays of a running statistic: 1 minus PyTorch's.
const ofTensorflow: readonly VariantException[] = [
  { models: lites, standardization: lite },
  { models: [...v2Base, ...v2Large], norm: { epsilon: 1e-3, momentum: 0.9 } }, // effnetv2_configs.py: bn_momentum 0.9
  { models: v2Large, standardization: by128 },
];

/** As the papers' own TensorFlow code trains: epsilon 1e-3, momentum 0.99 (V2: 0.9), SAME. @see automl/efficientdet, automl/efficientnetv2 */
export const tensorflow: LibraryVariant = {
  name: 'tensorflow',
  norm: { epsilon: 1e-3, momentum: 0.99 },
  padding: 'same',
  standardization: imagenet,
  exceptions: ofTensorflow,
};

/** As PyTorch users train: epsilon 1e-5, momentum 0.1 (0.9 of the running statistic stays), symmetric padding. @see torchvision, timm efficientnet_b0 */
export const pytorch: LibraryVariant = {
  name: 'pytorch',
  norm: { epsilon: 1e-5, momentum: 0.9 },
  padding: 'symmetric',
  standardization: imagenet,
};

/**
 * timm's `tf_efficientnet_*`: TensorFlow's weights, epsilon and padding, PyTorch's momentum. The pixels are those of each
 * model's first tag; a tag of adversarial propagation (`ap_in1k`) wants `inception`: give it as `standardization`.
 *
 * @see timm, models/efficientnet.py
 */
export const timmTf: LibraryVariant = {
  name: 'timmTf',
  norm: { epsilon: 1e-3, momentum: 0.9 },
  padding: 'same',
  standardization: imagenet,
  exceptions: [
    { models: ['efficientNetB8', ...lites, 'efficientNetV2B3', ...v2Large], standardization: inception },
    { models: vggs, norm: { epsilon: 1e-5, momentum: 0.9 } }, // there is one VGG in timm
  ],
};

/** timm's `efficientnet_*` and `vgg16*`, trained in PyTorch; of each model the first tag. @see timm, models/efficientnet.py, models/vgg.py */
export const timm: LibraryVariant = {
  ...pytorch,
  name: 'timm',
  exceptions: [{ models: ['efficientNetB1'], standardization: inception }], // tag ra4_e3600_r240_in1k
};

/** torchvision's models. @see torchvision, models/efficientnet.py: norm_layer of B5 to B7 and of V2 */
export const torchvision: LibraryVariant = {
  ...pytorch,
  name: 'torchvision',
  exceptions: [
    { models: ['efficientNetB5', 'efficientNetB6', 'efficientNetB7'], norm: { epsilon: 1e-3, momentum: 0.99 } },
    { models: [...v2Base, ...v2Large], norm: { epsilon: 1e-3, momentum: 0.9 } },
    { models: ['efficientNetV2L'], standardization: inception },
  ],
};

/**
 * Keras applications. Its own layers standardize the pixels, by what adds up to these figures. VGG16 reads blue first:
 * its first filter is to be turned over when it is loaded.
 *
 * @see Keras, applications/efficientnet.py, efficientnet_v2.py, vgg16.py
 */
export const keras: LibraryVariant = {
  ...tensorflow,
  name: 'keras',
  exceptions: [...ofTensorflow, { models: vggs, standardization: caffe }],
};

/** EfficientNet-PyTorch of lukemelas, and the Lite models made of it: TensorFlow's weights under other names. @see lukemelas/EfficientNet-PyTorch, utils.py */
export const lukemelas: LibraryVariant = { ...tensorflow, name: 'lukemelas' };

/** All of them, by name. */
export const variants = { tensorflow, pytorch, timmTf, timm, torchvision, keras, lukemelas } as const;
