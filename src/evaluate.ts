export { type AveragePrecision, type AveragePrecisionOptions, averagePrecision } from './evaluate/averagePrecision.ts';
export { type EvaluatedImage, type ImageMatches, type MatchedDetection, matchImage } from './evaluate/matching.ts';
export { type CurvePoint, type MissRate, missRate } from './evaluate/missRate.ts';
export { caltechProtocols, type Protocol, plainProtocol } from './evaluate/protocol.ts';
export { type Curve, type CurveOptions, curveSvg } from './picture/curve.ts';
export { type Drawing, drawingSvg, type Matches } from './picture/drawing.ts';
export { type Page, pageHtml } from './picture/page.ts';
