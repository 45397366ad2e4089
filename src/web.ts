export { type DecodeOptions, decodeImage, readImage } from './web/images.ts';
export { imageAt, loadingWorkers, serveLoading, type WebLoadersOptions } from './web/loadingWorkers.ts';
export type { Drawable } from './detect/detectCanvas.ts';
export type { EncodedImage, Photograph, ReadOptions } from './detect/detectPhotograph.ts';
export { type WeightCacheOptions, weightCache } from './web/weightCache.ts';
