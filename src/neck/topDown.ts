import type { Tensor4D } from '@tensorflow/tfjs-core';
import { fuse as fuseBlock } from '../block/fuse.ts';
import { type Block, block } from '../core/block.ts';
import { type Maps, mapLevels, type Stage } from '../core/levels.ts';

/** A coarse map, and the finer one whose shape it shall have. */
export interface Raise {
  readonly coarse: Tensor4D;
  readonly fine: Tensor4D;
}

export interface TopDownOptions<S extends Stage> {
  /** Stages to join, finest first. */
  readonly stages: readonly S[];
  /** Makes the block that brings a coarse map to the shape of the next finer one. */
  readonly raise: () => Block<Raise>;
  /** How the two become one. */
  readonly fuse: 'sum' | 'fast' | 'softmax';
}

/**
 * From the coarsest map down: each is raised to the shape of the next finer one and joined with it. Same names and shapes.
 *
 * @throws RangeError where a raised map is not the shape of the finer one
 */
export function topDown<const S extends Stage>(options: TopDownOptions<S>): Block<Maps<S>, Maps<S>> {
  const { stages, raise, fuse: method } = options;
  const steps = mapLevels(stages.slice(0, -1), () => ({ raise: raise(), fuse: fuseBlock({ method }) }));
  return block(steps, (maps: Maps<S>, pass): Maps<S> => {
    const joined = new Map<S, Tensor4D>();
    let above: S | undefined;
    for (const stage of [...stages].reverse()) {
      const fine = maps[stage];
      const coarse = above === undefined ? undefined : joined.get(above);
      if (above === undefined || coarse === undefined) joined.set(stage, fine);
      else {
        const raised = steps[stage].raise({ coarse, fine }, pass);
        if (`${raised.shape}` !== `${fine.shape}`) throw mismatch(stage, fine, above, raised);
        joined.set(stage, steps[stage].fuse([fine, raised], pass));
      }
      above = stage;
    }
    return mapLevels(stages, (stage) => joined.get(stage) ?? maps[stage]);
  });
}

function mismatch(stage: string, fine: Tensor4D, above: string, raised: Tensor4D): RangeError {
  const size = ([, h, w, c]: number[]) => `${h}x${w} with ${c} channels`;
  return new RangeError(
    `fpn: ${stage} is ${size(fine.shape)} but ${above} doubled is ${size(raised.shape)}; ` +
      `use an input whose sides are multiples of the coarsest stage's stride, 2^${above.slice(1)} in the FPN family`,
  );
}
