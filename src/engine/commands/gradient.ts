import * as codes from './codes';
import { depthwiseFilterGradient, filterGradient } from './gradientFilter';
import { averagePoolGradient, depthwiseInputGradient, maxPoolGradient } from './gradientInput';
import { resizeGradient, scaleGradient, spreadMean, swishGradient, weightsGradient } from './gradientMaps';
import { normGradient } from './gradientNorm';
import { repeatChannels, sumRepeats } from './gradientRepeat';

export function runGradient(code: i32, p: usize, thread: i32, threads: i32): void {
  if (code == codes.filterGradient) filterGradient(p, thread, threads);
  else if (code == codes.depthwiseFilterGradient) depthwiseFilterGradient(p, thread, threads);
  else if (code == codes.depthwiseInputGradient) depthwiseInputGradient(p, thread, threads);
  else if (code == codes.maxPoolGradient) maxPoolGradient(p, thread, threads);
  else if (code == codes.averagePoolGradient) averagePoolGradient(p, thread, threads);
  else if (code == codes.normGradient) normGradient(p, thread, threads);
  else if (code == codes.swishGradient) swishGradient(p, thread, threads);
  else if (code == codes.scaleGradient) scaleGradient(p, thread, threads);
  else if (code == codes.spreadMean) spreadMean(p, thread, threads);
  else if (code == codes.weightsGradient) weightsGradient(p, thread, threads);
  else if (code == codes.resizeGradient) resizeGradient(p, thread, threads);
  else if (code == codes.repeatChannels) repeatChannels(p, thread, threads);
  else if (code == codes.sumRepeats) sumRepeats(p, thread, threads);
}
