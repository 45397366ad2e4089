import type { BackendValues, Tensor } from '@tensorflow/tfjs-core';
import type { ConstantValue } from '../trace/graph.ts';

export type Numbers = Float32Array | Int32Array | Uint8Array;

/** The numbers of a constant, wherever they are. @throws TypeError for texts */
export function numbersOf({ name, numbers, dtype }: ConstantValue): Numbers {
  const values: BackendValues = isTensor(numbers) ? numbers.dataSync() : numbers;
  if (dtype === 'float32' && values instanceof Float32Array) return values;
  if (dtype === 'float32' && isNumbers(values)) return Float32Array.from(values);
  if (dtype === 'int32' && isNumbers(values)) return Int32Array.from(values);
  if (dtype === 'bool' && isNumbers(values)) return Uint8Array.from(values);
  throw new TypeError(`${name}: a constant of type ${dtype} can't be exported; float32, int32 and bool can`);
}

const isTensor = (numbers: BackendValues | Tensor): numbers is Tensor => 'dataSync' in numbers;
const isNumbers = (values: BackendValues): values is Numbers => ArrayBuffer.isView(values);

/** The same numbers with the axes in another order. `order[i]` is the axis that becomes the i-th. */
export function permuted<T extends Numbers>(numbers: T, shape: readonly number[], order: readonly number[]): T {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const sides = order.map((axis) => shape[axis] ?? 1);
  const steps = order.map((axis) => strides[axis] ?? 1);
  const made = numbers.slice() as T; // the same kind of array, which its type does not say
  const [side = 1, step = 1] = [sides.at(-1), steps.at(-1)];
  const place = sides.map(() => 0);
  let from = 0;
  for (let to = 0; to < made.length; to += side) {
    for (let i = 0; i < side; i++) made[to + i] = numbers[from + i * step] ?? 0;
    for (let axis = sides.length - 2; axis >= 0; axis--) {
      const [length, stride] = [sides[axis] ?? 1, steps[axis] ?? 1];
      const at = (place[axis] ?? 0) + 1;
      place[axis] = at < length ? at : 0;
      from += at < length ? stride : stride * (1 - length);
      if (at < length) break;
    }
  }
  return made;
}
