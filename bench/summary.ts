import { cpus } from 'node:os';
import { version_core as tfjs } from '@tensorflow/tfjs-core';
import { efficientNetB7 } from '../src/backbone/efficientNet.ts';
import { formatSummary } from '../src/trace/formatSummary.ts';
import { summary } from '../src/trace/summary.ts';

const rounds = 15;
/** What it may take, milliseconds. */
const allowed = 200;

/** The median of some numbers. */
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** How long it takes to summarise EfficientNet-B7 at 600 pixels: a new model each round, made outside of the clock. */
export async function run(): Promise<{ ratio: number }> {
  const times = Array.from({ length: rounds }, () => {
    const model = efficientNetB7();
    const start = performance.now();
    summary(model, [1, 600, 600, 3]);
    return performance.now() - start;
  });
  console.log(formatSummary(summary(efficientNetB7(), [1, 600, 600, 3], { name: 'EfficientNet-B7', depth: 1 })));
  console.log(`\n${cpus()[0]?.model}, Node ${process.versions.node}, TensorFlow.js ${tfjs}`);
  const [first = 0, ...warm] = times;
  console.log(`the first ${first.toFixed(1)} ms, then ${median(warm).toFixed(1)} ms (${rounds - 1} rounds, median)`);
  const ratio = median(warm) / allowed;
  console.log(`summary ratio=${ratio.toFixed(2)}`);
  return { ratio };
}
