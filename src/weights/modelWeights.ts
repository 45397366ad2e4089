import { type HasParts, weights } from '../core/block.ts';
import type { Safetensors, StoredTensor } from './safetensors.ts';

/** The numbers of every weight and statistic under a block, by place. */
export async function collectWeights(root: HasParts): Promise<Map<string, StoredTensor>> {
  const stored = new Map<string, StoredTensor>();
  for (const [place, weight] of weights(root)) {
    const values = await weight.read().data<'float32'>();
    stored.set(place, { shape: weight.shape ?? [], values: Float32Array.from(values) });
  }
  return stored;
}

/**
 * Gives every weight under a block its stored numbers; all of them or none.
 *
 * @throws RangeError listing what is missing, what is unexpected and which shapes differ
 */
export function assignWeights(root: HasParts, stored: ReadonlyMap<string, StoredTensor>, name = 'loadWeights'): void {
  checkWeights(root, stored, name);
  for (const [place, weight] of weights(root)) {
    const values = stored.get(place)?.values;
    if (values) weight.write(values);
  }
}

/** Whether stored numbers are those of a block. @throws RangeError as `assignWeights`, which asks it first */
export function checkWeights(root: HasParts, stored: ReadonlyMap<string, StoredTensor>, name: string): void {
  const own = weights(root);
  const missing = [...own.keys()].filter((place) => !stored.has(place));
  const unexpected = [...stored.keys()].filter((place) => !own.has(place));
  const differing = [...own].flatMap(([place, { shape = [] }]) => {
    const given = stored.get(place)?.shape;
    return given && `${given}` !== `${shape}` ? [`${place} is [${shape}] but [${given}] is stored`] : [];
  });
  const complaints = [
    ['missing', missing],
    ['unexpected', unexpected],
    ['of another shape', differing],
  ] as const;
  const said = complaints
    .filter(([, places]) => places.length > 0)
    .map(([what, places]) => {
      const more = places.length > 5 ? ` and ${places.length - 5} more` : '';
      return `${places.length} ${what}: ${places.slice(0, 5).join(', ')}${more}`;
    });
  if (said.length > 0) throw new RangeError(`${name}: these are weights of another model; ${said.join('; ')}`);
}

/** Where a checkpoint has its weights, beside the slots of the optimizer. */
export const weightPrefix = 'weights/';

/** The weights in a file, by place: all of one of weights, of a checkpoint those. */
export function weightsIn({ tensors, metadata }: Safetensors): ReadonlyMap<string, StoredTensor> {
  if (metadata.record === undefined) return tensors;
  const own = [...tensors].filter(([key]) => key.startsWith(weightPrefix));
  return new Map(own.map(([key, value]) => [key.slice(weightPrefix.length), value]));
}
