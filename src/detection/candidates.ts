import { type Shortlist, shortlist } from './shortlist.ts';

/** Pairs of an anchor and a class that are likely enough. */
export interface Candidates {
  readonly anchors: Int32Array;
  /** From 1 on. */
  readonly classes: Int32Array;
  /** Above 0, to 1. */
  readonly scores: Float64Array;
}

/** Which pairs of an anchor and a class are looked at more closely. Plain data. */
export interface CandidateRule {
  /** How logits become scores. `softmax` has the background in column 0. Default `softmax`. */
  readonly activation?: 'softmax' | 'sigmoid';
  /** Whether the logits begin with a `column` for the background; a softmax needs one. Default `column`. */
  readonly background?: 'column' | 'none';
  /** Only scores above this are reported. Default 0.01. */
  readonly scoreAbove?: number;
  /** The best that enter the suppression, so many of each `candidatesOf`. Default 400. */
  readonly candidates?: number | 'all';
  /** Of each `class`, of each `level` over all classes, or of the whole `image`. Default `class`. */
  readonly candidatesOf?: 'class' | 'level' | 'image';
  /** Anchors of each level, in their order, which `level` needs; the models of the families know theirs. */
  readonly levels?: readonly number[];
  /** Whether an anchor may be reported as `every` class that is likely enough, or as its `best` only. Default `every`. */
  readonly classesOfAnchor?: 'every' | 'best';
}

/** The same with nothing left open but the levels. */
export type CandidateOptions = Required<Omit<CandidateRule, 'levels'>> & Pick<CandidateRule, 'levels'>;

/** Fills in SSD's where a rule is silent. */
export function candidateOptions(rule: CandidateRule): CandidateOptions {
  const { activation = 'softmax', background = 'column', scoreAbove = 0.01, candidates = 400 } = rule;
  const { candidatesOf = 'class', classesOfAnchor = 'every', levels } = rule;
  const filled = { activation, background, scoreAbove, candidates, candidatesOf, classesOfAnchor };
  return levels ? { ...filled, levels } : filled;
}

/** Anchors, from one to before another, that share their lists: one for each class. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly lists: readonly Shortlist[];
}

/**
 * Finds what is worth decoding: the best of each class, class by class; or of each level or of all, anchor by anchor. A score
 * is computed only where a cheap bound of it passes what its list has so far. [n, c] -> at most `candidates` a list.
 *
 * @throws RangeError for logits that are not finite
 */
export function findCandidates(logits: Float32Array, columns: number, options: CandidateOptions): Candidates {
  const first = options.background === 'column' ? 1 : 0;
  const kinds = columns - first;
  const { runs, lists } = runsOf(logits.length / columns, kinds, options);
  const scan = options.activation === 'softmax' ? softmaxScores : sigmoidScores;
  for (const run of runs) scan(logits, columns, first, run, options.classesOfAnchor === 'best');

  const chosen = lists.map((list) => list.items());
  const count = chosen.reduce((sum, { items }) => sum + items.length, 0);
  const all = { anchors: new Int32Array(count), classes: new Int32Array(count), scores: new Float64Array(count) };
  let at = 0;
  for (const { items, scores } of chosen) {
    all.anchors.set(
      items.map((item) => Math.floor(item / kinds)),
      at,
    );
    all.classes.set(
      items.map((item) => (item % kinds) + 1),
      at,
    );
    all.scores.set(scores, at);
    at += items.length;
  }
  return all;
}

function runsOf(
  anchors: number,
  kinds: number,
  { candidates, candidatesOf, levels = [], scoreAbove }: CandidateOptions,
) {
  const make = () => shortlist(candidates === 'all' ? Number.POSITIVE_INFINITY : candidates, scoreAbove);
  const shared = (list: Shortlist) => Array.from({ length: kinds }, () => list);
  if (candidatesOf !== 'level') {
    const lists = candidatesOf === 'class' ? Array.from({ length: kinds }, make) : [make()];
    const [only] = lists;
    const byClass = candidatesOf === 'class' || only === undefined ? lists : shared(only);
    return { lists, runs: [{ from: 0, to: anchors, lists: byClass }] satisfies Run[] };
  }
  const lists = levels.map(make);
  let to = 0;
  const runs = lists.map((list, l): Run => {
    const from = to;
    to += levels[l] ?? 0;
    return { from, to, lists: shared(list) };
  });
  return { lists, runs };
}

/** Offers the scores of objects' columns, or of an anchor's best one alone, to their lists. An item is anchor and class in one. */
type Scan = (logits: Float32Array, columns: number, first: number, run: Run, onlyBest: boolean) => void;

const softmaxScores: Scan = (logits, columns, first, { from, to, lists }, onlyBest) => {
  const kinds = columns - first;
  for (let anchor = from, at = from * columns; anchor < to; anchor++, at += columns) {
    let most = Number.NEGATIVE_INFINITY;
    let check = 0;
    for (let k = 0; k < columns; k++) {
      const x = logits[at + k] ?? 0;
      check += x;
      if (x > most) most = x;
    }
    if (!Number.isFinite(check)) throw notFinite(anchor);
    const start = onlyBest ? largestColumn(logits, at, first, columns) : first;
    const end = onlyBest ? start + 1 : columns;
    let total = 0; // made when first needed
    for (let k = start; k < end; k++) {
      const power = (logits[at + k] ?? 0) - most;
      const list = lists[k - first];
      if (!list?.mayPass(power)) continue;
      if (total === 0) for (let j = 0; j < columns; j++) total += Math.exp((logits[at + j] ?? 0) - most);
      list.offer(anchor * kinds + k - first, Math.exp(power) / total);
    }
  }
};

const sigmoidScores: Scan = (logits, columns, first, { from, to, lists }, onlyBest) => {
  const kinds = columns - first;
  for (let anchor = from, at = from * columns; anchor < to; anchor++, at += columns) {
    const best = onlyBest ? largestColumn(logits, at, first, columns) : -1;
    for (let k = first; k < columns; k++) {
      const x = logits[at + k] ?? 0;
      const list = lists[k - first];
      if (!Number.isFinite(x)) throw notFinite(anchor);
      if (onlyBest && k !== best) continue;
      if (list?.mayPass(x)) list.offer(anchor * kinds + k - first, 1 / (1 + Math.exp(-x)));
    }
  }
};

function largestColumn(logits: Float32Array, at: number, first: number, columns: number): number {
  let best = first;
  for (let k = first + 1; k < columns; k++) if ((logits[at + k] ?? 0) > (logits[at + best] ?? 0)) best = k;
  return best;
}

const notFinite = (anchor: number) =>
  new RangeError(`postprocess: the logits of anchor ${anchor} are not finite; the weights or the image are not either`);
