import { type CocoMatches, hit, leftOut } from './cocoMatch.ts';
import { descending } from './descending.ts';

/** Precision, score and recall of every class and setting; -1 where a class has no object that counts. */
export interface CocoCurves {
  /** Sizes of `precision` and `scores`: overlaps, recalls, classes, ranges of areas, numbers of detections. */
  readonly shape: readonly [ious: number, recalls: 101, classes: number, areas: number, detections: number];
  /** The best precision at the recalls 0, .01, ... 1 or beyond, and the score there. In rows. */
  readonly precision: Float64Array;
  readonly scores: Float64Array;
  /** The recall of all detections. [ious, classes, areas, detections], in rows. */
  readonly recall: Float64Array;
}

/** 0, .01, ... 1 as numpy's linspace makes them: a product, not a quotient. */
const recalls = Float64Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01));

/** @see pycocotools/cocoeval.py: accumulate */
export function cocoCurves(classes: readonly CocoMatches[], ious: number, maxDets: readonly number[]): CocoCurves {
  const areas = classes[0]?.truths.length ?? 0;
  const shape = [ious, 101, classes.length, areas, maxDets.length] as const;
  const [tail, size] = [classes.length * areas * maxDets.length, ious * 101 * classes.length * areas * maxDets.length];
  const curves = {
    shape,
    precision: new Float64Array(size).fill(-1),
    scores: new Float64Array(size).fill(-1),
    recall: new Float64Array(ious * tail).fill(-1),
  };
  for (const [k, matches] of classes.entries()) {
    const order = descending(matches.scores);
    for (const [m, most] of maxDets.entries()) {
      const rows = order.filter((row) => (matches.ranks[row] ?? 0) < most);
      for (const [a, truths] of matches.truths.entries())
        for (let t = 0; t < ious && truths > 0; t++) {
          const cell = (k * areas + a) * maxDets.length + m;
          fill(curves, matches, {
            rows,
            truths,
            codes: (a * ious + t) * matches.count,
            at: t * 101 * tail + cell,
            tail,
          });
          curves.recall[t * tail + cell] = recallOf(matches, rows, (a * ious + t) * matches.count) / truths;
        }
    }
  }
  return curves;
}

interface Curve {
  readonly rows: Uint32Array;
  readonly truths: number;
  /** Where the codes of this area and overlap begin. */
  readonly codes: number;
  /** Where the curve begins, and how far its points lie apart. */
  readonly at: number;
  readonly tail: number;
}

function fill(curves: CocoCurves, { codes: all, scores }: CocoMatches, { rows, truths, codes, at, tail }: Curve): void {
  const [precisions, values]: [number[], number[]] = [[], []];
  let [hits, falses] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const code = all[codes + (rows[i] ?? 0)];
    if (code === leftOut) continue;
    if (code === hit) {
      hits++;
      precisions.push(hits / (falses + hits + Number.EPSILON));
      values.push(scores[rows[i] ?? 0] ?? 0);
    } else falses++;
  }
  for (let i = precisions.length - 2; i >= 0; i--) precisions[i] = Math.max(precisions[i] ?? 0, precisions[i + 1] ?? 0);
  let point = 0;
  for (let r = 0; r < 101; r++) {
    while (point < precisions.length && (point + 1) / truths < (recalls[r] ?? 0)) point++;
    curves.precision[at + r * tail] = precisions[point] ?? 0;
    curves.scores[at + r * tail] = (r === 0 ? scores[rows[0] ?? 0] : values[point]) ?? 0;
  }
}

function recallOf({ codes }: CocoMatches, rows: Uint32Array, from: number): number {
  let hits = 0;
  for (let i = 0; i < rows.length; i++) if (codes[from + (rows[i] ?? 0)] === hit) hits++;
  return hits;
}
