import { type HasParts, weights } from '../core/block.ts';
import { isFar } from '../tfjs/heldBackend.ts';

/** Brings the numbers of weights home that a run left in a worker, so that everything can read them at once. */
export async function bringHome(model: HasParts): Promise<void> {
  for (const weight of weights(model).values()) {
    const value = weight.read();
    if (isFar(value)) weight.write(await value.data<'float32'>());
  }
}
