import type { ModelCard } from './card.ts';
import type { Recipe } from './recipe.ts';
import type { CheckpointRecord } from './state.ts';

/** What a run is that would go on. */
export interface Resuming {
  readonly seed: number | undefined;
  readonly card: ModelCard;
  readonly recipe: Recipe;
  readonly resumeWith: 'same' | 'changed';
}

/**
 * Whether a run may go on from a record. Another seed never; another recipe or other images where that is asked for, and
 * where they would not repeat some images of an epoch and leave out others.
 *
 * @throws RangeError saying what differs, and what to do
 */
export function checkResume(
  { state, recipe: before, card: { data: then } }: CheckpointRecord,
  { seed, card: { data }, recipe, resumeWith }: Resuming,
): void {
  if (seed !== undefined && seed !== state.seed)
    throw new RangeError(`resume: seed is ${seed}, but the checkpoint's run has ${state.seed}; leave seed out`);
  const differs = (what: string, now: unknown, then: unknown, remedy: string) => {
    if (now !== then) throw new RangeError(`resume: ${what} is ${now}, but was ${then} ${remedy}`);
  };
  const sameImages = (remedy: string) => {
    differs('the number of images', data.images, then.images, remedy);
    differs('the hash of their ids and sizes', data.sha256, then.sha256, remedy);
  };
  if (resumeWith === 'same') {
    const remedy = "in the checkpoint's run; give what it had, or resumeWith: 'changed' (--changed)";
    const other = firstDifference('recipe', recipe, before);
    if (other) differs(other.field, other.now, other.was, remedy);
    sameImages(remedy);
  }
  if (state.stepInEpoch === 0) return;
  const remedy =
    `when the checkpoint was made, after ${state.stepInEpoch} steps of epoch ${state.epoch + 1}; ` +
    'go on with what was, or from a checkpoint at the end of an epoch';
  sameImages(remedy);
  differs('batch', recipe.batch, before.batch, remedy);
  differs('accumulate', recipe.accumulate ?? 1, before.accumulate ?? 1, remedy);
  differs('last', recipe.last ?? 'drop', before.last ?? 'drop', remedy);
}

/** The first field in which plain data differ, as JSON. */
function firstDifference(
  field: string,
  now: unknown,
  then: unknown,
): { readonly field: string; readonly now: string; readonly was: string } | undefined {
  const [a, b] = [JSON.stringify(now), JSON.stringify(then)];
  if (a === b) return undefined;
  if (isRecord(now) && isRecord(then)) {
    for (const name of new Set([...Object.keys(now), ...Object.keys(then)])) {
      const inner = firstDifference(`${field}.${name}`, now[name], then[name]);
      if (inner) return inner;
    }
    return undefined; // in another order
  }
  return { field, now: a ?? 'not there', was: b ?? 'not there' };
}

const isRecord = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
