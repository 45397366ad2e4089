import type { Geometry } from '../engine/geometry.ts';
import { convolve, filterGradient, inputGradient } from './wasmConvolution.ts';
import { four, type Kernels, kernel } from './wasmKernel.ts';

/** Attributes of our dilated convolution: pixels. */
interface DilatedAttrs {
  readonly dilation: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
}

export const dilatedKernels = (): Kernels => ({
  PyramidionDilatedConv: kernel<'x' | 'filter', DilatedAttrs>((heap, { x, filter }, attrs) => {
    const [batch, , , inChannels] = four(x.shape);
    return convolve(heap, x, filter, geometry(attrs, { batch, inChannels, outChannels: four(filter.shape)[3] }));
  }),
  PyramidionDilatedConvInputGrad: kernel<'dy' | 'filter', DilatedAttrs>((heap, { dy, filter }, attrs) => {
    const [, , inChannels, outChannels] = four(filter.shape);
    return inputGradient(heap, dy, filter, geometry(attrs, { batch: four(dy.shape)[0], inChannels, outChannels }));
  }),
  PyramidionDilatedConvFilterGrad: kernel<'x' | 'dy', DilatedAttrs>((heap, { x, dy }, attrs) => {
    const [batch, , , inChannels] = four(x.shape);
    return filterGradient(heap, x, dy, geometry(attrs, { batch, inChannels, outChannels: four(dy.shape)[3] }));
  }),
});

function geometry(a: DilatedAttrs, counts: Pick<Geometry, 'batch' | 'inChannels' | 'outChannels'>): Geometry {
  return {
    ...counts,
    inHeight: a.inHeight,
    inWidth: a.inWidth,
    outHeight: a.inHeight + a.top + a.bottom - (a.kernelHeight - 1) * a.dilation,
    outWidth: a.inWidth + a.left + a.right - (a.kernelWidth - 1) * a.dilation,
    kernelHeight: a.kernelHeight,
    kernelWidth: a.kernelWidth,
    strideHeight: 1,
    strideWidth: 1,
    padTop: a.top,
    padLeft: a.left,
    dilationHeight: a.dilation,
    dilationWidth: a.dilation,
  };
}
