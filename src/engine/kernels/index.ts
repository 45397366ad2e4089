export { swish, swishGradient } from './activation';
export { batchNorm, batchNormBytes, batchNormGradient, normalize, normalizeGradient } from './batchNorm';
export {
  biasAdd, channelSum, dot, scaleBy, scaleChannels, scaleChannelsGradient, spatialMean, spatialMeanGradient, weightedSum,
} from './channels';
export { convolution, convolutionBytes, convolutionFilterGradient, convolutionInputGradient } from './convolution';
export { depthwise, depthwiseBytes, depthwiseFilterGradient, depthwiseInputGradient } from './depthwise';
export { addOuter, outerBytes, pack, packedBytes, packTransposed, product, sumsBytes, unpackSums } from './gemm';
export { constants } from './math';
export { maxPoolGradient } from './pool';
export { repeatChannels, sumRepeated } from './repeat';
export { resizeBilinearGradient, upsampleNearest, upsampleNearestGradient } from './resize';
export { segmentSum } from './segment';
