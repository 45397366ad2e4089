import { keyedRandom } from '../../src/core/random.ts';

export type Random = () => number;

/** Boxes of 2 to 40 pixels' side in an image of 100 x 120, [n, 4]. */
export function drawBoxes(count: number, random: Random): Float32Array {
  return Float32Array.from(
    Array.from({ length: count }, () => {
      const [y, x] = [random() * 80, random() * 100];
      return [y, x, y + 2 + random() * 38, x + 2 + random() * 38];
    }).flat(),
  );
}

/** Normal numbers. */
export function normal(size: number, ...keys: readonly (string | number)[]): Float32Array {
  const random = keyedRandom(...keys);
  return Float32Array.from(
    { length: size },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

/** Intersection over union as it is drawn, of box i of some and box j of others. */
export function plainIou(some: ArrayLike<number>, i: number, others: ArrayLike<number>, j: number): number {
  const a = (corner: number) => some[4 * i + corner] ?? Number.NaN;
  const b = (corner: number) => others[4 * j + corner] ?? Number.NaN;
  const height = Math.max(0, Math.min(a(2), b(2)) - Math.max(a(0), b(0)));
  const width = Math.max(0, Math.min(a(3), b(3)) - Math.max(a(1), b(1)));
  const both = height * width;
  return both / ((a(2) - a(0)) * (a(3) - a(1)) + (b(2) - b(0)) * (b(3) - b(1)) - both);
}

/** Every box that no better one of its class overlaps by more than a threshold, from the best. */
export function plainNms(
  boxes: Float32Array,
  scores: ArrayLike<number>,
  classes: ArrayLike<number>,
  threshold: number,
): number[] {
  const kept: number[] = [];
  const order = Array.from(scores, (score, i) => ({ score, i })).sort((a, b) => b.score - a.score || a.i - b.i);
  for (const { i } of order)
    if (kept.every((k) => classes[k] !== classes[i] || plainIou(boxes, i, boxes, k) <= threshold)) kept.push(i);
  return kept;
}
