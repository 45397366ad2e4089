import { granted } from './arena.ts';
import type { Buffer } from './emit.ts';
import type { EnginePlan } from './planner.ts';
import type { Step } from './section.ts';

/** Bytes that a plan needs: known before any is taken. */
export interface Planned {
  /** Shared by all plans of the engine, which run one at a time. */
  readonly arena: number;
  /** Folded and packed weights, shared with plans that read the same. */
  readonly weights: number;
  /** Its list of commands, constants, and inputs that come from elsewhere. */
  readonly own: number;
  /** Inputs that become results. */
  readonly donated: number;
  /** Results that are new at each run. */
  readonly results: number;
}

/** Of the words of commands. */
export const wordBytes = (steps: readonly Step[]): number =>
  steps.reduce((sum, { words }) => sum + 4 * (words.length + 2), 0);

const grantedFor = (buffers: Iterable<Buffer>) => [...buffers].reduce((sum, { bytes }) => sum + granted(bytes), 0);

export function plannedOf({ main, arena, standing, inputs, outputs, donated }: EnginePlan): Planned {
  const given = inputs.map(({ buffer }) => buffer);
  const isGiven = new Set(given);
  return {
    arena: Math.max(arena.bytes, ...standing.map((one) => one.arena.bytes)),
    weights: grantedFor(standing.map(({ buffer }) => buffer)),
    own:
      granted(wordBytes(main.steps)) +
      grantedFor(main.constants.keys()) +
      grantedFor(given.filter((_, i) => !donated.has(i))),
    donated: grantedFor(given.filter((_, i) => donated.has(i))),
    results: grantedFor(outputs.map(({ buffer }) => buffer).filter((buffer) => !isGiven.has(buffer))),
  };
}

/** All of it together. */
export const allOf = ({ arena, weights, own, donated, results }: Planned): number =>
  arena + weights + own + donated + results;
