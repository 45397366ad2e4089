import type { HasParts } from '../core/block.ts';
import type { Weight } from '../core/weight.ts';
import type { Layout } from './layout.ts';

/** Channels that stand in another order there: in runs of so many, ours number i is their number `run[i]`. */
export interface ChannelOrder {
  /** Of our shape: what a convolution reads, or what it makes, a bias among it. */
  readonly axis: 'in' | 'out';
  /** A swap: done twice it is undone. */
  readonly run: readonly number[];
}

/** One of our weights under a foreign name, and how its numbers lie there. */
export interface NamedWeight {
  readonly weight: Weight;
  readonly layout: Layout;
  readonly order?: ChannelOrder;
}

/** How somebody else names the weights of a model: rules over the tree of blocks. */
export interface NameMap {
  /** Whose names: `timm`. */
  readonly name: string;
  /** Variants whose weights are named so. */
  readonly variants: readonly string[];
  /**
   * Every weight of a model by its foreign name.
   *
   * @throws RangeError for a block without a rule
   */
  readonly entries: (model: HasParts) => ReadonlyMap<string, NamedWeight>;
}
