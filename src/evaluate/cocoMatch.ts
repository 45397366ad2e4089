import type { CocoClass } from './cocoClasses.ts';
import { type CocoPairs, cocoPairs } from './cocoPairs.ts';
import { descending } from './descending.ts';

/** Objects and detections of a range of areas, square pixels, both ends included. */
export interface CocoArea {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** What became of the detections of a class that are looked at: the best of each image. */
export interface CocoMatches {
  readonly count: number;
  /** Of each: its score, and its rank among those of its image. [count] */
  readonly scores: Float64Array;
  readonly ranks: Uint32Array;
  /** 0 for a false one, else `hit` or `leftOut`, by area and overlap. [areas, ious, count] */
  readonly codes: Uint8Array;
  /** Objects that count. [areas] */
  readonly truths: readonly number[];
}

export const hit = 1;
export const leftOut = 2;

export interface CocoMatchOptions {
  readonly ious: readonly number[];
  readonly areas: readonly CocoArea[];
  /** Detections of an image that are looked at. */
  readonly most: number;
}

/**
 * Matches the detections of a class in every image, at every overlap and for every range of areas: by score, each takes
 * the free object that it overlaps most, those that count before ignored ones.
 *
 * @see pycocotools/cocoeval.py: evaluateImg
 */
export function cocoMatch(rows: CocoClass, { ious, areas, most }: CocoMatchOptions): CocoMatches {
  const { foundStarts, truthStarts, found, crowds } = rows;
  const count = looked(foundStarts, most);
  const [scores, ranks] = [new Float64Array(count), new Uint32Array(count)];
  const codes = new Uint8Array(areas.length * ious.length * count);
  const thresholds = Float64Array.from(ious, (iou) => Math.min(iou, 1 - 1e-10)); // as pycocotools, so that 1 can be reached
  const least = Math.min(...thresholds);
  const outside = areas.map((area) => Uint8Array.from(rows.truthAreas, (value) => (out(value, area) ? 1 : 0)));
  let row = 0;
  for (let image = 0; image + 1 < foundStarts.length; image++) {
    const [from, to] = [foundStarts[image] ?? 0, foundStarts[image + 1] ?? 0];
    if (from === to) continue;
    const order = to - from === 1 ? [0] : descending(rows.scores.subarray(from, to));
    const looks = Math.min(order.length, most);
    const [first, end] = [truthStarts[image] ?? 0, truthStarts[image + 1] ?? 0];
    const pairs = first === end ? undefined : cocoPairs(rows, { from, order, looks, first, end, least });
    for (let i = 0; i < looks; i++) {
      const place = from + (order[i] ?? 0);
      scores[row + i] = rows.scores[place] ?? 0;
      ranks[row + i] = i;
    }
    for (let a = 0; a < areas.length; a++) {
      if (pairs)
        for (let t = 0; t < ious.length; t++)
          matchPairs(
            pairs,
            crowds,
            outside[a] ?? crowds,
            thresholds[t] ?? 1,
            codes,
            (a * ious.length + t) * count + row,
          );
      for (let i = 0; i < looks; i++) {
        if (!out(areaOf(found, from + (order[i] ?? 0)), areas[a])) continue;
        for (let t = 0, at = a * ious.length * count + row + i; t < ious.length; t++, at += count)
          if (codes[at] === 0) codes[at] = leftOut; // false, but not of these areas
      }
    }
    row += looks;
  }
  return { count, scores, ranks, codes, truths: outside.map((outs) => inside(outs, crowds)) };
}

function matchPairs(
  { ends, objects, overlaps, taken, first }: CocoPairs,
  crowds: Uint8Array,
  outside: Uint8Array,
  least: number,
  codes: Uint8Array,
  at: number,
): void {
  taken.fill(0);
  for (let i = 0, from = 0; i < ends.length; i++) {
    const to = ends[i] ?? 0;
    let [most, best, real] = [least, -1, false];
    for (let ignored = 0; ignored < 2 && !real; ignored++) {
      for (let k = from; k < to; k++) {
        const [object, overlap] = [objects[k] ?? 0, overlaps[k] ?? 0];
        if (overlap < most || ((crowds[object] ?? 0) | (outside[object] ?? 0)) !== ignored) continue;
        if (taken[object - first] && !crowds[object]) continue;
        [most, best] = [overlap, object]; // of equal overlaps the later object wins
      }
      real = best >= 0;
    }
    from = to;
    if (best < 0) continue;
    taken[best - first] = 1;
    codes[at + i] = crowds[best] || outside[best] ? leftOut : hit;
  }
}

const out = (value: number, area: CocoArea | undefined) => area !== undefined && (value < area.from || value > area.to);

const areaOf = (boxes: Float64Array, row: number) =>
  ((boxes[4 * row + 2] ?? 0) - (boxes[4 * row] ?? 0)) * ((boxes[4 * row + 3] ?? 0) - (boxes[4 * row + 1] ?? 0));

function looked(starts: Uint32Array, most: number): number {
  let sum = 0;
  for (let i = 1; i < starts.length; i++) sum += Math.min(most, (starts[i] ?? 0) - (starts[i - 1] ?? 0));
  return sum;
}

function inside(outs: Uint8Array, crowds: Uint8Array): number {
  let sum = 0;
  for (let g = 0; g < outs.length; g++) if (!outs[g] && !crowds[g]) sum++;
  return sum;
}
