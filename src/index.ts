// Registers tfjs's gradients and chained ops: in Node, nothing else does.
import '@tensorflow/tfjs-layers';

// Core
export type { Annotation, Box, Detection } from './core/annotation.ts';
export { type Binding, bind } from './core/bind.ts';
export { at, type Block, block, blocks, type HasParts, walk, weights } from './core/block.ts';
export { type FreezeOptions, freeze, unfreeze } from './core/freeze.ts';
export { type Initializer, normal } from './core/initializers.ts';
export type {
  Adapter,
  AnchorShapes,
  Backbone,
  Feature,
  From,
  Head,
  Level,
  Maps,
  Neck,
  Predictions,
  Stage,
  Standardization,
  UpTo,
  Variant,
} from './core/levels.ts';
export { asVariables, type Count, count, dispose, type RandomInput, randomInputs, settle } from './core/model.ts';
export { inference, type Pass, type TrainingPass, trainingPass } from './core/pass.ts';
export { type Weight, type WeightOptions, weight } from './core/weight.ts';

// Blocks
export type { Activation } from './block/activation.ts';
export { type BatchNormOptions, batchNorm } from './block/batchNorm.ts';
export {
  type ConvOptions,
  conv,
  type DepthwiseConvOptions,
  depthwiseConv,
  type SeparableConvOptions,
  separableConv,
} from './block/conv.ts';
export { dense } from './block/dense.ts';
export { type DropConnectOptions, dropConnect } from './block/dropConnect.ts';
export { dropout } from './block/dropout.ts';
export { type FuseOptions, fuse } from './block/fuse.ts';
export { type FusedMBConvOptions, fusedMbConv } from './block/fusedMbConv.ts';
export { type MBConvOptions, mbConv } from './block/mbConv.ts';
export { sequence } from './block/sequence.ts';
export { type SqueezeExciteOptions, squeezeExcite } from './block/squeezeExcite.ts';
export { standardize } from './block/standardize.ts';
export { type UpsampleOptions, upsample } from './block/upsample.ts';

// Backbones and classifiers
export { type Classifier, type ClassifierOptions, classifier } from './backbone/classifier.ts';
export { type CompoundScale, compoundScale } from './backbone/compoundScale.ts';
export {
  type EfficientNetOptions,
  efficientNet,
  efficientNetB0,
  efficientNetB1,
  efficientNetB2,
  efficientNetB3,
  efficientNetB4,
  efficientNetB5,
  efficientNetB6,
  efficientNetB7,
  efficientNetB8,
  efficientNetL2,
  efficientNetRows,
} from './backbone/efficientNet.ts';
export {
  efficientNetLite0,
  efficientNetLite1,
  efficientNetLite2,
  efficientNetLite3,
  efficientNetLite4,
  efficientNetLiteRows,
} from './backbone/efficientNetLite.ts';
export {
  efficientNetV2B0,
  efficientNetV2B1,
  efficientNetV2B2,
  efficientNetV2B3,
  efficientNetV2L,
  efficientNetV2M,
  efficientNetV2Rows,
  efficientNetV2S,
  efficientNetV2Xl,
} from './backbone/efficientNetV2.ts';
export { type SsdVggOptions, ssdVgg } from './backbone/ssdVgg.ts';
export { type SsdVgg16Options, ssdVgg16 } from './backbone/ssdVgg16.ts';
export { by128, caffe, imagenet, inception, kaist, lite, unit } from './backbone/standardization.ts';
export { keras, lukemelas, pytorch, tensorflow, timm, timmTf, torchvision, variants } from './backbone/variant.ts';
export { vgg16, vgg16BatchNorm, vgg16Rows } from './backbone/vgg.ts';
export { type ClassifyOptions, type Classified, classify } from './model/classify.ts';

// Necks and heads
export { type EfficientDetHeadOptions, efficientDetHead } from './head/efficientDetHead.ts';
export { type RetinaHeadOptions, retinaHead } from './head/retinaHead.ts';
export { type SsdHeadOptions, ssdHead } from './head/ssdHead.ts';
export { type BifpnOptions, bifpn } from './neck/bifpn.ts';
export type { BifpnFusion } from './neck/bifpnFuse.ts';
export { compose } from './neck/compose.ts';
export { type FpnOptions, fpn } from './neck/fpn.ts';
export { type LiftOptions, lift } from './neck/lift.ts';
export { type SelectOptions, select } from './neck/select.ts';

