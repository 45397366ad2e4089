import { type HasParts, weights } from '../core/block.ts';
import type { Weight } from '../core/weight.ts';
import type { FileTensor } from './fileTensor.ts';
import type { NamedWeight, NameMap } from './nameMap.ts';

/** Places of a model as names: ours. Weights of any variant are named so. */
export const ourNames: NameMap = {
  name: 'pyramidion',
  variants: [],
  entries: (model) => new Map([...weights(model)].map(([place, weight]) => [place, { weight, layout: 'same' }])),
};

/** The weights of a model by their names in a file. */
export interface Recognised {
  readonly map: NameMap;
  readonly entries: ReadonlyMap<string, NamedWeight & { readonly place: string }>;
  /** How many of the names are in the file. */
  readonly known: number;
}

/** The weights of a model as a map names them; undefined where it has no rule for a block. */
export function entriesOf(
  map: NameMap,
  model: HasParts,
  places: ReadonlyMap<Weight, string> = placesOf(model),
): Recognised['entries'] | undefined {
  try {
    const named = new Map<string, NamedWeight & { readonly place: string }>();
    for (const [name, entry] of map.entries(model))
      named.set(name, { ...entry, place: places.get(entry.weight) ?? name });
    return named;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const placesOf = (model: HasParts) =>
  new Map<Weight, string>([...weights(model)].map(([place, weight]) => [weight, place]));

/** The map that knows most of the names in a file; of equals one for the model's variant. Undefined where none knows any. */
export function recognise(
  model: HasParts,
  tensors: ReadonlyMap<string, FileTensor>,
  maps: readonly NameMap[],
  variant: string | undefined,
): Recognised | undefined {
  const rank = ({ known, map }: Recognised) =>
    2 * known + Number(variant === undefined || map.variants.length === 0 || map.variants.includes(variant));
  const most = 2 * tensors.size + 1;
  const places = placesOf(model);
  let best: Recognised | undefined;
  for (const map of maps) {
    const named = entriesOf(map, model, places);
    if (named === undefined) continue;
    const entries = new Map([...named].map(([name, entry]) => [nameIn(tensors, name), entry]));
    const known = [...entries.keys()].filter((name) => tensors.has(name)).length;
    const found = { map, entries, known };
    if (known > 0 && (best === undefined || rank(found) > rank(best))) best = found;
    if (best && rank(best) === most) break;
  }
  return best;
}

/** A name as a file has it: Keras 3 calls a depthwise kernel a kernel, where a file has the names of its variables. */
function nameIn(tensors: ReadonlyMap<string, FileTensor>, name: string): string {
  const other = name.replace(/\/depthwise_kernel:0$/, '/kernel:0');
  return !tensors.has(name) && tensors.has(other) ? other : name;
}

/** Prefixes of wrappers: DataParallel, torch.compile, effdet's benches. */
const wrappers = ['module.', '_orig_mod.', 'model.'];

/** Tensors by name without the prefixes that wrappers of a model give to all of them. */
export function unwrapped(tensors: ReadonlyMap<string, FileTensor>): ReadonlyMap<string, FileTensor> {
  const names = [...tensors.keys()];
  const wrapper = wrappers.find((prefix) => names.length > 0 && names.every((name) => name.startsWith(prefix)));
  if (wrapper === undefined) return tensors;
  return unwrapped(new Map([...tensors].map(([name, tensor]) => [name.slice(wrapper.length), tensor])));
}
