// Matching by a protocol
export type { EvaluatedImage } from './evaluate/evaluatedImage.ts';
export { type ImageMatches, type MatchedDetection, matchImage } from './evaluate/matching.ts';
export { type MeanIou, meanIou } from './evaluate/meanIou.ts';
export { caltechProtocols, type Protocol, plainProtocol } from './evaluate/protocol.ts';
export type { ProtocolRules } from './evaluate/protocolRules.ts';
export { type Benchmark, type BenchmarkProtocol, benchmarkProtocol, benchmarkProtocols } from './evaluate/protocols.ts';
export { type ProtocolScale, scaledProtocol } from './evaluate/scaledProtocol.ts';

// Figures
export { type AveragePrecision, type AveragePrecisionOptions, averagePrecision } from './evaluate/averagePrecision.ts';
export { type BenchmarkResult, benchmarkResults } from './evaluate/benchmarkResults.ts';
export type { CocoCurves } from './evaluate/cocoCurves.ts';
export { type CocoFigures, cocoFigures } from './evaluate/cocoFigures.ts';
export type { CocoArea } from './evaluate/cocoMatch.ts';
export {
  type CocoClassMetrics,
  type CocoMetrics,
  type CocoOptions,
  cocoAreas,
  cocoIous,
  cocoMetrics,
} from './evaluate/cocoMetrics.ts';
export { cocoPrecisionCurve, type PrecisionPoint } from './evaluate/cocoPrecisionCurve.ts';
export { type CrowdHuman, crowdHuman } from './evaluate/crowdHuman.ts';
export { type JaccardPoint, jaccardIndex } from './evaluate/jaccardIndex.ts';
export { type CurvePoint, type MissRate, missRate } from './evaluate/missRate.ts';
export {
  type VocAveragePrecision,
  type VocOptions,
  type VocPoint,
  vocAveragePrecision,
} from './evaluate/vocAveragePrecision.ts';

// What goes wrong
export { type Calibration, type CalibrationBin, type CalibrationOptions, calibration } from './evaluate/calibration.ts';
export { type ErrorAnalysis, type ErrorAnalysisOptions, errorAnalysis } from './evaluate/errorAnalysis.ts';
export type { FalseCase, FalseKind, MissCase, MissKind } from './evaluate/errorCases.ts';
export type { ErrorGroup } from './evaluate/errorGroups.ts';
export { type Tide, type TideOptions, tide, tideNames } from './evaluate/tide.ts';
export type { TideError, TideName } from './evaluate/tideErrors.ts';
export { type WorstImage, worstImages } from './evaluate/worstImages.ts';

// Anchors before any training
export {
  type AnchorCluster,
  type AnchorClusterOptions,
  type AnchorClusters,
  anchorClusters,
  shapeIou,
} from './evaluate/anchorClusters.ts';
export {
  type AnchorCoverage,
  type AnchorRecall,
  type AnchorStudy,
  type AnchorStudyOptions,
  anchorStudy,
} from './evaluate/anchorStudy.ts';
export type { Shape } from './evaluate/anchorStudyBest.ts';
export type { StudiedImage } from './evaluate/anchorStudyInput.ts';

// Charts
export {
  type AnchorOverlaps,
  type AnchorSet,
  anchorOverlapSvg,
  anchorRecallSvg,
} from './picture/anchorPicture.ts';
export { anchorShapesSvg } from './picture/anchorPictureShapes.ts';
export { type Curve, type CurveOptions, curveSvg } from './picture/curve.ts';
export type { ChartOptions } from './picture/curveShell.ts';
export { type HistogramOptions, type HistogramSet, histogramSvg } from './picture/histogram.ts';
export { aspectHistogramSvg, heightHistogramSvg } from './picture/histogramBoxes.ts';
export { type LinesOptions, linesSvg, type Series } from './picture/lines.ts';
export { type PrecisionCurve, type PrecisionPlace, precisionPlaces, precisionRecallSvg } from './picture/prCurve.ts';
export { type ReliabilityCurve, reliabilitySvg } from './picture/reliability.ts';
export { type BarGroup, type BarOptions, type BarValue, barsSvg } from './picture/reportBars.ts';

// Pictures and pages
export { errorTiles, type SheetOptions } from './picture/contactSheet.ts';
export { contactSheetSvg } from './picture/contactSheetSvg.ts';
export type { ErrorPlace, ErrorTile, SheetImage } from './picture/contactSheetTile.ts';
export { type Drawing, drawingSvg, type Matches } from './picture/drawing.ts';
export { type Page, pageHtml } from './picture/page.ts';
export { playerHtml } from './picture/player.ts';
export type { FrameMatches, PlayerFrame } from './picture/playerFrame.ts';
export { report } from './picture/report.ts';
export { type RunPageOptions, runPage } from './picture/runPage.ts';
export type { PhaseSeconds, RunEpoch, RunPicture, RunStep, RunStory } from './picture/runStory.ts';
export {
  type EvaluatedPictures,
  type EvaluatedRunOptions,
  evaluatedRun,
  type ReportProtocol,
} from './picture/reportEvaluated.ts';
export type {
  ReportErrors,
  ReportMissRate,
  ReportRow,
  ReportRun,
  ReportSubset,
  ReportTide,
} from './picture/reportRun.ts';
