/** A step of a range test. */
export interface LearningRatePoint {
  readonly rate: number;
  readonly loss: number;
  /** Mean of the losses so far, which the past fades from. */
  readonly smoothed: number;
}

/** Rates that a range test suggests. @see fastai, callback/schedule.py */
export interface LearningRateSuggestion {
  /** About half way down the longest fall of the smoothed loss. */
  readonly valley: number;
  /** Where the smoothed loss falls fastest, over the logarithm of the rate. */
  readonly steepest: number;
}

/** The loss after smoothing, of losses in their order. @see fastai, AvgSmoothLoss */
export function smoother(share: number): (loss: number) => number {
  let [mean, weight] = [0, 0];
  return (loss) => {
    mean = share * mean + (1 - share) * loss;
    weight = share * weight + (1 - share);
    return mean / weight;
  };
}

/**
 * What the points of a range test of so many steps suggest, without its first tenth, in which nothing is learned yet, and
 * its last five. Undefined where fewer than two are left.
 *
 * @see fastai, Learner.lr_find, with suggest_funcs=(valley, steep)
 */
export function suggestLearningRate(
  points: readonly LearningRatePoint[],
  steps: number,
): LearningRateSuggestion | undefined {
  const looked = points.slice(Math.floor(steps / 10), -5);
  if (looked.length < 2) return undefined;
  const rates = looked.map(({ rate }) => rate);
  const losses = looked.map(({ smoothed }) => smoothed);
  return { valley: rates[valleyAt(losses)] ?? Number.NaN, steepest: rates[steepestAt(rates, losses)] ?? Number.NaN };
}

/** About half way down the longest series of losses, not all in a row, of which each is below the one before. */
function valleyAt(losses: readonly number[]): number {
  const lengths = losses.map(() => 1); // of the longest series that ends here
  let end = 0;
  for (const [i, loss] of losses.entries()) {
    let longest = 1;
    for (let j = 0; j < i; j++) if (loss < (losses[j] ?? loss)) longest = Math.max(longest, (lengths[j] ?? 0) + 1);
    lengths[i] = longest;
    if (longest > (lengths[end] ?? 1)) end = i;
  }
  const length = end === 0 ? 0 : (lengths[end] ?? 1);
  const third = length / 3;
  return Math.max(0, end - length + Math.trunc(third) + Math.trunc(third / 2));
}

function steepestAt(rates: readonly number[], losses: readonly number[]): number {
  let [best, at] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i + 1 < losses.length; i++) {
    const [a = 0, b = 0, from = 1, to = 1] = [losses[i], losses[i + 1], rates[i], rates[i + 1]];
    const slope = (b - a) / Math.log(to / from);
    if (slope < best) [best, at] = [slope, i];
  }
  return at;
}
