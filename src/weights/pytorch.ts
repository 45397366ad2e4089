import { byteReader } from '../data/byteReader.ts';
import { FormatError } from '../data/formatError.ts';
import { checkName, type FileTensor, type WeightFile, widths } from './fileTensor.ts';
import { stateDict } from './stateDict.ts';
import { tensorIn, torchPickle } from './torchPickle.ts';
import { spelled } from './unpickle.ts';
import { openZip } from './zip.ts';

/** Whether bytes begin as a file of torch.save does: as a zip file, or as a pickle. */
export const isPytorch = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x50 && bytes[1] === 0x4b) || (bytes[0] === 0x80 && (bytes[1] ?? 9) <= 5);

const magic = 0x1950a86a20f9469cfc6cn;

/**
 * Opens a file of `torch.save`, of either container. Its pickle is read as data: tensors and the dictionaries that hold
 * them; everything else that it asks for is refused by name, and nothing of it is ever run.
 *
 * @param key which of a checkpoint's dictionaries is meant, where the usual ones are not
 * @throws FormatError for a file that is cut, damaged or made to harm, or holds more than tensors
 * @see pytorch, torch/serialization.py
 */
export function openPytorch(bytes: Uint8Array, name = 'pytorch', key?: string): WeightFile {
  const { root, storages } = bytes[0] === 0x50 ? zipped(bytes, name) : legacy(bytes, name);
  const tensors = new Map<string, FileTensor>();
  for (const [place, tensor] of stateDict(root, name, key)) {
    checkName(place, name);
    const stored = storages.get(tensor.storage.key);
    if (stored === undefined)
      throw new FormatError(`${name}: ${place} is of storage '${tensor.storage.key}', which is not there`);
    tensors.set(place, tensorIn(tensor, stored, `${name}: ${place}`));
  }
  return { format: 'pytorch', tensors, metadata: {}, close: () => {} };
}

/** Since PyTorch 1.6: a zip file of a pickle, `data.pkl`, and a file for each storage, `data/KEY`, in one folder. */
function zipped(bytes: Uint8Array, name: string) {
  const entries = openZip(bytes, name);
  const pickles = [...entries.keys()].filter((entry) => /^[^/]+\/data\.pkl$/.test(entry));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1)
    throw new FormatError(
      `${name}: a zip file of ${entries.size} entries, but not of torch.save, which has one FOLDER/data.pkl; it has ${pickles.length}`,
    );
  const folder = pickle.slice(0, pickle.indexOf('/'));
  const order = entries.get(`${folder}/byteorder`);
  if (order !== undefined && new TextDecoder().decode(order) !== 'little')
    throw new FormatError(`${name}: its numbers are big-endian; save it again on another machine`);
  const storages = new Map<string, Uint8Array>();
  for (const [entry, stored] of entries)
    if (entry.startsWith(`${folder}/data/`)) storages.set(entry.slice(folder.length + 6), stored);
  return { root: torchPickle(entries.get(pickle) ?? new Uint8Array(), 0, `${name}: ${pickle}`).value, storages };
}

/** Before: five pickles (magic number, version, facts of the machine, the value, keys), then a count and the numbers for each key. */
function legacy(bytes: Uint8Array, name: string) {
  let at = 0;
  const next = () => {
    const { value, end } = torchPickle(bytes, at, name);
    at = end;
    return value;
  };
  const found = next();
  if (found !== magic)
    throw new FormatError(`${name}: a pickle, but not of torch.save; only files of tensors are read`);
  const version = next();
  if (version !== 1001) throw new FormatError(`${name}: of version ${spelled(version)} of torch.save; 1001 is read`);
  const facts = next();
  if (facts instanceof Map && facts.get('little_endian') === false)
    throw new FormatError(`${name}: its numbers are big-endian; save it again on another machine`);
  const types = new Map<string, string>(); // of each storage, by key: the numbers behind the pickles do not say
  const { value: root, end } = torchPickle(bytes, at, name, (key, dtype) => types.set(key, dtype));
  at = end;
  const keys = next();
  if (!Array.isArray(keys)) throw new FormatError(`${name}: has no list of storages; is it damaged?`);
  const file = byteReader(bytes, name);
  const storages = new Map<string, Uint8Array>();
  for (const key of keys) {
    if (typeof key !== 'string' || storages.has(key))
      throw new FormatError(`${name}: '${spelled(key)}' is no key of a storage, or there twice; is it damaged?`);
    const count =
      file.u32(at, `the count of storage ${key}`) + 2 ** 32 * file.u32(at + 4, `the count of storage ${key}`);
    const width = widths[types.get(key) ?? ''];
    if (width === undefined) throw new FormatError(`${name}: storage '${key}' is of no tensor; is it damaged?`);
    const stored = file.bytes(at + 8, count * width, `storage ${key} of ${count} numbers`);
    storages.set(key, stored);
    at += 8 + stored.length;
  }
  return { root, storages };
}
