/** Where a filter goes over maps [b, h, w, c]: sides in pixels. Padding below and right follows from the output's sides. */
export interface Geometry {
  readonly batch: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
}

/** Bytes of a geometry in memory. */
export const geometryBytes = 64;

/** The numbers of a geometry in the order in which the kernels read them, kernels/geometry.ts. */
export const geometryNumbers = (g: Geometry): readonly number[] => [
  g.batch,
  g.inHeight,
  g.inWidth,
  g.inChannels,
  g.outHeight,
  g.outWidth,
  g.outChannels,
  g.kernelHeight,
  g.kernelWidth,
  g.strideHeight,
  g.strideWidth,
  g.padTop,
  g.padLeft,
  g.dilationHeight,
  g.dilationWidth,
];
