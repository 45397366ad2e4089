import { cast, sub, type Tensor, tidy, topk } from '@tensorflow/tfjs-core';

/**
 * The place of each number in its row, from the largest: 0, 1, 2 ...; the first of equals comes first. [..., n] -> [..., n] int32.
 * For choosing, outside gradients: it has none.
 *
 * @throws RangeError for a scalar
 */
export function ranks<T extends Tensor>(x: T): T {
  const n = x.shape.at(-1);
  if (n === undefined) throw new RangeError('ranks: x is a scalar; it must have at least one axis');
  return tidy(() => {
    const order = topk(x, n).indices; // of the largest, the next ...
    return topk(sub(n, cast(order, 'float32')), n).indices as T; // its inverse
  });
}
