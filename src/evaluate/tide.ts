import type { EvaluatedImage } from './evaluatedImage.ts';
import { type TideError, type TideFix, type TideName, type TideRun, tideErrors } from './tideErrors.ts';
import { type TidePoint, tidePrecision } from './tidePrecision.ts';

export interface TideOptions {
  /** Overlap from which a detection is right. Default .5. */
  readonly overlap?: number;
  /** Overlap up to which it has nothing to do with an object. Default .1. */
  readonly background?: number;
  /** Detections of an image that are looked at, best first. Default 100. */
  readonly maxDets?: number;
}

/** What the errors of each kind cost. */
export interface Tide {
  /** Mean over classes of the average precision at the overlap, 0 to 1. */
  readonly AP: number;
  /** How often each of the six errors was made, and what AP would gain if it alone were not. */
  readonly errors: Readonly<Record<TideName, { readonly count: number; readonly gain: number }>>;
  /** What AP would gain without any false detection, or without any missed object. */
  readonly falsePositives: number;
  readonly falseNegatives: number;
  /** Each error, with its place. */
  readonly list: readonly TideError[];
}

/** The six, as the figures of the paper name them. */
export const tideNames: readonly TideName[] = ['Cls', 'Loc', 'Both', 'Dupe', 'Bkg', 'Miss'];

/**
 * The errors of a detector by kind, each with what its AP would gain if the kind were set right: class, localisation,
 * both, duplicate, background, missed. An object with an `ignore` reason is a region in which false detections of its
 * label count neither way; of a label that no other object has, detections of any.
 *
 * @throws RangeError for no images, or none with an object that counts; for overlaps that do not go up; for scores and boxes that are not finite
 * @see Bolya et al., 2020: TIDE; tidecv 1.0.1
 */
export function tide(images: readonly EvaluatedImage[], options: TideOptions = {}): Tide {
  const { overlap = 0.5, background = 0.1, maxDets = 100 } = options;
  if (!(background >= 0 && background < overlap && overlap <= 1))
    throw new RangeError(`tide: background is ${background} and overlap ${overlap}; they must go up, from 0 to 1`);
  if (!(Number.isInteger(maxDets) && maxDets > 0))
    throw new RangeError(`tide: maxDets is ${maxDets}; it must be a whole number above 0`);
  const run = tideErrors(images, { overlap, background, maxDets });
  const errors = run.outcomes.filter((outcome): outcome is TideFix => !('hit' in outcome));
  const AP = apOf(run);
  const gains = tideNames.map((name) => {
    const count = errors.filter((error) => error.name === name).length;
    return [name, { count, gain: Math.max(0, apOf(run, { name }) - AP) }] as const;
  });
  const entry = (name: TideName) => gains.find(([other]) => other === name)?.[1] ?? { count: 0, gain: 0 };
  return {
    AP,
    errors: {
      Cls: entry('Cls'),
      Loc: entry('Loc'),
      Both: entry('Both'),
      Dupe: entry('Dupe'),
      Bkg: entry('Bkg'),
      Miss: entry('Miss'),
    },
    falsePositives: apOf(run, { scores: 'perfect' }) - AP,
    falseNegatives: apOf(foundOnly(run)) - AP,
    list: errors.map(({ fix: _, score: __, ...error }) => error),
  };
}

interface Change {
  /** The kind that is set right. */
  readonly name?: TideName;
  /** Every hit before every false one. */
  readonly scores?: 'perfect';
}

/** AP with errors as they are or set right; among equal scores all stand as they were found. */
function apOf({ outcomes, truths }: TideRun, { name, scores }: Change = {}): number {
  const counts = new Map(truths);
  const points: TidePoint[] = [];
  for (const outcome of outcomes) {
    if ('hit' in outcome) {
      points.push(scores ? { ...outcome, score: 1 } : outcome);
      continue;
    }
    const { label, score, fix } = outcome;
    if (outcome.name !== name) {
      if (outcome.name !== 'Miss') points.push({ label, score: scores ? 0 : score, hit: false });
    } else if (outcome.name === 'Miss') counts.set(label, (counts.get(label) ?? 0) - 1);
    else if (fix !== undefined) points.push({ label: fix, score, hit: true });
  }
  return tidePrecision(points, counts);
}

/** As if only what was found were there. */
function foundOnly({ outcomes, truths }: TideRun): TideRun {
  const found = new Map([...truths.keys()].map((label) => [label, 0]));
  for (const outcome of outcomes) if ('hit' in outcome) found.set(outcome.label, (found.get(outcome.label) ?? 0) + 1);
  return { outcomes, truths: found };
}