// Detectors
export { type Detector, type DetectorOptions, detector, type MapSize } from './model/detector.ts';
export { type EfficientDet, type EfficientDetOptions, efficientDet } from './model/efficientDet.ts';
export {
  efficientDetLite0,
  efficientDetLite1,
  efficientDetLite2,
  efficientDetLite3,
  efficientDetLite3x,
  efficientDetLite4,
  efficientDetLiteRows,
} from './model/efficientDetLite.ts';
export type { EfficientDetSizeOptions } from './model/efficientDetSize.ts';
export {
  efficientDetD0,
  efficientDetD1,
  efficientDetD2,
  efficientDetD3,
  efficientDetD4,
  efficientDetD5,
  efficientDetD6,
  efficientDetD7,
  efficientDetD7x,
  efficientDetRows,
} from './model/efficientDetSizes.ts';
export { type Predictor, predict } from './model/predict.ts';
export { type RetinaNet, type RetinaNetOptions, retinaNet } from './model/retinaNet.ts';
export { type Ssd, type SsdOptions, ssd300, ssd512, ssdRows } from './model/ssd.ts';

// Photographs to boxes, and boxes on photographs
export { type DetectModel, type DetectOptions, detect } from './detect/detect.ts';
export type { Drawable } from './detect/detectCanvas.ts';
export type { EncodedImage, Photograph, ReadImage, ReadOptions } from './detect/detectPhotograph.ts';
export type { Pixels } from './detect/detectPixels.ts';
export type { RunDetector } from './detect/detectRun.ts';
export type { ImageSource } from './detect/detectSource.ts';
export { draw, type LinkedImage } from './picture/draw.ts';
export type { DrawOptions, Matches } from './picture/drawing.ts';
export { type DrawMapsOptions, drawMaps } from './picture/drawMaps.ts';

// Geometry of detection
export { type ClassNames, classNames } from './detection/classNames.ts';
export { cocoLabels80, cocoLabels90 } from './detection/cocoLabels.ts';
export {
  type EfficientDetAnchorOptions,
  efficientDetAnchors,
  efficientDetRatios,
} from './detection/efficientDetAnchors.ts';
export {
  type EfficientDetLossInputs,
  type EfficientDetLossOptions,
  efficientDetLoss,
} from './detection/efficientDetLoss.ts';
export {
  effdetPostprocess,
  effdetSoftPostprocess,
  efficientDetCoder,
  efficientDetMatch,
  kerasPostprocess,
} from './detection/efficientDetRules.ts';
export { type MatrixNmsOptions, matrixNms } from './detection/matrixNms.ts';
export {
  completeIouLoss,
  distanceIouLoss,
  generalizedIouLoss,
  iouLoss,
  type OverlapLoss,
} from './detection/overlapLosses.ts';
export { type RetinaNetAnchorOptions, retinaNetAnchors } from './detection/retinaNetAnchors.ts';
export { type SoftNmsOptions, softNms } from './detection/softNms.ts';
export {
  retinaNetCoder,
  retinaNetMatch,
  torchvisionRetinaNet,
  torchvisionSsd,
} from './detection/torchvisionRules.ts';
export { anchors, anchorsPerCell } from './detection/anchors.ts';
export { baselineAnchors } from './detection/baselineAnchors.ts';
export type { Boxes } from './detection/boxes.ts';
export type { LossRule } from './detection/lossRule.ts';
export { matchBatch } from './detection/match.ts';
export { nms } from './detection/nms.ts';
export { type Found, type PostprocessRule, postprocess } from './detection/postprocess.ts';
export type { Reading } from './detection/reading.ts';
export { ssdLoss } from './detection/ssdLoss.ts';
export { toDetections } from './detection/toDetections.ts';

