import { type HasParts, weights } from '../core/block.ts';
import type { BadNumbers } from './firstBadMap.ts';
import type { LossNumbers } from './report.ts';

/** The first weight or statistic of a model that holds a number that is not finite. */
export async function firstNotFinite(model: HasParts): Promise<string | undefined> {
  for (const [place, weight] of weights(model)) if (!finite(await weight.read().data())) return place;
  return undefined;
}

/** A step as an error names it. */
export interface NamedStep {
  /** From 1. */
  readonly step: number;
  /** From 0. */
  readonly epoch: number;
  readonly ids: readonly string[];
}

const remedy = 'Lower the learning rate, warm up, or clip the gradients; the last checkpoint is from before';
const named = ({ step, epoch, ids }: NamedStep) => `step ${step} (epoch ${epoch + 1}), of images ${ids.join(', ')}`;

/** What is to be thrown when a step has left weights that are not finite. */
export const badWeights = (step: NamedStep, place: string): Error =>
  new Error(`train: ${named(step)}, has left ${place} with numbers that are not finite. ${remedy}`);

/**
 * What is to be thrown when a loss is not finite: the step that spoiled the weights is named, or else the step itself and
 * the first numbers of it that are not finite.
 */
export async function badLoss(
  model: HasParts,
  loss: LossNumbers,
  {
    before,
    now,
    look,
  }: {
    readonly before: NamedStep | undefined;
    readonly now: NamedStep;
    readonly look: () => Promise<BadNumbers | undefined>;
  },
): Promise<Error> {
  const spoiled = await firstNotFinite(model);
  if (before && spoiled !== undefined) return badWeights(before, spoiled);
  const parts = Object.entries(loss).map(([part, value]) => `${part} ${value}`);
  const first = spoiled === undefined ? firstBad(await look()) : `${spoiled} was not finite before the run. ${remedy}`;
  return new Error(`train: the loss is ${parts.join(', ')} in ${named(now)}; ${first}`);
}

function firstBad(found: BadNumbers | undefined): string {
  if (found === undefined) return `by plain ops on the same weights all of it is finite. ${remedy}`;
  const { what, ids } = found;
  const where = ids.length > 0 ? `${what}, of ${ids.join(', ')}` : what;
  const first = `the first that is not finite is ${where}`;
  if (what.startsWith('pixels') || what.startsWith('targets'))
    return `${first}. Look at these images and their boxes, or leave them out`;
  return `${first}. ${remedy}`;
}

const finite = (numbers: ArrayLike<number>): boolean => {
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) return false;
  return true;
};
