// Samples
export type { RgbImage } from './data/image.ts';
export type { ImageReader, Sample, SampleFile } from './data/sample.ts';

// Augmentation and batches
export { type AugmentOptions, augment, type Marked } from './data/augment.ts';
export type { CutOptions } from './data/augmentObjects.ts';
export { type Augmentation, baselineAugmentation, jitterAugmentation, ssdAugmentation } from './data/augmentSteps.ts';
export { type ImageCache, imageCache } from './data/batchCache.ts';
export { type EvaluationBatch, type EvaluationOptions, evaluationBatches } from './data/batchEvaluation.ts';
export { type Batch, type BatchOptions, batches } from './data/batches.ts';
export { type FitOptions, type Fitted, letterbox, stretch } from './data/letterbox.ts';
export { inverse, type Placement, placeBox, type Size } from './data/placement.ts';
export type { Loaders, LoadersOptions } from './data/loaders.ts';
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
export { isTurned } from './data/imageTurned.ts';
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

// Data sets: text and bytes to samples and back
export { readCityPersons, readCityscapesPersons } from './data/formats/cityPersons.ts';
export { type Coco, type CocoImage, readCoco } from './data/formats/coco.ts';
export { readCocoResults, writeCocoResults } from './data/formats/cocoResults.ts';
export { type CocoWriteOptions, labelsOf, writeCoco } from './data/formats/cocoWrite.ts';
export {
  type CrowdHumanOptions,
  readOdgt,
  readOdgtLine,
  readOdgtResults,
  writeOdgtResults,
} from './data/formats/crowdHuman.ts';
export { type EuroCityOptions, readEuroCity } from './data/formats/euroCity.ts';
export { type FolderData, readFolderData } from './data/formats/folder.ts';
export { writeFolderData } from './data/formats/folderWrite.ts';
export { type KaistOptions, kaistSize, readKaist, readKaistList, readKaistSanitized } from './data/formats/kaist.ts';
export { readKaistJson } from './data/formats/kaistJson.ts';
export { readKaistXml } from './data/formats/kaistXml.ts';
export { readMotDetections, readMotTruth, writeMotDetections } from './data/formats/mot.ts';
export { type MotSequence, readMotSequence } from './data/formats/motSequence.ts';
export type { ReadOptions } from './data/formats/reading.ts';
export type { ImageRecord, SizedRecord } from './data/formats/record.ts';
export { readVoc, readVocList, type VocOptions } from './data/formats/voc.ts';
export { writeVoc } from './data/formats/vocWrite.ts';
export { readWiderPerson } from './data/formats/widerPerson.ts';
export { readYolo, readYoloDetections, writeYolo, type YoloOptions } from './data/formats/yolo.ts';
export { readYoloData, writeYoloData, type YoloData } from './data/formats/yoloData.ts';

// From one form to another
export { type Converted, convert } from './data/formats/convert.ts';
export type { Loss } from './data/formats/convertLosses.ts';
export type { ConvertOptions, ConvertSample } from './data/formats/convertOptions.ts';
export { isInside } from './data/formats/path.ts';
export { relabel } from './data/formats/relabel.ts';
export { type SplitOptions, splitIds } from './data/formats/splits.ts';
