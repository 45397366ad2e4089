import type { FileTensor } from './fileTensor.ts';
import { isShapeThere } from './layout.ts';
import type { NamedWeight } from './nameMap.ts';

/** A weight whose shape in the file is another one. */
export interface Differing {
  readonly place: string;
  /** In the file. */
  readonly name: string;
  /** In the model. */
  readonly shape: readonly number[];
  /** In the file, as it lies there. */
  readonly stored: readonly number[];
}

/** What became of each weight of a model and of each tensor of a file. */
export interface Comparison {
  /** Places of the weights that the file has. */
  readonly loaded: readonly string[];
  /** Places of the weights that it has not. */
  readonly missing: readonly string[];
  /** Names of tensors that are none of the model's. */
  readonly unexpected: readonly string[];
  readonly differing: readonly Differing[];
}

/** @throws RangeError for a weight that has no shape yet */
export function compare(
  entries: ReadonlyMap<string, NamedWeight & { readonly place: string }>,
  tensors: ReadonlyMap<string, FileTensor>,
): Comparison {
  const loaded: string[] = [];
  const missing: string[] = [];
  const differing: Differing[] = [];
  for (const [name, { place, weight, layout }] of entries) {
    const { shape } = weight;
    if (shape === undefined)
      throw new RangeError(
        `loadWeights: ${place} has no shape yet; call its block once, or give it to detector({ ... })`,
      );
    const stored = tensors.get(name)?.shape;
    if (stored === undefined) missing.push(place);
    else if (isShapeThere(layout, shape, stored)) loaded.push(place);
    else differing.push({ place, name, shape, stored });
  }
  const unexpected = [...tensors.keys()].filter((name) => !entries.has(name));
  return { loaded, missing, unexpected, differing };
}

/** What is wrong, in words; empty where nothing is. */
export function complaint({ missing, unexpected, differing }: Omit<Comparison, 'loaded'>): string {
  const shapes = differing.map(({ place, name, shape, stored }) => {
    const called = name === place ? '' : ` as ${name}`;
    return `${place} is [${shape}] but [${stored}] is stored${called}`;
  });
  const kinds = [
    ['missing', missing],
    ['unexpected', unexpected],
    ['of another shape', shapes],
  ] as const;
  return kinds
    .filter(([, list]) => list.length > 0)
    .map(([what, list]) => {
      const more = list.length > 5 ? ` and ${list.length - 5} more` : '';
      return `${list.length} ${what}: ${list.slice(0, 5).join(', ')}${more}`;
    })
    .join('; ');
}
