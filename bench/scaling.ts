import { cpus } from 'node:os';
import { memory, version_core as tfjs } from '@tensorflow/tfjs-core';
import { type Recipe, train } from 'pyramidion';
import type { Sample } from 'pyramidion/data';
import { useBackend } from 'pyramidion/engine';
import { ladder, small } from '../examples/ladder.ts';

const rounds = 6;

/** Grey images with one box. */
const samples = (count: number, [height, width]: readonly [number, number]): Sample[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `grey/${i}`,
    width,
    height,
    objects: [{ box: [height / 4, width / 4, height * 0.7, width * 0.4], label: 'person' }],
    image: async () => ({ width, height, data: new Uint8Array(3 * width * height).fill(90 + (i % 100)) }),
  }));

/** The fastest step of a run, milliseconds, and the tensors there are after it. */
async function measure(size: readonly [number, number], batch: number, count = batch * rounds) {
  const recipe: Recipe = {
    name: 'scaling',
    optimizer: { name: 'sgd' },
    schedule: { name: 'constant', rate: 1e-4 },
    clipNorm: 10,
    batch,
    epochs: 1,
  };
  let fastest = Number.POSITIVE_INFINITY;
  let last = performance.now();
  const tensors: number[] = [];
  await train(ladder.fpn(small(size)), {
    data: samples(count, size),
    recipe,
    onReport: ({ kind }) => {
      if (kind !== 'step') return;
      fastest = Math.min(fastest, performance.now() - last);
      last = performance.now();
      tensors.push(memory().numTensors);
    },
  });
  return { fastest, grown: (tensors.at(-1) ?? 0) - (tensors[1] ?? 0) };
}

/** Time of a training step over pixels and images, and what stays in memory: the small fpn rung on tfjs wasm. */
export async function run(): Promise<{ ratio: number }> {
  await useBackend('wasm');
  console.log(
    `${cpus()[0]?.model}, Node ${process.versions.node}, TensorFlow.js ${tfjs}, ${rounds} steps each, fastest`,
  );
  const rows: { per: number }[] = [];
  for (const size of [
    [128, 256],
    [256, 256],
    [256, 512],
  ] as const)
    for (const batch of [1, 2, 4, 8]) {
      const { fastest } = await measure(size, batch);
      const per = (1e6 * fastest) / (size[0] * size[1] * batch);
      rows.push({ per });
      console.log(`${size.join('x')} batch ${batch}: ${fastest.toFixed(0)} ms, ${per.toFixed(1)} ns a pixel`);
    }
  const [few, many] = [await measure([128, 256], 2, 20), await measure([128, 256], 2, 200)];
  console.log(`tensors more after 10 steps: ${few.grown}, after 100 steps: ${many.grown}`);
  const costs = rows.map(({ per }) => per);
  const ratio = Math.max(...costs) / Math.min(...costs); // 1 would be a straight line through nothing
  console.log(`scaling ratio=${ratio.toFixed(2)}`);
  return { ratio };
}
