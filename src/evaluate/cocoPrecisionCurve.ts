import type { CocoMetrics } from './cocoMetrics.ts';

export interface PrecisionPoint {
  /** 0, .01, ... 1. */
  readonly recall: number;
  /** The best precision there or beyond. */
  readonly precision: number;
  /** The score from which on detections reach it; 0 where none do. */
  readonly score: number;
}

/**
 * The curve of precision over recall of a class, at an overlap, of all areas and the most detections: plain data to draw.
 * Empty for a class without an object that counts.
 *
 * @throws RangeError for a class or an overlap that the metrics are not of
 */
export function cocoPrecisionCurve(
  { classes, ious, curves }: CocoMetrics,
  { label, iou = 0.5 }: { readonly label: string; readonly iou?: number },
): PrecisionPoint[] {
  const k = classes.findIndex((one) => one.label === label);
  if (k < 0)
    throw new RangeError(
      `cocoPrecisionCurve: there is no class ${label}; there are ${classes.map((one) => one.label).join(', ')}`,
    );
  const t = ious.findIndex((value) => Math.abs(value - iou) < 1e-9);
  if (t < 0) throw new RangeError(`cocoPrecisionCurve: iou is ${iou}; the metrics are of ${ious.join(', ')}`);
  if (classes[k]?.truths === 0) return [];
  const [, recalls, classCount, areas, detections] = curves.shape;
  return Array.from({ length: recalls }, (_, r) => {
    const at = ((t * recalls + r) * classCount + k) * areas * detections + detections - 1;
    return { recall: r / 100, precision: curves.precision[at] ?? 0, score: curves.scores[at] ?? 0 };
  });
}
