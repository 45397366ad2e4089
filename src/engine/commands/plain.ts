// Commands of plain memory, by number.
import { runFill, runMove } from './arrange';
import { runGather, runGatherNd, runOneHot, runScatter } from './arrangeIndex';
import { runChain } from './chain';
import { chain, extremeAt, fill, gather, gatherNd, move, oneHot, reduce, scan, scatter, softmax, topK } from './codes';
import { runTopK } from './order';
import { runReduce } from './reduce';
import { runExtremeAt, runScan, runSoftmax } from './reduceRows';

export function runPlain(code: i32, p: usize, thread: i32, threads: i32): void {
  if (code == chain) runChain(p, thread, threads);
  else if (code == move) runMove(p, thread, threads);
  else if (code == fill) runFill(p, thread, threads);
  else if (code == gather) runGather(p, thread, threads);
  else if (code == gatherNd) runGatherNd(p, thread, threads);
  else if (code == scatter) runScatter(p, thread, threads);
  else if (code == oneHot) runOneHot(p, thread, threads);
  else if (code == reduce) runReduce(p, thread, threads);
  else if (code == softmax) runSoftmax(p, thread, threads);
  else if (code == scan) runScan(p, thread, threads);
  else if (code == extremeAt) runExtremeAt(p, thread, threads);
  else if (code == topK) runTopK(p, thread, threads);
}
