import { add, type Tensor4D } from '@tensorflow/tfjs-core';
import { type Block, block } from '../core/block.ts';
import { conv } from './conv.ts';
import { dropConnect } from './dropConnect.ts';
import type { MBConvOptions } from './mbConv.ts';

/** As of `mbConv`, without squeeze and excitation, which no published model has here. */
export type FusedMBConvOptions = Omit<MBConvOptions, 'squeeze'>;

/**
 * The inverted residual block whose expansion and depthwise filter are one convolution, `expand`, before the projection;
 * with `expand` 1 the projection is the filter, and is activated. [b, h, w, c] -> [b, h / stride, w / stride, filters].
 *
 * @see Tan and Le, EfficientNetV2, 2021, figure 2
 */
export function fusedMbConv(options: FusedMBConvOptions): Block {
  const { filters, kernel = 3, stride = 1, expand: factor = 6, padding = 'same' } = options;
  const { activation = 'swish', norm = {} } = options;
  const filter = { kernel, stride, padding, norm, activation };
  const expand = factor > 1 ? conv({ ...filter, filters: (channels) => channels * factor }) : undefined;
  const project = expand ? conv({ filters, norm }) : conv({ ...filter, filters });
  const drop = dropConnect({ rate: options.dropConnect ?? 0 });

  return block({ expand, project, drop }, (x: Tensor4D, pass) => {
    const wide = expand ? expand(x, pass) : x; // [b, h / stride, w / stride, c * expand]
    const narrowed = project(wide, pass); // [b, h / stride, w / stride, filters]
    return stride === 1 && x.shape[3] === filters ? add<Tensor4D>(drop(narrowed, pass), x) : narrowed;
  });
}
