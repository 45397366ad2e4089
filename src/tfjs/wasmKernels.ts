import { getKernel, registerKernel, type TensorInfo, unregisterKernel } from '@tensorflow/tfjs-core';
import { channelKernels } from './wasmChannels.ts';
import { convolutionKernels } from './wasmConvolution.ts';
import { depthwiseKernels } from './wasmDepthwise.ts';
import { dilatedKernels } from './wasmDilated.ts';
import { heapOf } from './wasmHeap.ts';
import { normKernels } from './wasmNorm.ts';
import { poolKernels } from './wasmPool.ts';
import { resizeKernels } from './wasmResize.ts';

/**
 * Gives tfjs's wasm backend the kernels of training, over its own heap: convolutions, depthwise or not, and their
 * gradients; a right gradient of max pooling; UnsortedSegmentSum; and our composite ops. Any channels, stride, kernel and
 * padding. Kernels of tfjs under the same names are replaced. May be called again.
 *
 * The kernels throw a TypeError for numbers that are not float32.
 */
export function registerWasmKernels(): void {
  const kernels = {
    ...convolutionKernels(),
    ...depthwiseKernels(),
    ...dilatedKernels(),
    ...poolKernels(),
    ...normKernels(),
    ...channelKernels(),
    ...resizeKernels(),
  };
  for (const [kernelName, run] of Object.entries(kernels)) {
    if (getKernel(kernelName, 'wasm')) unregisterKernel(kernelName, 'wasm');
    registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs, backend }) => {
        const given = inputs as { readonly [name: string]: TensorInfo };
        for (const [name, { dtype }] of Object.entries(given)) {
          const right = name === 'segmentIds' ? 'int32' : 'float32'; // the kernels read memory as it is
          if (dtype !== right)
            throw new TypeError(`${kernelName}: ${name} is ${dtype}; it must be ${right}, cast it first`);
        }
        return run(heapOf(backend), given, attrs ?? {});
      },
    });
  }
}
