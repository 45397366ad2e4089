import type { EvaluatedImage } from './evaluatedImage.ts';
import { type MatcherRoom, matcherRoom } from './matcherRoom.ts';
import { maxWeightMatching, type WeightedPair } from './maxWeightMatching.ts';
import { placeDetections, placeTruths } from './placing.ts';
import type { Protocol } from './protocol.ts';
import { imagesOfProtocol } from './results.ts';

export interface JaccardPoint {
  /** Detections above this score are looked at. */
  readonly score: number;
  /** The mean over images of matches over all that is there or was found, 0 to 1. */
  readonly value: number;
}

const tiny = 1e-6; // of the program's own, so that nothing over nothing is 0

/**
 * The Jaccard index by score: in each image, matches over the objects and detections that are there. Matches are those
 * of the greatest sum of overlaps, so that none goes by the order of scores. What is unmatched and mostly in an ignored
 * region counts neither way. Images with nothing that counts are left out.
 *
 * @throws RangeError for no images
 * @see CrowdDet, lib/evaluate/compute_JI.py
 */
export function jaccardIndex(
  given: readonly EvaluatedImage[],
  protocol: Protocol,
  scores: readonly number[] = Array.from({ length: 10 }, (_, i) => i / 10),
): JaccardPoint[] {
  if (given.length === 0) throw new RangeError('jaccardIndex: images is empty; give at least one');
  const images = imagesOfProtocol('jaccardIndex', given, protocol);
  const sums = scores.map(() => ({ sum: 0, images: 0 }));
  for (const image of images) {
    const room = matcherRoom(Math.max(image.truths.length, image.detections.length));
    placeTruths(image, protocol, room);
    placeDetections(image, protocol, room);
    const pairs = pairsOf(room, protocol.overlap);
    for (const [s, score] of scores.entries()) {
      const { ratio, counts } = ratioOf(room, pairs, score, protocol.overlap);
      const sum = sums[s];
      if (sum === undefined) continue;
      sum.sum += ratio;
      if (counts) sum.images++;
    }
  }
  return scores.map((score, s) => ({ score, value: (sums[s]?.sum ?? 0) / Math.max(1, sums[s]?.images ?? 0) }));
}

function ratioOf(room: MatcherRoom, all: readonly WeightedPair[], score: number, overlap: number) {
  let looked = 0;
  while (looked < room.detections && (room.scores[looked] ?? 0) > score) looked++; // best first
  const matches = maxWeightMatching(all.filter(({ row }) => row < looked));
  const [rows, columns] = [new Set(matches.map(({ row }) => row)), new Set(matches.map(({ column }) => column))];
  let [found, objects] = [looked, room.counted];
  for (let i = 0; i < looked; i++) if (!rows.has(i) && onIgnored(room, room.found, i, overlap)) found--;
  for (let k = 0; k < room.counted; k++) if (!columns.has(k) && onIgnored(room, room.truths, k, overlap)) objects--;
  const ratio = matches.length / (objects + found - matches.length + tiny);
  return { ratio, counts: objects > 0 || found > 0 };
}

function pairsOf({ detections, counted, found, truths }: MatcherRoom, overlap: number): WeightedPair[] {
  const pairs: WeightedPair[] = [];
  for (let row = 0; row < detections; row++)
    for (let column = 0; column < counted; column++) {
      const shared = intersection(found, row, truths, column);
      const weight = shared / (area(found, row) + area(truths, column) - shared);
      if (weight > overlap) pairs.push({ row, column, weight });
    }
  return pairs;
}

/** Whether more than `overlap` of a box is in one ignored object. */
function onIgnored(
  { truths, counted, placed }: MatcherRoom,
  boxes: Float64Array,
  row: number,
  overlap: number,
): boolean {
  for (let k = counted; k < placed; k++)
    if (intersection(boxes, row, truths, k) > overlap * area(boxes, row)) return true;
  return false;
}

function intersection(a: Float64Array, i: number, b: Float64Array, k: number): number {
  const edge = (boxes: Float64Array, row: number, side: number) => boxes[4 * row + side] ?? 0;
  const high = Math.min(edge(a, i, 2), edge(b, k, 2)) - Math.max(edge(a, i, 0), edge(b, k, 0));
  const wide = Math.min(edge(a, i, 3), edge(b, k, 3)) - Math.max(edge(a, i, 1), edge(b, k, 1));
  return high > 0 && wide > 0 ? high * wide : 0;
}

const area = (boxes: Float64Array, row: number) =>
  ((boxes[4 * row + 2] ?? 0) - (boxes[4 * row] ?? 0)) * ((boxes[4 * row + 3] ?? 0) - (boxes[4 * row + 1] ?? 0));
