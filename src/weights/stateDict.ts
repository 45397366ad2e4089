import { FormatError } from '../data/formatError.ts';
import { TorchTensor } from './torchPickle.ts';
import { type PickleValue, spelled } from './unpickle.ts';

type Dictionary = ReadonlyMap<PickleValue, PickleValue>;

/** Where training scripts keep the weights, the likeliest first. */
const usual = ['state_dict', 'model_state_dict', 'model', 'net', 'network', 'weights', 'params'];
const deepest = 32;

/**
 * The tensors by name of what a file of PyTorch holds: a state dictionary, or a checkpoint that has one under `key`, or
 * under one of the usual keys, or under the only key with tensors. Dictionaries within it are joined by dots.
 *
 * @throws FormatError where none or several could be meant, naming the keys
 */
export function stateDict(value: PickleValue, name: string, key?: string): Map<string, TorchTensor> {
  if (!(value instanceof Map)) throw new FormatError(`${name}: holds no dictionary of tensors`);
  const found = key === undefined ? guessed(value, name) : named(value, key, name);
  const tensors = new Map<string, TorchTensor>();
  collect(found, '', tensors, new Set(), name);
  if (tensors.size === 0) throw new FormatError(`${name}: there are no tensors in it; it has ${keysOf(value)}`);
  return tensors;
}

function named(value: Dictionary, key: string, name: string): Dictionary {
  const found = value.get(key);
  if (!(found instanceof Map)) throw new FormatError(`${name}: has no dictionary '${key}'; it has ${keysOf(value)}`);
  return found;
}

const holdsTensors = (value: PickleValue): value is Map<PickleValue, PickleValue> =>
  value instanceof Map && [...value.values()].some((item) => item instanceof TorchTensor);

function guessed(value: Dictionary, name: string): Dictionary {
  if (holdsTensors(value)) return value;
  for (const key of usual) {
    const found = value.get(key);
    if (holdsTensors(found)) return found;
  }
  const inner = new Set([...new Set(value.values())].filter(holdsTensors));
  if (inner.size > 1) {
    const keys = [...value]
      .filter(([, item]) => item instanceof Map && inner.has(item))
      .map(([key]) => `'${spelled(key)}'`);
    throw new FormatError(
      `${name}: several of its dictionaries hold tensors; give one as key: ${keys.slice(0, 10).join(', ')}`,
    );
  }
  const [only = value] = inner;
  return only;
}

const keysOf = (value: Dictionary) =>
  [...value.keys()]
    .slice(0, 10)
    .map((key) => `'${spelled(key)}'`)
    .join(', ') || 'nothing';

function collect(
  from: Dictionary,
  prefix: string,
  tensors: Map<string, TorchTensor>,
  seen: Set<Dictionary>,
  name: string,
  depth = 0,
): void {
  if (seen.has(from) || depth > deepest)
    throw new FormatError(`${name}: a dictionary holds itself, or one twice; the file is damaged or made to harm`);
  seen.add(from);
  for (const [key, value] of from) {
    const full = `${prefix}${spelled(key)}`;
    if (value instanceof Map) collect(value, `${full}.`, tensors, seen, name, depth + 1);
    else if (value instanceof TorchTensor) {
      if (tensors.has(full)) throw new FormatError(`${name}: ${full} is there twice`);
      tensors.set(full, value);
    }
  }
}
