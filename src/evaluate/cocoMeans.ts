import type { CocoCurves } from './cocoCurves.ts';

/** A cell of the curves: a class or all, a range of areas, a number of detections, an overlap or all. */
export interface CocoCell {
  readonly k?: number | undefined;
  readonly a: number;
  readonly m: number;
  readonly t?: number | undefined;
}

/** The mean over recalls, and over the overlaps and classes that are left open; of classes with objects alone. */
export function meanPrecision({ shape, precision }: CocoCurves, { k, a, m, t }: CocoCell): number | undefined {
  const [ious, recalls, classes, areas, detections] = shape;
  return mean(precision, [span(t, ious), [0, recalls], span(k, classes), span(a, areas), span(m, detections)], shape);
}

/** The mean over the overlaps and classes that are left open. */
export function meanRecall({ shape, recall }: CocoCurves, { k, a, m, t }: CocoCell): number | undefined {
  const [ious, , classes, areas, detections] = shape;
  const spans = [span(t, ious), [0, 1] as const, span(k, classes), span(a, areas), span(m, detections)];
  return mean(recall, spans, [ious, 1, classes, areas, detections]);
}

type Span = readonly [from: number, to: number];

/** One index, or all; of an index of -1, none. */
const span = (index: number | undefined, size: number): Span =>
  index === undefined ? [0, size] : index < 0 ? [0, 0] : [index, index + 1];

function mean(values: Float64Array, spans: readonly Span[], shape: readonly number[]): number | undefined {
  let [sum, count] = [0, 0];
  const walk = (axis: number, at: number): void => {
    const [from, to] = spans[axis] ?? [0, 0];
    if (axis === spans.length) {
      const value = values[at] ?? -1;
      if (value < 0) return; // no object counts
      sum += value;
      count++;
      return;
    }
    for (let i = from; i < to; i++) walk(axis + 1, at * (shape[axis] ?? 1) + i);
  };
  walk(0, 0);
  return count === 0 ? undefined : sum / count;
}
