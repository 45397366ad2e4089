import { FormatError } from '../data/formatError.ts';
import type { WeightFile } from './fileTensor.ts';
import { isHdf5 } from './hdf5.ts';
import { openKeras } from './keras.ts';
import { isPytorch, openPytorch } from './pytorch.ts';
import { openRangedSafetensors, type RangedSource } from './rangedSafetensors.ts';
import { isSafetensors, openSafetensors } from './safetensors.ts';

/**
 * Opens a file of weights, whose format its first bytes tell: safetensors, PyTorch (both containers), Keras's HDF5.
 *
 * @param key which dictionary of a PyTorch checkpoint is meant
 * @throws FormatError for a file that is damaged, made to harm, or none of these
 */
export async function openWeights(given: Uint8Array | RangedSource, name: string, key?: string): Promise<WeightFile> {
  if (!(given instanceof Uint8Array)) {
    const first = new Uint8Array(Math.min(16, given.size));
    await given.readInto(0, first);
    if (!isHdf5(first) && !isPytorch(first) && isSafetensors(first)) return openRangedSafetensors(given, name);
  }
  const bytes = given instanceof Uint8Array ? given : await whole(given);
  if (isHdf5(bytes)) return openKeras(bytes, name);
  if (isPytorch(bytes)) return openPytorch(bytes, name, key);
  if (isSafetensors(bytes)) return openSafetensors(bytes, name);
  const begins = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  throw new FormatError(
    `${name}: ${bytes.length} bytes that begin with ${begins || 'nothing'} are no weights; safetensors, PyTorch's .pth and Keras's .h5 can be read`,
  );
}

async function whole({ size, readInto }: RangedSource): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  await readInto(0, bytes);
  return bytes;
}
