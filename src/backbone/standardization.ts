import type { Standardization } from '../core/levels.ts';

/** Statistics given for pixels in 0-1, as the libraries print them. */
function of255(
  name: string,
  [r, g, b]: readonly [number, number, number],
  [sr, sg, sb]: readonly [number, number, number],
): Standardization {
  return { name, mean: [r * 255, g * 255, b * 255], deviation: [sr * 255, sg * 255, sb * 255] };
}

/** ImageNet's statistics: EfficientNet B0 to L2, V2-B0 to B3, and all that torchvision trains but V2-L. @see torchvision */
export const imagenet: Standardization = /* @__PURE__ */ of255(
  'imagenet',
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
);

/** To -1..1 around one half: what timm writes as mean 0.5 and std 0.5. @see timm, IMAGENET_INCEPTION_MEAN */
export const inception: Standardization = /* @__PURE__ */ of255('inception', [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]);

/** (x - 127) / 128: EfficientNet-Lite. @see tensorflow/tpu, efficientnet_lite_builder.py */
export const lite: Standardization = { name: 'lite', mean: [127, 127, 127], deviation: [128, 128, 128] };

/** x / 128 - 1: EfficientNetV2 S to XL. @see automl/efficientnetv2, preprocessing.py; Keras, efficientnet_v2.py */
export const by128: Standardization = { name: 'by128', mean: [128, 128, 128], deviation: [128, 128, 128] };

/** Only ImageNet's mean taken away, as the first VGG weights of Caffe want it, here in the order RGB. @see Keras, imagenet_utils.py, mode `caffe` */
export const caffe: Standardization = { name: 'caffe', mean: [123.68, 116.779, 103.939], deviation: [1, 1, 1] };

/** KAIST's visible images. @see MLPD, src/config.py */
export const kaist: Standardization = /* @__PURE__ */ of255(
  'kaist',
  [0.3465, 0.3219, 0.2842],
  [0.2358, 0.2265, 0.2274],
);
/** Only scaled to 0-1: what the study's second rung ran by accident. */
export const unit: Standardization = /* @__PURE__ */ of255('unit', [0, 0, 0], [1, 1, 1]);
