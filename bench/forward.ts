import { cpus } from 'node:os';
import '@tensorflow/tfjs-backend-wasm';
import {
  dispose,
  randomUniform,
  setBackend,
  type Tensor,
  type Tensor4D,
  version_core as tfjs,
  tidy,
} from '@tensorflow/tfjs-core';
import { type Block, compile, trainingPass, type Weight, weights } from 'pyramidion';
import { fastestBuild, wasmEngine } from 'pyramidion/engine';
import { onnxRuntime } from 'pyramidion/export';
import { pythonWith, runPython } from './python.ts';

/** A model, a size, and how often it runs. */
export interface Forward {
  readonly name: string;
  readonly make: () => Block<Tensor4D, object>;
  readonly sides: readonly [height: number, width: number];
  readonly rounds: number;
  /** A model of torchvision that is the same up to its padding, for PyTorch beside it. */
  readonly torchvision?: string;
}

/** torchvision's features in eval mode, channels last and first, one thread: milliseconds, the minimum of the rounds of each. */
const program = `
import json, sys, time, torch, torchvision
name, height, width, rounds = sys.argv[1], *map(int, sys.argv[2:5])
torch.set_num_threads(1)
def least(layout):
    net = getattr(torchvision.models, name)().features.eval().to(memory_format=layout)
    x = torch.rand(1, 3, height, width).to(memory_format=layout)
    times = []
    with torch.inference_mode():
        for _ in range(rounds + 3):
            start = time.perf_counter(); net(x); times.append(time.perf_counter() - start)
    return 1000 * min(times[3:])
print(json.dumps({'last': least(torch.channels_last), 'first': least(torch.contiguous_format), 'torch': torch.__version__}))`;

/** PyTorch eager in a process of its own, where a Python with torch and torchvision is there (PYTHON names one). */
function pytorch(name: string, sides: readonly number[], rounds: number): void {
  const python = pythonWith('torch', 'torchvision');
  if (python === undefined) {
    console.log('  PyTorch: not run, no Python with torch and torchvision (PYTHON names one)');
    return;
  }
  const { last, first, torch } = runPython(python, program, [name, ...sides.map(String), `${rounds}`]) as {
    readonly last: number;
    readonly first: number;
    readonly torch: string;
  };
  console.log(
    `  PyTorch ${torch} eager, after the others: channels last ${last.toFixed(1)} ms, channels first ${first.toFixed(1)} ms`,
  );
}

/**
 * Gives batch norms the statistics of an image, so that maps have the size that they have in a trained model: with fresh
 * weights and stored statistics of 0 and 1 a deep network is chaotic, and any two engines differ.
 */
function settleNorms(model: Block<Tensor4D, object>, image: Tensor4D): void {
  /** Statistics after one step from a number: momentum * from + (1 - momentum) * the batch's. */
  const stepFrom = (from: number): ReadonlyMap<Weight, Float32Array> => {
    for (const weight of weights(model).values())
      if (weight.kind === 'statistic') weight.write(new Float32Array(numbersIn(weight.shape ?? [])).fill(from));
    const pass = trainingPass();
    tidy(() => void model(image, pass));
    const moved = [...pass.updates].map(([weight, value]) => [weight, value.dataSync<'float32'>()] as const);
    dispose([...pass.updates.values()]);
    return new Map(moved);
  };
  tidy(() => void model(image)); // a backbone alone learns its shapes from its first image
  const [ofNone, ofOne] = [stepFrom(0), stepFrom(1)];
  for (const [weight, none] of ofNone) {
    const momentum = (ofOne.get(weight)?.[0] ?? 0) - (none[0] ?? 0);
    weight.write(none.map((x) => x / (1 - momentum)));
  }
}

const numbersIn = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

interface Contender {
  readonly name: string;
  readonly run: () => object | Promise<object>;
  readonly times: number[];
}

/** Milliseconds until the numbers of a result are on the host; it is disposed. */
async function timed(run: Contender['run']): Promise<number> {
  const start = performance.now();
  const made = await run();
  for (const tensor of Object.values<Tensor>({ ...made })) tensor.dataSync();
  const time = performance.now() - start;
  dispose({ ...made });
  return time;
}

/** The largest difference of two results, as a part of the largest number. */
function far(wanted: object, made: object): number {
  const others = new Map(Object.entries<Tensor>({ ...made }));
  return Math.max(
    ...Object.entries<Tensor>({ ...wanted }).map(([name, tensor]) => {
      const [a, b] = [tensor.dataSync<'float32'>(), others.get(name)?.dataSync<'float32'>()];
      let [largest, difference] = [0, 0];
      for (const [i, x] of a.entries()) {
        largest = Math.max(largest, Math.abs(x));
        difference = Math.max(difference, Math.abs(x - (b?.[i] ?? Number.NaN)));
      }
      return difference / largest;
    }),
  );
}

/**
 * Our engine beside tfjs's own wasm kernels over the same graph with folded batch norms, and ONNX Runtime for Node, each on
 * one thread: rounds interleaved, the minimum of each.
 */
export async function forward(label: string, models: readonly Forward[]): Promise<{ ratio: number }> {
  await setBackend('wasm'); // with the kernels of tfjs alone
  const build = fastestBuild();
  console.log(
    `${cpus()[0]?.model}, Node ${process.versions.node}, TensorFlow.js ${tfjs}, one thread, rounds interleaved, minimum`,
  );
  const ratios: number[] = [];
  for (const { name, make, sides, rounds, torchvision } of models) {
    const model = make();
    const image: Tensor4D = randomUniform([1, ...sides, 3], 0, 255, 'float32', 1);
    settleNorms(model, image);
    const builds = [...new Set([build, 'relaxed', 'plain'] as const)].filter(
      (one) => build !== 'plain' || one === 'plain',
    );
    const contenders: Contender[] = [];
    const add = (title: string, run: Contender['run']) => contenders.push({ name: title, run, times: [] });
    const replay = compile(model);
    add('tfjs wasm, batch norms folded', () => replay(image));
    for (const one of builds) {
      const engine = compile(model, { target: await wasmEngine({ build: one, threads: 1 }) });
      add(`our engine, ${one}`, () => engine(image));
    }
    const ort = compile(model, { target: onnxRuntime({ session: { intraOpNumThreads: 1, interOpNumThreads: 1 } }) });
    add('onnxruntime-node', () => ort(image));
    for (let round = -3; round < rounds; round++)
      for (const { run, times } of contenders) {
        const time = await timed(run);
        if (round >= 0) times.push(time); // the first three warm up
      }
    const least = contenders.map(({ times }) => Math.min(...times));
    const [theirs = Number.NaN, ours = Number.NaN] = least;
    const runtime = least.at(-1) ?? Number.NaN;
    const plain = await model(image);
    const made = await contenders[1]?.run();
    console.log(`\n${name}, ${rounds} rounds, results within ${far(plain, made ?? {}).toExponential(1)} of plain ops`);
    for (const [i, { name: title }] of contenders.entries()) {
      const time = least[i] ?? Number.NaN;
      console.log(
        `  ${title.padEnd(30)} ${time.toFixed(1).padStart(7)} ms, ${(time / theirs).toFixed(2)} of tfjs wasm, ${(time / runtime).toFixed(2)} of ONNX Runtime`,
      );
    }
    if (torchvision !== undefined) pytorch(torchvision, sides, rounds);
    ratios.push(ours / theirs);
  }
  const ratio = Math.max(...ratios);
  console.log(`\n${label} ratio=${ratio.toFixed(2)}`);
  return { ratio };
}
