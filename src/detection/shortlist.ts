import { largest } from './order.ts';

/** The best of what it was offered, in order. */
export interface Shortlist {
  /** Whether a score of at most exp(power) could be above the bar, which rises as the list fills. */
  readonly mayPass: (power: number) => boolean;
  readonly offer: (item: number, score: number) => void;
  /** From the best; of equal scores the first offer. */
  readonly items: () => { readonly items: Int32Array; readonly scores: Float64Array };
}

/** For the rounding of a logarithm; an offer is held to the bar itself. */
const slack = 1e-9;

/** Keeps the `limit` best offers above a bar, in memory of four times that. */
export function shortlist(limit: number, lowest: number): Shortlist {
  let items = new Int32Array(Math.min(4 * limit, 1024));
  let scores = new Float64Array(items.length);
  let count = 0;
  let bar = lowest;
  let powerOfBar = Math.log(bar) - slack;

  const best = () => {
    const order = largest(scores.subarray(0, count), limit);
    return { items: order.map((i) => items[i] ?? 0), scores: Float64Array.from(order, (i) => scores[i] ?? 0) };
  };
  const makeRoom = () => {
    if (count < 4 * limit) {
      const [longer, longerScores] = [new Int32Array(2 * count), new Float64Array(2 * count)];
      longer.set(items);
      longerScores.set(scores);
      [items, scores] = [longer, longerScores];
      return;
    }
    const kept = best();
    items.set(kept.items);
    scores.set(kept.scores);
    count = kept.items.length;
    bar = scores[count - 1] ?? bar; // an equal that comes later is no better
    powerOfBar = Math.log(bar) - slack;
  };
  return {
    mayPass: (power) => power > powerOfBar,
    offer: (item, score) => {
      if (!(score > bar)) return;
      if (count === items.length) makeRoom();
      if (!(score > bar)) return;
      items[count] = item;
      scores[count++] = score;
    },
    items: best,
  };
}
