import type { TypedArray } from '@tensorflow/tfjs-core';
import type { ConstantValue } from '../../trace/graph.ts';

/** @throws Error for a tensor that was disposed since, and for texts */
export function constantNumbers({ numbers, name, shape }: ConstantValue): TypedArray {
  if (ArrayBuffer.isView(numbers)) return numbers as TypedArray;
  if ('dataSync' in numbers && !numbers.isDisposed) return numbers.dataSync();
  throw new Error(
    `compile: the tensor of shape [${shape}] that the function uses from outside (${name}) was disposed, or holds texts; keep it, or give it as an input`,
  );
}
