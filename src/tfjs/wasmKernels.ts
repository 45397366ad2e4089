import { getKernel, type KernelFunc, registerKernel, type TensorInfo, unregisterKernel } from '@tensorflow/tfjs-core';
import { stockKernel } from './fusesSwish.ts';
import { channelKernels } from './wasmChannels.ts';
import { convolutionKernels } from './wasmConvolution.ts';
import { depthwiseKernels } from './wasmDepthwise.ts';
import { dilatedKernels } from './wasmDilated.ts';
import { fusedKernels, runsFused } from './wasmFused.ts';
import { heapOf } from './wasmHeap.ts';
import type { Kernel } from './wasmKernel.ts';
import { normKernels } from './wasmNorm.ts';
import { poolKernels } from './wasmPool.ts';
import { resizeKernels } from './wasmResize.ts';

/**
 * Gives tfjs's wasm backend the kernels of training, over its own heap: convolutions, depthwise or not, and their
 * gradients, with bias and activation in the same call; a right gradient of max pooling; UnsortedSegmentSum; and our composite ops. Any channels, stride, kernel and
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
  for (const [kernelName, run] of Object.entries(kernels)) register(kernelName, run);
  for (const [kernelName, run] of Object.entries(fusedKernels())) register(kernelName, run, stockOf(kernelName));
}

/** Inputs that were not given, as the bias of a fused convolution, are undefined or null. */
type NamedInputs = { readonly [name: string]: TensorInfo | undefined };

function stockOf(kernelName: string): KernelFunc | undefined {
  const found: (KernelFunc & { readonly [stockKernel]?: KernelFunc | undefined }) | undefined = getKernel(
    kernelName,
    'wasm',
  )?.kernelFunc;
  return found && stockKernel in found ? found[stockKernel] : found;
}

function register(kernelName: string, run: Kernel, other?: KernelFunc): void {
  if (getKernel(kernelName, 'wasm')) unregisterKernel(kernelName, 'wasm');
  const kernelFunc: KernelFunc = (call) => {
    const given = Object.fromEntries(
      Object.entries(call.inputs as NamedInputs).filter((entry): entry is [string, TensorInfo] => Boolean(entry[1])),
    );
    if (other && !runsFused(call.attrs?.activation)) return other(call);
    for (const [name, { dtype }] of Object.entries(given)) {
      const right = name === 'segmentIds' ? 'int32' : 'float32'; // the kernels read memory as it is
      if (dtype !== right)
        throw new TypeError(`${kernelName}: ${name} is ${dtype}; it must be ${right}, cast it first`);
    }
    return run(heapOf(call.backend), given, call.attrs ?? {});
  };
  registerKernel({ kernelName, backendName: 'wasm', kernelFunc: Object.assign(kernelFunc, { [stockKernel]: other }) });
}
