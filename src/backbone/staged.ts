import type { Tensor4D } from '@tensorflow/tfjs-core';
import { type Block, block } from '../core/block.ts';
import { type Backbone, type Feature, type Maps, mapLevels, type Stage, type Variant } from '../core/levels.ts';

/** One stage: blocks in order, the stride of the first, the channels it ends with. */
export interface BuiltStage {
  readonly blocks: readonly Block[];
  readonly stride: number;
  readonly channels: number;
}

export interface Build {
  /** What comes before the stages. Default nothing. */
  readonly stem?: Block;
  /** Default 1. */
  readonly stemStride?: number;
  readonly stages: readonly BuiltStage[];
  /** What the parts that are stages are called, before their number. Default `stage`. */
  readonly prefix?: string;
  readonly variant: Variant;
  /** Its factory's name, where it is a published size. */
  readonly architecture?: string | undefined;
}

/**
 * A stem and stages as a backbone. With taps by `stage` the n-th name is the n-th stage's last map; by `stride` a name
 * is the last map before the stride grows, and the last of all.
 *
 * @throws RangeError if names and taps differ in number
 */
export function stagedBackbone<const S extends Stage>(
  names: readonly S[],
  build: Build,
  taps: 'stage' | 'stride',
): Backbone<S> {
  const { stem, stemStride = 1, stages, prefix = 'stage', variant, architecture } = build;
  const last = stages.flatMap((_, i) => {
    const next = stages[i + 1];
    return taps === 'stage' || next === undefined || next.stride > 1 ? [i] : [];
  });
  if (last.length !== names.length)
    throw new RangeError(`backbone: ${last.length} maps but ${names.length} names, ${names.join(', ')}`);

  const strideAt = (stage: number) => stages.slice(0, stage + 1).reduce((s, { stride }) => s * stride, stemStride);
  const features = mapLevels(names, (_, i): Feature => {
    const stage = last[i] ?? 0;
    return { channels: stages[stage]?.channels ?? 0, stride: strideAt(stage) };
  });

  const upTo = (deepest: number): Backbone<S> => {
    const depth = (last[deepest] ?? -1) + 1;
    const parts = Object.fromEntries(stages.slice(0, depth).map(({ blocks }, i) => [`${prefix}${i + 1}`, blocks]));
    const run = block({ stem, ...parts }, (image: Tensor4D, pass): Maps<S> => {
      let x = stem ? stem(image, pass) : image;
      const maps = new Map<string, Tensor4D>();
      for (const [i, { blocks }] of stages.slice(0, depth).entries()) {
        for (const step of blocks) x = step(x, pass);
        const name = names[last.indexOf(i)];
        if (name !== undefined) maps.set(name, x);
      }
      // Deeper maps than were asked for are not there: `until` is called by a detector that knows what its neck reads.
      return Object.fromEntries(maps) as Maps<S>;
    });
    return Object.assign(run, {
      stages: names,
      features,
      variant,
      standardization: variant.standardization,
      ...(architecture === undefined ? {} : { architecture }),
      until: (read: readonly S[]) => upTo(Math.max(...read.map((name) => names.indexOf(name)))),
    });
  };
  return upTo(names.length - 1);
}
