import { type Shortlist, shortlist } from './shortlist.ts';

/** Pairs of an anchor and a class that are likely enough. */
export interface Candidates {
  readonly anchors: Int32Array;
  /** From 1 on. */
  readonly classes: Int32Array;
  /** Above 0, to 1. */
  readonly scores: Float64Array;
}

export interface CandidateOptions {
  /** How logits become scores. `softmax` has the background in column 0. */
  readonly activation: 'softmax' | 'sigmoid';
  /** Whether the logits begin with a `column` for the background. */
  readonly background: 'column' | 'none';
  /** Only scores above this count. */
  readonly scoreAbove: number;
  /** The best of each class that count. */
  readonly candidates: number | 'all';
}

/**
 * Finds what is worth decoding: the best of each class, class by class. A score is computed only where a cheap bound of
 * it passes what its class has so far. [n, c] -> at most `candidates` a class.
 *
 * @throws RangeError for logits that are not finite
 */
export function findCandidates(logits: Float32Array, columns: number, options: CandidateOptions): Candidates {
  const { activation, background, scoreAbove, candidates } = options;
  const first = background === 'column' ? 1 : 0;
  const limit = candidates === 'all' ? Number.POSITIVE_INFINITY : candidates;
  const lists = Array.from({ length: columns - first }, () => shortlist(limit, scoreAbove));
  (activation === 'softmax' ? softmaxScores : sigmoidScores)(logits, columns, first, lists);

  const chosen = lists.map((list) => list.items());
  const count = chosen.reduce((sum, { items }) => sum + items.length, 0);
  const all = { anchors: new Int32Array(count), classes: new Int32Array(count), scores: new Float64Array(count) };
  let at = 0;
  for (const [k, { items, scores }] of chosen.entries()) {
    all.anchors.set(items, at);
    all.scores.set(scores, at);
    all.classes.fill(k + 1, at, at + items.length);
    at += items.length;
  }
  return all;
}

/** Offers the scores of objects' columns to their lists. */
type Scan = (logits: Float32Array, columns: number, first: number, lists: readonly Shortlist[]) => void;

const softmaxScores: Scan = (logits, columns, first, lists) => {
  for (let at = 0, anchor = 0; at < logits.length; at += columns, anchor++) {
    let most = Number.NEGATIVE_INFINITY;
    let check = 0;
    for (let k = 0; k < columns; k++) {
      const x = logits[at + k] ?? 0;
      check += x;
      if (x > most) most = x;
    }
    if (!Number.isFinite(check)) throw notFinite(anchor);
    let total = 0; // made when first needed
    for (let k = first; k < columns; k++) {
      const power = (logits[at + k] ?? 0) - most;
      const list = lists[k - first];
      if (!list?.mayPass(power)) continue;
      if (total === 0) for (let j = 0; j < columns; j++) total += Math.exp((logits[at + j] ?? 0) - most);
      list.offer(anchor, Math.exp(power) / total);
    }
  }
};

const sigmoidScores: Scan = (logits, columns, first, lists) => {
  for (let at = 0, anchor = 0; at < logits.length; at += columns, anchor++)
    for (let k = first; k < columns; k++) {
      const x = logits[at + k] ?? 0;
      const list = lists[k - first];
      if (!Number.isFinite(x)) throw notFinite(anchor);
      if (list?.mayPass(x)) list.offer(anchor, 1 / (1 + Math.exp(-x)));
    }
};

const notFinite = (anchor: number) =>
  new RangeError(`postprocess: the logits of anchor ${anchor} are not finite; the weights or the image are not either`);
