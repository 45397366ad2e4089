import type { BatchNormOptions } from '../block/batchNorm.ts';
import type { Padding } from '../block/padding.ts';

/** What belongs to a set of weights rather than to the architecture. */
export interface Variant {
  readonly name: string;
  /** Epsilon and momentum of the batch norms. */
  readonly norm: BatchNormOptions;
  readonly padding: Padding;
}

/** As the papers' own TensorFlow code trains: epsilon 1e-3, momentum 0.99, SAME. @see automl/efficientdet */
export const tensorflow: Variant = { name: 'tensorflow', norm: { epsilon: 1e-3, momentum: 0.99 }, padding: 'same' };

/** As PyTorch users train: epsilon 1e-5, momentum 0.1 (0.9 of the running statistic stays), symmetric padding. @see torchvision, timm efficientnet_b0 */
export const pytorch: Variant = { name: 'pytorch', norm: { epsilon: 1e-5, momentum: 0.9 }, padding: 'symmetric' };
