export { type AugmentOptions, augment } from './data/augment.ts';
export { imageCache } from './data/batchCache.ts';
export { evaluationBatches } from './data/batchEvaluation.ts';
export { type Batch, type BatchOptions, batches } from './data/batches.ts';
export type { RgbImage } from './data/image.ts';
export { letterbox, stretch } from './data/letterbox.ts';
export { resize } from './data/resize.ts';
export type { Sample } from './data/sample.ts';
