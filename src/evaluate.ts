export { type CurvePoint, type EvaluatedImage, type MissRate, missRate } from './evaluate/missRate.ts';
export { caltechProtocols, type Protocol, plainProtocol } from './evaluate/protocol.ts';
