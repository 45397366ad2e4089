import { block } from '../core/block.ts';
import type { Level, Maps, Neck, Stage } from '../core/levels.ts';

/** The level with the number of a stage: P3 of C3. */
export type LevelOf<S extends Stage> = S extends `C${infer N}` ? Extract<Level, `P${N}`> : never;
export const levelOf = <S extends Stage>(stage: S) => `P${stage.slice(1)}` as LevelOf<S>;

/** Maps of stages under the names of their levels. */
export function toLevels<S extends Stage>(maps: Maps<S>, stages: readonly S[]): Maps<LevelOf<S>> {
  return Object.fromEntries(stages.map((stage) => [levelOf(stage), maps[stage]])) as Maps<LevelOf<S>>;
}

export interface SelectOptions<S extends Stage> {
  /** Stages to hand on, finest first. */
  readonly stages: readonly S[];
}

/** Hands maps of the backbone to the head as they are, P3 for C3. No weights. */
export function select<const S extends Stage>({ stages }: SelectOptions<S>): Neck<S, LevelOf<S>> {
  const run = block({}, (maps: Maps<S>) => toLevels(maps, stages));
  return Object.assign(run, { needs: stages, levels: stages.map(levelOf) });
}
