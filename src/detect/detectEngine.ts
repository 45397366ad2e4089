import { isBlock } from '../core/block.ts';
import { isCpuBackend } from '../core/cpuBackend.ts';
import type { LocalTarget } from '../trace/target.ts';
import type { DetectModel } from './detect.ts';
import type { RunDetector } from './detectRun.ts';

/** A model on our engine, or as it is where it cannot be there. */
type Fast = RunDetector & { readonly dispose?: () => void };

/** Models that are kept ready, those that ran last. */
const most = 2;
const ready = new Map<DetectModel, { readonly fast: Promise<Fast>; readonly on: LocalTarget | undefined }>();

/**
 * How a model runs where nobody says it: on our engine, which is loaded at the first call, in the place of tfjs's CPU
 * backends. A GPU that somebody chose stays chosen, and what is no block runs as it is.
 *
 * @param on an engine that it runs on, whatever was chosen
 */
export async function fastest(model: DetectModel, on?: LocalTarget): Promise<RunDetector> {
  if (!isBlock(model) || (on === undefined && !isCpuBackend())) return model;
  const drop = (old: DetectModel, other: Promise<Fast>) => {
    ready.delete(old);
    other.then(({ dispose }) => dispose?.()).catch(() => {}); // whoever waits for it is told
  };
  const before = ready.get(model);
  if (before && before.on !== on) drop(model, before.fast);
  const fast = ready.get(model)?.fast ?? onEngine(model, on);
  ready.delete(model); // the last used goes last
  ready.set(model, { fast, on });
  for (const [old, other] of ready) {
    if (ready.size <= most) break;
    drop(old, other.fast);
  }
  try {
    return await fast;
  } catch (error) {
    ready.delete(model); // the next call tries again
    throw error;
  }
}

async function onEngine(model: DetectModel, on: LocalTarget | undefined): Promise<Fast> {
  const [{ tryCompile }, { sharedEngine }] = await Promise.all([
    import('../trace/tryCompile.ts'),
    import('../engine/sharedEngine.ts'),
  ]);
  return tryCompile(model, [1, ...model.inputSize, 3], { target: on ?? (await sharedEngine()), label: 'detect' });
}
