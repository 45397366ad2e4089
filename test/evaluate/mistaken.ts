import type { Box, Detection } from '../../src/core/annotation.ts';
import type { EvaluatedImage } from '../../src/evaluate/evaluatedImage.ts';
import { matchImage } from '../../src/evaluate/matching.ts';
import type { Protocol } from '../../src/evaluate/protocol.ts';

/** What other programs get wrong, by what they do instead. */
export type Mistake =
  | 'none'
  | 'plain IoU on ignored regions'
  | 'ignored regions deleted'
  | 'only images with objects looked at'
  | 'arithmetic mean'
  | 'one less the precision for false positives an image'
  | 'images without detections left out'
  | 'sorted twice'
  | 'the last recall before the first point';

interface Result {
  readonly score: number;
  readonly hit: boolean;
}

/** The log-average miss rate with a mistake made: a plain evaluation of its own, which is right with `none`. */
export function mistaken(images: readonly EvaluatedImage[], protocol: Protocol, mistake: Mistake): number {
  const results: Result[] = [];
  let [truths, counted] = [0, 0];
  for (const image of images) {
    const real = matchImage(image, protocol).counted.flatMap((index) => image.truths[index] ?? []);
    const ignored = mistake === 'ignored regions deleted' ? [] : image.truths.filter((truth) => !real.includes(truth));
    const least = protocol.height[0] / protocol.expand;
    const given = image.detections.filter(({ box: [y1, , y2] }) => y2 - y1 >= least);
    if (mistake === 'only images with objects looked at' && real.length === 0) continue;
    counted++;
    if (mistake === 'images without detections left out' && given.length === 0) continue; // with their objects
    truths += real.length;
    const boxes = [...real, ...ignored].map(({ box }) => box);
    results.push(...judged(given, boxes, real.length, protocol.overlap, mistake));
  }
  results.sort((a, b) => b.score - a.score);
  let hits = 0;
  const curve = results.map(({ hit }, i) => {
    if (hit) hits++;
    const falses = i + 1 - hits;
    const precise = mistake === 'one less the precision for false positives an image';
    return { fppi: precise ? falses / (i + 1) : falses / counted, recall: hits / truths };
  });
  const before = mistake === 'the last recall before the first point' ? (curve.at(-1)?.recall ?? 0) : 0; // place -1
  const rates = Array.from({ length: 9 }, (_, i) => {
    const point = curve.findLast(({ fppi }) => fppi <= 10 ** (-2 + i / 4));
    return 1 - (point?.recall ?? before);
  });
  if (mistake === 'arithmetic mean') return rates.reduce((a, b) => a + b, 0) / 9;
  return Math.exp(rates.reduce((sum, rate) => sum + Math.log(Math.max(1e-10, rate)), 0) / 9);
}

/** The detections that count, best first. */
function judged(
  given: readonly Detection[],
  boxes: readonly Box[],
  real: number,
  least: number,
  mistake: Mistake,
): Result[] {
  const order = [...given.keys()].sort((a, b) => (given[b]?.score ?? 0) - (given[a]?.score ?? 0));
  const found = order.flatMap((place) => given[place] ?? []);
  const plain = mistake === 'plain IoU on ignored regions';
  const sorted = found.map(({ box }) => boxes.map((other, k) => overlap(box, other, k >= real && !plain)));
  // computed of the sorted ones, then put into that order again
  const table = mistake === 'sorted twice' ? order.map((place) => sorted[place] ?? []) : sorted;
  const taken = new Set<number>();
  return found.flatMap(({ score }, i) => {
    let [most, match] = [least, -1];
    for (const k of boxes.keys()) {
      if (taken.has(k)) continue;
      if (match >= 0 && match < real && k >= real) break;
      const value = table[i]?.[k] ?? 0;
      if (value >= most) [most, match] = [value, k];
    }
    if (match >= real) return [];
    if (match >= 0) taken.add(match);
    return [{ score, hit: match >= 0 }];
  });
}

function overlap(a: Box, b: Box, region: boolean): number {
  const high = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const wide = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (high <= 0 || wide <= 0) return 0;
  const area = (box: Box) => (box[2] - box[0]) * (box[3] - box[1]);
  return (high * wide) / (region ? area(a) : area(a) + area(b) - high * wide);
}
