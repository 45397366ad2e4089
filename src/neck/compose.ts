import { block } from '../core/block.ts';
import type { Adapter, Level, Maps, Neck, Stage } from '../core/levels.ts';

/** A neck, then an adapter of its levels, as one neck: `compose(fpn({ ... }), lift({ ... }))`. */
export function compose<S extends Stage, L extends Level, M extends Level>(
  neck: Neck<S, L>,
  adapter: Adapter<NoInfer<L>, M>,
): Neck<S, M> {
  const run = block({ neck, adapter }, (maps: Maps<S>, pass): Maps<M> => adapter(neck(maps, pass), pass));
  return Object.assign(run, { needs: neck.needs, levels: adapter.levels });
}
