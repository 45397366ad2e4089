/** Activations by number, as the kernels know them. */
export const activations = { linear: 0, swish: 1, relu: 2, relu6: 3 } as const;

/** Bytes of the kernels' constants in memory. */
export const constantsBytes = 192;

/**
 * The exports of kernels/index.ts, as JavaScript sees them. Everything is a number: an address in bytes (x, dy, y, ...),
 * the address of a geometry (g), a length in float32 numbers, or a scalar. All numbers in memory are float32.
 */
export interface Kernels {
  /** Writes the numbers of `exp`, 192 bytes, to `k`: what `k` is below. */
  constants(k: number): void;
  swish(k: number, x: number, y: number, n: number): void;
  swishGradient(k: number, x: number, dy: number, dx: number, n: number): void;

  /** Scratch of the four that follow. */
  batchNormBytes(channels: number): number;
  /** Writes mean and variance of x, and y. */
  batchNorm(...args: Norm): void;
  /** Reads mean and variance. */
  normalize(...args: Norm): void;
  /** Where mean and variance are those of x. */
  batchNormGradient(...args: NormGradient): void;
  /** Where mean and variance are given numbers. */
  normalizeGradient(...args: NormGradient): void;

  biasAdd(x: number, bias: number, y: number, rows: number, channels: number): void;
  channelSum(x: number, y: number, rows: number, channels: number): void;
  scaleChannels(x: number, scale: number, y: number, batch: number, pixels: number, channels: number): void;
  scaleChannelsGradient(x: number, dy: number, dscale: number, batch: number, pixels: number, channels: number): void;
  spatialMean(x: number, y: number, batch: number, pixels: number, channels: number): void;
  spatialMeanGradient(dy: number, dx: number, batch: number, pixels: number, channels: number): void;
  /** `maps` is the address of `count` addresses. */
  weightedSum(maps: number, count: number, weights: number, y: number, n: number): void;
  scaleBy(x: number, factor: number, y: number, n: number): void;
  dot(x: number, y: number, n: number): number;

  convolutionBytes(g: number): number;
  convolution(g: number, x: number, filter: number, y: number, scratch: number): void;
  convolutionInputGradient(g: number, dy: number, filter: number, dx: number, scratch: number): void;
  convolutionFilterGradient(g: number, x: number, dy: number, dfilter: number, scratch: number): void;

  depthwiseBytes(g: number): number;
  depthwise(g: number, x: number, filter: number, y: number, scratch: number): void;
  depthwiseInputGradient(g: number, dy: number, filter: number, dx: number, scratch: number): void;
  depthwiseFilterGradient(g: number, x: number, dy: number, dfilter: number, scratch: number): void;
  repeatChannels(x: number, to: number, pixels: number, channels: number, times: number): void;
  sumRepeated(dy: number, to: number, pixels: number, channels: number, times: number): void;

  maxPoolGradient(g: number, x: number, dy: number, dx: number): void;
  segmentSum(x: number, ids: number, y: number, rows: number, width: number, segments: number): void;
  upsampleNearest(x: number, y: number, ...sides: Resize): void;
  upsampleNearestGradient(dy: number, dx: number, ...sides: Resize): void;
  resizeBilinearGradient(dy: number, dx: number, ...sides: Resize): void;
}

/** Sides of the map, then of the resized map, pixels. */
type Resize = readonly [
  batch: number,
  height: number,
  width: number,
  channels: number,
  outHeight: number,
  outWidth: number,
];

type Norm = readonly [
  activation: number,
  k: number,
  x: number,
  scale: number,
  offset: number,
  epsilon: number,
  y: number,
  mean: number,
  variance: number,
  rows: number,
  channels: number,
  scratch: number,
];

type NormGradient = readonly [
  activation: number,
  k: number,
  x: number,
  dy: number,
  scale: number,
  offset: number,
  mean: number,
  variance: number,
  epsilon: number,
  dx: number,
  dscale: number,
  doffset: number,
  rows: number,
  channels: number,
  scratch: number,
];
