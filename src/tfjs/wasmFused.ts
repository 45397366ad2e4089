import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Geometry } from '../engine/geometry.ts';
import { activations } from '../engine/kernels.ts';
import { bands, numbersOf } from './wasmBands.ts';
import { type ConvolutionAttrs, geometryOf, outShape } from './wasmConvolution.ts';
import { withMap } from './wasmDepthwise.ts';
import type { Heap } from './wasmHeap.ts';
import { type Kernels, kernel, size } from './wasmKernel.ts';

interface FusedAttrs extends ConvolutionAttrs {
  readonly activation?: string;
}
type Filtered = { readonly x: TensorInfo; readonly filter: TensorInfo; readonly bias?: TensorInfo };

/** Activations that follow in the same call; for others tfjs's own kernels run. Swish is beyond what tfjs fuses. */
export const fusedActivations = ['linear', 'relu', 'relu6', 'swish'] as const;
type Fused = (typeof fusedActivations)[number];
/** Whether our kernels run a fused kernel of tfjs with this activation. */
export const runsFused = (activation: unknown = 'linear'): boolean =>
  fusedActivations.some((own) => own === activation);

/** A convolution, its bias and activation by bands of rows: what a band made is still in the cache when it is finished. */
export const fusedKernels = (): Kernels => ({
  FusedConv2D: kernel<keyof Filtered, FusedAttrs>((heap, { x, filter, bias }, attrs) => {
    const geometry = geometryOf(x.shape, filter.shape, attrs, false);
    const { kernels, at } = heap;
    const y = heap.make(outShape(geometry));
    const finish = ending(heap, geometry.outChannels, bias, attrs);
    for (const band of bands(geometry, at(x), at(y), size(filter.shape))) {
      heap.withGeometry(band.geometry, kernels.convolutionBytes, (g, scratch) =>
        kernels.convolution(g, band.x, at(filter), band.y, scratch),
      );
      finish(band.y, numbersOf(band.geometry));
    }
    return y;
  }),
  FusedDepthwiseConv2D: kernel<keyof Filtered, FusedAttrs>((heap, { x, filter, bias }, attrs) => {
    const narrow = geometryOf(x.shape, filter.shape, attrs, true);
    const geometry: Geometry = { ...narrow, inChannels: narrow.outChannels };
    const { kernels, at } = heap;
    const y = heap.make(outShape(geometry));
    const finish = ending(heap, geometry.outChannels, bias, attrs);
    withMap(heap, x, narrow, (map) => {
      for (const band of bands(geometry, map, at(y), size(filter.shape))) {
        heap.withGeometry(band.geometry, kernels.depthwiseBytes, (g, scratch) =>
          kernels.depthwise(g, band.x, at(filter), band.y, scratch),
        );
        finish(band.y, numbersOf(band.geometry));
      }
    });
    return y;
  }),
});

/** Adds the bias and activates, in place: takes the address of rows of channels, and how many numbers they are. */
function ending(
  { kernels, at, constants, scratch, writeNumbers }: Heap,
  channels: number,
  bias: TensorInfo | undefined,
  { activation = 'linear' }: FusedAttrs,
): (y: number, numbers: number) => void {
  if (!runsFused(activation))
    throw new TypeError(
      `fused convolution: ${activation} is left to tfjs's own kernel, which was not there; import @tensorflow/tfjs-backend-wasm first`,
    );
  if (bias && `${bias.shape}` !== `${channels}`)
    throw new RangeError(
      `fused convolution: bias is [${bias.shape}]; it must be [${channels}], a number for each channel`,
    );
  if (activation === 'linear')
    return bias ? (y, numbers) => kernels.biasAdd(y, at(bias), y, numbers / channels, channels) : () => {};
  if (activation === 'swish' && bias === undefined) return (y, numbers) => kernels.swish(constants, y, y, numbers);
  // (y - 0) / sqrt(1 + 0) * 1 + bias, and the activation.
  const kind = activations[activation as Fused];
  const vectors = new Float32Array(2 * channels).fill(1, channels);
  return (y, numbers) =>
    scratch(8 * channels + kernels.batchNormBytes(channels), (zeros) => {
      writeNumbers(zeros, vectors);
      const ones = zeros + 4 * channels;
      const added = bias ? at(bias) : zeros;
      kernels.normalize(
        kind,
        constants,
        y,
        ones,
        added,
        0,
        y,
        zeros,
        ones,
        numbers / channels,
        channels,
        ones + 4 * channels,
      );
    });
}
