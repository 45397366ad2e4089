import { type Kernels, kernel, maps } from './wasmKernel.ts';

/** Sides of the map and of the resized map, pixels. */
interface Sides {
  readonly inHeight: number;
  readonly inWidth: number;
  readonly height: number;
  readonly width: number;
}

export const resizeKernels = (): Kernels => ({
  PyramidionUpsampleNearest: kernel<'x', Sides>(
    ({ kernels, at, make }, { x }, { inHeight, inWidth, height, width }) => {
      const [b, , c] = maps(x);
      const y = make([b, height, width, c]);
      kernels.upsampleNearest(at(x), at(y), b, inHeight, inWidth, c, height, width);
      return y;
    },
  ),
  PyramidionUpsampleNearestGrad: kernel<'dy', Sides>(
    ({ kernels, at, make }, { dy }, { inHeight, inWidth, height, width }) => {
      const [b, , c] = maps(dy);
      const dx = make([b, inHeight, inWidth, c]);
      kernels.upsampleNearestGradient(at(dy), at(dx), b, inHeight, inWidth, c, height, width);
      return dx;
    },
  ),
  PyramidionResizeBilinearGrad: kernel<'dy', Sides>(
    ({ kernels, at, make }, { dy }, { inHeight, inWidth, height, width }) => {
      const [b, , c] = maps(dy);
      const dx = make([b, inHeight, inWidth, c]);
      kernels.resizeBilinearGradient(at(dy), at(dx), b, inHeight, inWidth, c, height, width);
      return dx;
    },
  ),
});
