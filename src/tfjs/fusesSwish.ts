import { getBackend, getKernel } from '@tensorflow/tfjs-core';

/** On our kernels that leave some of their calls to tfjs's of the same name: that one. */
export const stockKernel = Symbol.for('pyramidion.stockKernel');

/** Whether the fused convolutions of the current backend are ours, which know `swish` as an activation. */
export const fusesSwish = (): boolean => stockKernel in (getKernel('FusedConv2D', getBackend())?.kernelFunc ?? {});
