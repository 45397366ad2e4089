import { getBackend } from '@tensorflow/tfjs-core';
import { isBlock } from '../core/block.ts';
import type { DetectModel } from './detect.ts';
import type { RunDetector } from './detectRun.ts';

/** A model on our engine. */
interface Fast {
  readonly run: RunDetector;
  readonly dispose: () => void;
}

/** Models that are kept ready, those that ran last. */
const most = 2;
const ready = new Map<DetectModel, Fast>();

/**
 * How a model runs where nobody says it: on our engine, which is loaded at the first call, in the place of tfjs's CPU
 * backends. A GPU that somebody chose stays chosen, and what is no block runs as it is.
 */
export async function fastest(model: DetectModel): Promise<RunDetector> {
  if (!isBlock(model) || !['cpu', 'wasm'].includes(getBackend())) return model;
  const known = ready.get(model);
  ready.delete(model); // the last used goes last
  const fast = known ?? (await onEngine(model));
  ready.set(model, fast);
  for (const [old, { dispose }] of ready) {
    if (ready.size <= most) break;
    dispose();
    ready.delete(old);
  }
  return fast.run;
}

async function onEngine(model: DetectModel): Promise<Fast> {
  const [{ compile }, { trace }, { sharedEngine }] = await Promise.all([
    import('../trace/compile.ts'),
    import('../trace/trace.ts'),
    import('../engine/sharedEngine.ts'),
  ]);
  try {
    trace(model, [1, ...model.inputSize, 3]);
  } catch {
    return { run: model, dispose: () => {} }; // it reads numbers: what is wrong with it besides, it says itself
  }
  const fast = compile(model, { target: await sharedEngine(), label: 'detect' });
  return { run: fast, dispose: fast.dispose };
}
