import { isFormatError } from '../../src/data/formatError.ts';
import { size } from '../../src/weights/fileTensor.ts';
import { openWeights } from '../../src/weights/open.ts';
import { writeSafetensors } from '../../src/weights/safetensors.ts';
import { keras2, keras3Listed, keras3Numbered } from './kerasFiles.ts';
import { dictionary, legacy, op, type SavedTensor, stateOf, tensorPickle, zipped } from './torchFiles.ts';

/** Files of weights by the reader that they are for; they are what is damaged. */
export interface WeightCase {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
}

const numbers = Float32Array.from({ length: 12 }, (_, i) => i);
const tensors: (readonly [string, SavedTensor])[] = [
  ['stem.weight', { storage: '0', count: 12, shape: [3, 4], strides: [1, 3] }],
  ['stem.bias', { storage: '0', count: 12, offset: 8, shape: [4], strides: [1] }],
  ['stem.num_batches_tracked', { storage: '1', type: 'LongStorage', count: 1, shape: [], strides: [] }],
];
const storages = { 0: numbers, 1: BigInt64Array.of(5n) };
const state = stateOf(tensors.map(([name, tensor]) => [name, tensorPickle(tensor)]));

export const weightCases: readonly WeightCase[] = [
  {
    name: 'safetensors',
    seeds: [
      writeSafetensors({
        tensors: new Map([
          ['stem/kernel', { shape: [3, 4], values: numbers }],
          ['stem/bias', { shape: [2], values: numbers.subarray(0, 2) }],
        ]),
        metadata: { note: 'a' },
      }),
    ],
  },
  {
    name: 'pytorch',
    seeds: [
      zipped(state, storages),
      zipped(
        dictionary([
          ['epoch', op.int(1)],
          ['state_dict', state],
        ]),
        storages,
      ),
      legacy(tensors, storages),
    ],
  },
  { name: 'keras', seeds: [keras2, keras3Listed, keras3Numbered] },
];

/** Most numbers that are read of one tensor: as many as a model would ask for. */
const asked = 1000;

/** Reads a file of weights as a model would, and says whether it was refused. @throws Error where a promise is broken */
export async function weightPromise(bytes: Uint8Array): Promise<'read' | 'refused'> {
  try {
    const file = await openWeights(bytes, 'damaged');
    try {
      for (const { shape, dtype, read } of file.tensors.values()) {
        if (size(shape) > asked || !/^B?F\d/.test(dtype)) continue;
        if (read().length !== size(shape)) throw new Error(`${read().length} numbers were read of [${shape}]`);
      }
    } finally {
      file.close();
    }
    return 'read';
  } catch (error) {
    if (!isFormatError(error)) throw error;
    if (!error.message.startsWith('damaged')) throw new Error(`'${error.message}' does not name the file`);
    return 'refused';
  }
}
