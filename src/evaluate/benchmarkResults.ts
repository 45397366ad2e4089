import type { EvaluatedImage } from './evaluatedImage.ts';
import { type MissRate, missRate } from './missRate.ts';
import { type Benchmark, type BenchmarkProtocol, benchmarkProtocols } from './protocols.ts';
import { anyCounts } from './results.ts';

/** A row of a benchmark's table. */
export interface BenchmarkResult {
  readonly protocol: BenchmarkProtocol;
  /** Undefined where no object counts. */
  readonly result: MissRate | undefined;
}

/**
 * The miss rate under every setting of a benchmark, in the table's order.
 *
 * @throws RangeError for no images; for what a protocol asks of images and they do not tell; for scores and boxes that are not finite
 */
export function benchmarkResults(images: readonly EvaluatedImage[], benchmark: Benchmark): BenchmarkResult[] {
  if (images.length === 0) throw new RangeError('benchmarkResults: images is empty; give at least one');
  return benchmarkProtocols
    .filter((row) => row.benchmark === benchmark)
    .map((protocol) => ({
      protocol,
      result: anyCounts('benchmarkResults', images, protocol) ? missRate(images, protocol) : undefined,
    }));
}
