import type { TensorInfo } from '@tensorflow/tfjs-core';
import { activations } from '../engine/kernels.ts';
import type { Heap } from './wasmHeap.ts';
import { channels, type Kernels, kernel, rows } from './wasmKernel.ts';

interface NormAttrs {
  readonly epsilon: number;
  readonly activation: keyof typeof activations;
}
type Forward = { readonly [N in 'x' | 'scale' | 'offset']: TensorInfo };
type Statistics = { readonly [N in 'mean' | 'variance']: TensorInfo };
type Backward = Forward & Statistics & { readonly dy: TensorInfo };

export const normKernels = (): Kernels => ({
  PyramidionBatchNormTraining: kernel<keyof Forward, NormAttrs>((heap, inputs, attrs) => {
    const statistics = { mean: heap.make(inputs.scale.shape), variance: heap.make(inputs.scale.shape) };
    const y = forward(heap, heap.kernels.batchNorm, { ...inputs, ...statistics }, attrs);
    return [y, statistics.mean, statistics.variance];
  }),
  PyramidionBatchNormTrainingGrad: kernel<keyof Backward, NormAttrs>((heap, inputs, attrs) =>
    backward(heap, heap.kernels.batchNormGradient, inputs, attrs),
  ),
  PyramidionBatchNormStored: kernel<keyof (Forward & Statistics), NormAttrs>((heap, inputs, attrs) =>
    forward(heap, heap.kernels.normalize, inputs, attrs),
  ),
  PyramidionBatchNormStoredGrad: kernel<keyof Backward, NormAttrs>((heap, inputs, attrs) =>
    backward(heap, heap.kernels.normalizeGradient, inputs, attrs),
  ),
});

/** x [..., c] and four vectors [c], of which the kernel reads or writes the statistics -> y. */
function forward(
  { kernels, at, make, constants, scratch }: Heap,
  run: Heap['kernels']['normalize'],
  { x, scale, offset, mean, variance }: Forward & Statistics,
  { epsilon, activation }: NormAttrs,
): TensorInfo {
  const y = make(x.shape);
  const c = channels(x);
  const given = [activations[activation], constants, at(x), at(scale), at(offset), epsilon] as const;
  scratch(kernels.batchNormBytes(c), (free) => run(...given, at(y), at(mean), at(variance), rows(x), c, free));
  return y;
}

/** The gradients of x, scale and offset. */
function backward(
  { kernels, at, make, constants, scratch }: Heap,
  run: Heap['kernels']['normalizeGradient'],
  { x, dy, scale, offset, mean, variance }: Backward,
  { epsilon, activation }: NormAttrs,
): TensorInfo[] {
  const made = [make(x.shape), make(scale.shape), make(scale.shape)] as const;
  const [dx, dscale, doffset] = made;
  const c = channels(x);
  const given = [activations[activation], constants, at(x), at(dy), at(scale), at(offset)] as const;
  scratch(kernels.batchNormBytes(c), (free) =>
    run(...given, at(mean), at(variance), epsilon, at(dx), at(dscale), at(doffset), rows(x), c, free),
  );
  return [...made];
}