// Training
export { type EmaOptions, emaDecay, moveEma } from './train/ema.ts';
export { type Clip, clipByNorm, type JointNorm } from './train/clip.ts';
export type { CardOptions, ListFacts, Metrics, ModelCard, Origin } from './train/card.ts';
export { type CardRecord, cardMetadata, modelCardText } from './train/cardText.ts';
export { type EvaluateOptions, type Evaluation, evaluate } from './train/evaluate.ts';
export type { Group } from './train/groups.ts';
export {
  type FirstSlot,
  firstSlots,
  kerasRmsprop,
  type Optimizer,
  type RmspropOptions,
  rmsprop,
  type SgdOptions,
  type Slots,
  sgd,
  tensorflowRmsprop,
} from './train/optimizer.ts';
export { type AdamOptions, adam, adamW, kerasAdam } from './train/optimizerAdam.ts';
export { baselineRecipe, type Recipe, scenesRecipe, studyRecipe } from './train/recipe.ts';
export { efficientDetRecipe, peopleLongRecipe, peopleRecipe, retinaNetRecipe, ssdRecipe } from './train/recipeZoo.ts';
export type {
  EndReport,
  EpochReport,
  LossNumbers,
  Report,
  ShownImage,
  StartReport,
  StepReport,
  Validation,
} from './train/report.ts';
export type { Schedule, WarmUp } from './train/schedule.ts';
export type { CheckpointStore } from './train/checkpointStore.ts';
export type { CheckpointName, Kept } from './train/kept.ts';
export type { CheckpointRecord, RunState } from './train/state.ts';
export type { Phase, Spent } from './train/stopwatch.ts';
export type { StopEarly, StopEarlyState } from './train/stopEarly.ts';
export { type StepInputs, type StepOptions, type StepResults, trainStep } from './train/step.ts';
export {
  type FindLearningRateOptions,
  type FoundLearningRate,
  findLearningRate,
} from './train/findLearningRate.ts';
export {
  type LearningRatePoint,
  type LearningRateSuggestion,
  suggestLearningRate,
} from './train/learningRatePoints.ts';
export { train } from './train/train.ts';
export type { TrainOptions, TrainResult } from './train/trainOptions.ts';
export type { ValidationOptions } from './train/validate.ts';

// Weights as files
export { loadWeights } from './model/zooWeights.ts';
export type { Candidate } from './weights/fitting.ts';
export { type HubOrigin, type HuggingFaceOptions, huggingFace } from './weights/hub.ts';
export type { Licence } from './weights/hubModel.ts';
export type { Layout } from './weights/layout.ts';
export {
  type KnownModels,
  type LoadOptions,
  type LoadReport,
  type LoadWeights,
  type WeightSource,
  weightLoader,
} from './weights/load.ts';
export type { NamedWeight, NameMap } from './weights/nameMap.ts';
export { effdet as effdetNames } from './weights/names/effdet.ts';
export { keras as kerasNames } from './weights/names/keras.ts';
export { lukemelas as lukemelasNames } from './weights/names/lukemelas.ts';
export { timm as timmNames } from './weights/names/timm.ts';
export { torchvision as torchvisionNames } from './weights/names/torchvision.ts';
export { type SaveOptions, saveWeights } from './weights/save.ts';
export { allBytes, type Fetched, type FetchedSource, type FromUrlOptions, fromUrl } from './weights/source.ts';
export type { Progress } from './weights/sourceBody.ts';
export type { WeightCache } from './weights/sourceCache.ts';
export type { FetchOptions } from './weights/sourceOptions.ts';
export { readSafetensors, type Safetensors, writeSafetensors } from './weights/safetensors.ts';

// Trace
export { formatSummary } from './trace/formatSummary.ts';
export { formatGraph, type Graph, liveNodes, type Node, type Value, weightsOf } from './trace/graph.ts';
export { type Memory, memoryOf } from './trace/memory.ts';
export {
  type Flow,
  type FlowEdge,
  type FlowNode,
  type GraphModelLike,
  type LayersModelLike,
  type ModelSpecs,
  type Summary,
  summary,
} from './trace/summary.ts';
export { type TraceOptions, trace } from './trace/trace.ts';
export { type NetworkMapInput, type NetworkMapOptions, networkMapSvg } from './picture/networkMap.ts';

// Passes over a trace, and running it
export { type BatchMarks, type BatchOptions, type BatchTrace, markBatch, traceBatch } from './trace/batch.ts';
export { type Compiled, type CompileOptions, compile } from './trace/compile.ts';
export type { CompiledFor, CompileTargetOptions } from './trace/compileTarget.ts';
export { dropDead } from './trace/dropDead.ts';
export { dropNoops } from './trace/dropNoops.ts';
export { foldBatchNorm } from './trace/foldBatchNorm.ts';
export { foldConstants } from './trace/foldConstants.ts';
export { fuseActivation } from './trace/fuseActivation.ts';
export { lower } from './trace/lower.ts';
export { mergeEqual } from './trace/mergeEqual.ts';
export { optimize, simplify } from './trace/optimize.ts';
export { type Profile, type ProfileOptions, profile } from './trace/profile.ts';
export { type HostTensor, type LocalTarget, MissingKernel, type Prepared, type Target } from './trace/target.ts';
export type { RunOn } from './train/runOn.ts';
export { weightsToConstants } from './trace/weightsToConstants.ts';

// Of pyramidion/data, named in options above
export type { Augmentation } from './data/augmentSteps.ts';
export type { ImageCache } from './data/batchCache.ts';
export type { FitOptions } from './data/letterbox.ts';
export type { Sample } from './data/sample.ts';
