import type { CandidateOptions } from './candidates.ts';

/** How many numbers there are of one image. */
interface Sizes {
  readonly codes: number;
  readonly logits: number;
  readonly anchors: number;
}

/** Columns of the logits. @throws RangeError for numbers that do not go together */
export function checkCandidates({ codes, logits, anchors }: Sizes, options: CandidateOptions): number {
  const { activation, background, scoreAbove, candidates, candidatesOf, levels } = options;
  const columns = logits / anchors;
  const least = background === 'column' ? 2 : 1;
  if (anchors === 0 || codes !== 4 * anchors || !(Number.isInteger(columns) && columns >= least))
    throw new RangeError(
      `postprocess: ${anchors} anchors, ${codes} numbers of boxes and ${logits} logits of one image; ` +
        `an anchor must have 4 and at least ${least}`,
    );
  if (activation === 'softmax' && background === 'none')
    throw new RangeError("postprocess: a softmax needs a column for the background; give background: 'column'");
  if (!(scoreAbove >= 0 && scoreAbove < 1))
    throw new RangeError(`postprocess: scoreAbove is ${scoreAbove}; it must be from 0 to below 1`);
  if (candidates !== 'all' && !(Number.isInteger(candidates) && candidates >= 1))
    throw new RangeError(`postprocess: candidates is ${candidates}; it must be a whole number of at least 1, or 'all'`);
  if (candidatesOf === 'level' && levels?.reduce((sum, count) => sum + count, 0) !== anchors)
    throw new RangeError(
      `postprocess: candidates of each level need levels, the anchors of each; they are [${levels ?? ''}] for ${anchors} anchors`,
    );
  return columns;
}
