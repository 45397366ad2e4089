import { factsOf, type HasParts, walk } from './block.ts';
import { isWeight } from './weight.ts';

export interface FreezeOptions {
  /** Whether the weights train, scale and shift of batch norms too. Default false. */
  readonly trainable?: boolean;
  /** Which statistics its batch norms use in training. Default `stored`. */
  readonly statistics?: 'batch' | 'stored';
}

/**
 * Sets the two switches of everything under a block: `freeze(at(model, 'backbone/stage1'))`.
 * Gamma and beta over stored statistics: `freeze(model, { trainable: true, statistics: 'stored' })`.
 */
export function freeze(root: HasParts, { trainable = false, statistics = 'stored' }: FreezeOptions = {}): void {
  for (const [, part] of walk(root)) {
    if (isWeight(part)) part.trainable = trainable && part.kind === 'trainable';
    else factsOf(part).statistics = statistics;
  }
}

/** Lets everything under a block train again, batch norms on the batch's statistics. */
export function unfreeze(root: HasParts): void {
  freeze(root, { trainable: true, statistics: 'batch' });
}
