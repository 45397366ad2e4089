import {
  convolve, fromBlocked, matrixProduct, packFilter as packing, packRows as packingRows, pointwise as product, stem, toBlocked, winograd,
  winogradFilter,
} from './codes';
import { multiplyMatrices } from './convolutionMatrix';
import { packFilter, packRows } from './convolutionPack';
import { pointwise } from './convolutionPointwise';
import { convolveStem } from './convolutionStem';
import { convolveStrips } from './convolutionStrips';
import { runLayout } from './layout';
import { convolveWinograd, transformFilters } from './winograd';

export function runConvolution(code: i32, p: usize, thread: i32, threads: i32): void {
  if (code == product) pointwise(p, thread, threads);
  else if (code == convolve) convolveStrips(p, thread, threads);
  else if (code == winograd) convolveWinograd(p, thread, threads);
  else if (code == winogradFilter) transformFilters(p, thread, threads);
  else if (code == stem) convolveStem(p, thread, threads);
  else if (code == toBlocked) runLayout(true, p, thread, threads);
  else if (code == fromBlocked) runLayout(false, p, thread, threads);
  else if (code == matrixProduct) multiplyMatrices(p, thread, threads);
  else if (code == packing) packFilter(p, thread, threads);
  else if (code == packingRows) packRows(p, thread, threads);
}
