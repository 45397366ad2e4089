import * as codes from './codes';
import { depthwise } from './depthwise';
import { mobile } from './mobile';
import { norm, normTraining, normVectors } from './norm';
import { pool } from './pool';
import { resizeBilinear, resizeNearest } from './resize';
import { scaleChannels, scalePanels, squeeze } from './squeeze';
import { packLanes } from './windowPack';

export function runWindow(code: i32, p: usize, thread: i32, threads: i32): void {
  if (code == codes.depthwise) depthwise(p, thread, threads);
  else if (code == codes.mobile) mobile(p, thread, threads);
  else if (code == codes.pool) pool(p, thread, threads);
  else if (code == codes.resizeNearest) resizeNearest(p, thread, threads);
  else if (code == codes.resizeBilinear) resizeBilinear(p, thread, threads);
  else if (code == codes.scaleChannels) scaleChannels(p, thread, threads);
  else if (code == codes.squeeze) squeeze(p, thread, threads);
  else if (code == codes.scalePanels) scalePanels(p, thread, threads);
  else if (code == codes.normVectors) normVectors(p, thread, threads);
  else if (code == codes.norm) norm(p, thread, threads);
  else if (code == codes.normTraining) normTraining(p, thread, threads);
  else if (code == codes.packLanes) packLanes(p, thread, threads);
}
