import { cpus } from 'node:os';
import { dispose, type Tensor, type Tensor4D, version_core as tfjs, zeros } from '@tensorflow/tfjs-core';
import { type Block, compile, efficientNetB0, efficientNetV2B0, simplify, trace } from 'pyramidion';
import { useBackend, wasmEngine } from 'pyramidion/engine';

const rounds = 7;
const sides = [128, 192, 256, 384, 512, 768, 1024] as const;
/** Below it what does not depend on pixels (weights that are read, the call) is no small part. */
const large = 256;
const models: readonly { readonly name: string; readonly make: () => Block<Tensor4D, object> }[] = [
  { name: 'B0', make: () => efficientNetB0() },
  { name: 'V2 B0', make: () => efficientNetV2B0() },
];

/** Milliseconds of a run until its numbers are on the host. */
function timed(run: () => object): number {
  const start = performance.now();
  const made = run();
  for (const tensor of Object.values<Tensor>({ ...made })) tensor.dataSync();
  const time = performance.now() - start;
  dispose({ ...made });
  return time;
}

/** Time and bytes over pixels on our engine, one thread: the sizes of a round one after the other, the least of each. */
export async function run(): Promise<{ ratio: number }> {
  await useBackend('wasm');
  console.log(
    `${cpus()[0]?.model}, Node ${process.versions.node}, TensorFlow.js ${tfjs}, one thread, minimum of ${rounds}\n`,
  );
  console.log('| model | input | ms | ns a pixel | arena, MB | bytes a pixel |\n|---|---|---|---|---|---|');
  const ratios = [];
  for (const { name, make } of models) {
    const model = make();
    const target = await wasmEngine({ threads: 1 });
    const fast = compile(model, { target });
    const least = sides.map(() => Number.POSITIVE_INFINITY);
    for (let round = -1; round < rounds; round++)
      for (const [i, side] of sides.entries()) {
        const image: Tensor4D = zeros([1, side, side, 3]);
        const time = timed(() => fast(image));
        if (round >= 0) least[i] = Math.min(least[i] ?? time, time); // the first one warms up
        image.dispose();
      }
    const costs = sides.map((side, i) => (1e6 * (least[i] ?? Number.NaN)) / side ** 2);
    for (const [i, side] of sides.entries()) {
      const { arena } = target.prepare(simplify(trace(model, [1, side, side, 3]))).planned;
      const cells = [name, `${side}x${side}`, least[i]?.toFixed(1), costs[i]?.toFixed(0), (arena / 1e6).toFixed(1)];
      console.log(`| ${[...cells, (arena / side ** 2).toFixed(0)].join(' | ')} |`);
    }
    const steady = costs.filter((_, i) => (sides[i] ?? 0) >= large);
    ratios.push(Math.max(...steady) / Math.min(...steady)); // 1 would be a straight line through nothing
    target.dispose();
  }
  const ratio = Math.max(...ratios);
  console.log(`\nengine-scaling ratio=${ratio.toFixed(2)}`);
  return { ratio };
}
