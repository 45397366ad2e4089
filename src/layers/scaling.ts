import type { Standardization } from '../core/levels.ts';

/** Pixels in -1 to 1, as Keras's MobileNet, MobileNetV2, Inception, Xception want them: its mode `tf`. */
export const signedUnit: Standardization = {
  name: 'signedUnit',
  mean: [127.5, 127.5, 127.5],
  deviation: [127.5, 127.5, 127.5],
};
/** Pixels in 0 to 255, as they are: for networks that scale them inside, as Keras's EfficientNet and MobileNetV3 do. */
export const bytes: Standardization = { name: 'bytes', mean: [0, 0, 0], deviation: [1, 1, 1] };
