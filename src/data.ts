// Samples
export type { RgbImage } from './data/image.ts';
export type { Sample } from './data/sample.ts';

// Augmentation and batches
export { type AugmentOptions, augment } from './data/augment.ts';
export type { CutOptions } from './data/augmentObjects.ts';
export { type Augmentation, baselineAugmentation, jitterAugmentation, ssdAugmentation } from './data/augmentSteps.ts';
export { type ImageCache, imageCache } from './data/batchCache.ts';
export { type EvaluationBatch, type EvaluationOptions, evaluationBatches } from './data/batchEvaluation.ts';
export { type Batch, type BatchOptions, batches } from './data/batches.ts';
export { type FitOptions, type Fitted, letterbox, stretch } from './data/letterbox.ts';
export { inverse, type Placement, placeBox, type Size } from './data/placement.ts';
export type { Resampling } from './data/resample.ts';
export { type ResizeOptions, resize } from './data/resize.ts';

// Scenes
export { scenes } from './data/scenes.ts';
export type { ScenesOptions } from './data/scenesOptions.ts';
export {
  type CaltechFiles,
  type NamedFile,
  scenesToCaltech,
  type ToCaltechOptions,
  toCaltech,
} from './data/toCaltech.ts';

// Caltech: videos and annotations
export { type BbGtObject, type BbGtOptions, readBbGt, writeBbGt } from './data/bbGt.ts';
export { type ByteSource, bytesSource } from './data/byteSource.ts';
export { type CaltechLabelOptions, type CaltechObject, caltechAnnotation } from './data/caltechLabels.ts';
export { type CaltechVideoOptions, caltechVideo } from './data/caltechVideo.ts';
export { openSeq, type Seq, type SeqFrame, type SeqOptions } from './data/seq.ts';
export type { SeqCodec, SeqHeader } from './data/seqHeader.ts';
export { type ImageDecoder, seqImage } from './data/seqImage.ts';
export { type SeqWriteFrame, type SeqWriteOptions, writeSeq } from './data/seqWrite.ts';
export type { Vbb, VbbBox, VbbObject } from './data/vbb.ts';
export { vbbAnnotations, vbbOf } from './data/vbbAnnotations.ts';
export { readVbb, type VbbOptions } from './data/vbbRead.ts';
export { readVbbText, writeVbbText } from './data/vbbText.ts';
export { writeVbb } from './data/vbbWrite.ts';

// Other formats
export { FormatError, isFormatError } from './data/formatError.ts';
export { type ImageSize, imageSize } from './data/imageSize.ts';
export { type MatOptions, readMat } from './data/mat.ts';
export {
  type MatArray,
  type MatCell,
  type MatChar,
  type MatClass,
  type MatLogical,
  type MatNumeric,
  type MatOther,
  type MatStruct,
  type MatValue,
  type MatVariables,
  matCells,
  matField,
  matNumber,
  matNumbers,
  matText,
  matVariable,
} from './data/matValue.ts';
export { matCell, matChar, matDoubles, matStruct, writeMat } from './data/matWrite.ts';
export { type PascalText, type PascalTextOptions, readPascalText } from './data/pascalText.ts';
export type { PixelBox } from './data/pixelBox.ts';
export { type BadOptions, type DataSet, describeSkipped, type Skipped } from './data/skipped.ts';
