import { getBackend, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Weight } from '../core/weight.ts';
import { FormatError } from '../data/formatError.ts';
import { type FileTensor, size, type WeightFile } from './fileTensor.ts';
import { fromThere, isSameOrder } from './layout.ts';
import type { Comparison } from './loadReport.ts';
import type { NamedWeight } from './nameMap.ts';
import { reordered } from './names/order.ts';
import type { Recognised } from './recognise.ts';

/** Whether the backend copies what a tensor is made of at once, so that one array can serve for many: others keep it. */
const copies = () => getBackend() === 'wasm';

interface Opened {
  readonly tensors: ReadonlyMap<string, FileTensor>;
  readonly opened: WeightFile;
  readonly signal: AbortSignal | undefined;
}

/** Gives weights their numbers: every tensor is made before the first weight changes, so that all change or none. */
export async function assign({ entries }: Recognised, { loaded }: Comparison, { tensors, opened, signal }: Opened) {
  const fits = new Set(loaded);
  const chosen = [...entries].filter(([, { place }]) => fits.has(place));
  const largest = Math.max(...chosen.map(([, { weight }]) => size(weight.shape ?? [])));
  let reused: Float32Array | undefined;
  const made: [Weight, Tensor][] = [];
  const take = ([name, entry]: (typeof chosen)[number]) => {
    if (copies()) reused ??= new Float32Array(largest);
    const values = numbersOf(tensors.get(name), entry, copies() ? reused : undefined);
    made.push([entry.weight, tensor(values, [...(entry.weight.shape ?? [])], 'float32')]);
  };
  try {
    if (opened.parts === undefined) for (const one of chosen) take(one);
    else {
      const waiting = new Map(chosen.map((one) => [tensors.get(one[0]), one]));
      const inFile = [...opened.tensors].filter(([, one]) => waiting.has(one)).map(([name]) => name);
      for await (const names of opened.parts(inFile)) {
        signal?.throwIfAborted();
        for (const name of names) {
          const one = waiting.get(opened.tensors.get(name));
          if (one) take(one);
        }
      }
    }
    for (const [weight, value] of made) weight.write(value);
  } finally {
    for (const [, value] of made) value.dispose();
  }
}

/** The numbers of a weight as they lie here; in the array that is given, or in the file where that is enough. */
function numbersOf(stored: FileTensor | undefined, { weight, layout, order }: NamedWeight, reused?: Float32Array) {
  const shape = weight.shape ?? [];
  const values = stored?.read() ?? new Float32Array();
  if (values.length !== size(shape))
    throw new FormatError(`${weight.place}: ${values.length} numbers were read, not those of [${shape}]`);
  if (order) return reordered(fromThere(values, layout, shape), shape, order);
  if (reused && isSameOrder(layout, shape)) return values;
  return fromThere(values, layout, shape, reused?.subarray(0, values.length));
}
