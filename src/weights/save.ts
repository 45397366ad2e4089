import { type HasParts, weights } from '../core/block.ts';
import { shapeThere, toThere } from './layout.ts';
import type { NameMap } from './nameMap.ts';
import { reordered } from './names/order.ts';
import { ourNames } from './recognise.ts';
import { type StoredTensor, writeSafetensors } from './safetensors.ts';
import { variantOf } from './variantCheck.ts';

/** Where the metadata of a file say which variant its weights are of. */
export const variantKey = 'pyramidion.variant';

export interface SaveOptions {
  /** How the weights are named, and with it how they lie. Default ours: by place. */
  readonly names?: NameMap;
  /** Free text by name, beside the variant, which is always written where it is known. */
  readonly metadata?: { readonly [name: string]: string };
}

/**
 * The weights of a model as a safetensors file of float32.
 *
 * @throws RangeError for a model that the names are not for
 */
export async function saveWeights(
  model: HasParts,
  { names = ourNames, metadata = {} }: SaveOptions = {},
): Promise<Uint8Array> {
  const named = names.entries(model);
  const all = weights(model).size;
  if (named.size !== all)
    throw new RangeError(
      `saveWeights: ${names.name} names ${named.size} of the model's ${all} weights; the rest would be lost`,
    );
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { weight, layout, order }] of named) {
    const own = await weight.read().data<'float32'>();
    const shape = weight.shape ?? [];
    const values = toThere(order ? reordered(own, shape, order) : own, layout, shape);
    tensors.set(name, { shape: shapeThere(layout, shape), values });
  }
  const variant = variantOf(model);
  return writeSafetensors({
    tensors,
    metadata: { ...(variant !== undefined && { [variantKey]: variant }), ...metadata },
  });
}
