import { type DataType, type Tensor, tensor, transpose, util } from '@tensorflow/tfjs-core';
import * as node from 'onnxruntime-node';
import { type HasParts, weights } from '../../src/core/block.ts';
import { keyedRandom } from '../../src/core/random.ts';
import { onnxBytes } from '../../src/export/onnxBytes.ts';
import type { OnnxOptions } from '../../src/export/toOnnx.ts';
import { onnxModel } from '../../src/export/toOnnx.ts';
import type { SpecOf } from '../../src/tfjs/abstractContainer.ts';

/** Numbers in both signs, or counted up for other types, the same in every run. */
export function drawn(shape: readonly number[], dtype: DataType = 'float32', key = 'drawn'): Tensor {
  const random = keyedRandom(key, shape.join('x'));
  const size = util.sizeFromShape([...shape]);
  const numbers = Array.from({ length: size }, () => 2 * random() - 1);
  if (dtype === 'float32') return tensor(numbers, [...shape]);
  return tensor(
    numbers.map((x) => (dtype === 'bool' ? Number(x > 0) : Math.floor(4 * x))),
    [...shape],
    dtype,
  );
}

/** The largest difference, relative to the largest number of what is expected. */
export function difference(expected: ArrayLike<number>, made: ArrayLike<number>): number {
  let [most, far] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const [a = 0, b = 0] = [expected[i], made[i]];
    most = Math.max(most, Math.abs(a));
    far = Math.max(far, Object.is(a, b) || a === b ? 0 : Math.abs(a - b));
    if (Number.isNaN(b) !== Number.isNaN(a)) return Number.POSITIVE_INFINITY;
  }
  return most === 0 ? far : far / most;
}

/** ONNX Runtime's binding for Node, or its build for the web, which runs in Node too. */
export type Runtime = Pick<typeof node, 'InferenceSession'>;

/** Runs a file by ONNX Runtime on one thread. */
export async function runOnnx(
  bytes: Uint8Array,
  inputs: { readonly [name: string]: Tensor },
  runtime: Runtime = node,
): Promise<{ readonly [name: string]: node.Tensor }> {
  const session = await runtime.InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  try {
    const feeds = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, ortTensor(value)]));
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

function ortTensor(value: Tensor): node.Tensor {
  const numbers = value.dataSync();
  if (value.dtype === 'int32') return new node.Tensor('int32', Int32Array.from(numbers), value.shape);
  if (value.dtype === 'bool') return new node.Tensor('bool', Uint8Array.from(numbers), value.shape);
  return new node.Tensor('float32', Float32Array.from(numbers), value.shape);
}

type Result = Tensor | { readonly [name: string]: Tensor };
const named = (result: Result): { readonly [name: string]: Tensor } =>
  'dataSync' in result && typeof result.dataSync === 'function'
    ? { output: result as Tensor }
    : (result as { [name: string]: Tensor });

/**
 * The largest difference of all outputs between a function and its ONNX file. `given` says what the input is;
 * maps are transposed for a file of NCHW.
 */
export async function onnxDifference(
  run: (input: never) => Result,
  given: Tensor | { readonly [name: string]: Tensor },
  options: OnnxOptions & { readonly spec?: unknown; readonly runtime?: Runtime } = {},
): Promise<number> {
  const { spec, runtime, ...rest } = options;
  const inputs = named(given);
  const own = 'output' in inputs && Object.keys(inputs).length === 1 ? { input: inputs.output as Tensor } : inputs;
  const model = onnxModel(run, (spec ?? given) as SpecOf<never>, rest);
  const laid = (value: Tensor) =>
    options.layout === 'NCHW' && value.rank === 4 ? transpose(value, [0, 3, 1, 2]) : value;
  const feeds = Object.fromEntries(Object.entries(own).map(([k, v]) => [k, laid(v)]));
  const made = await runOnnx(onnxBytes(model), feeds, runtime);
  const expected = named(run(given as never));
  let far = 0;
  for (const [name, value] of Object.entries(expected)) {
    const [mine, yours] = [laid(value), made[name]];
    if (yours === undefined) throw new Error(`no output ${name}; there are ${Object.keys(made)}`);
    if (`${yours.dims}` !== `${mine.shape}`) throw new Error(`${name} is [${yours.dims}], not [${mine.shape}]`);
    if (yours.type !== mine.dtype) throw new Error(`${name} is ${yours.type}, not ${mine.dtype}`);
    far = Math.max(far, difference(mine.dataSync(), yours.data as Float32Array));
  }
  return far;
}

/** Moves every weight away from zeros and ones, so that no mistake hides behind them; variances stay above 0. */
export function stirred<T extends HasParts>(model: T): T {
  for (const [place, weight] of weights(model)) {
    const numbers = weight.read().dataSync().slice() as Float32Array;
    const random = keyedRandom('stirred', place);
    weight.write(numbers.map((x) => x + 0.2 * random()));
  }
  return model;
}
