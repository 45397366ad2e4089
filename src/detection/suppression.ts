import type { Box } from '../core/annotation.ts';

/**
 * Keeps a box unless it overlaps one of its class that it kept before by more than an IoU. Offer the best box first.
 * What is kept lies flat, and boxes of a class are chained, so that an offer reads no others.
 */
export function suppression(iouAbove: number): (box: Box, kind: number) => boolean {
  let kept = new Float64Array(5 * 256); // y1, x1, y2, x2 and area of each
  let earlier = new Int32Array(256); // the one of its class before, or -1
  let count = 0;
  const latest = new Map<number, number>(); // of each class

  return ([y1, x1, y2, x2], kind) => {
    const area = (y2 - y1) * (x2 - x1);
    const last = latest.get(kind) ?? -1;
    for (let i = last; i >= 0; i = earlier[i] ?? -1) {
      const at = 5 * i;
      const height = Math.min(y2, kept[at + 2] ?? 0) - Math.max(y1, kept[at] ?? 0);
      if (height <= 0) continue;
      const width = Math.min(x2, kept[at + 3] ?? 0) - Math.max(x1, kept[at + 1] ?? 0);
      if (width <= 0) continue;
      const both = height * width;
      if (both / (area + (kept[at + 4] ?? 0) - both) > iouAbove) return false;
    }
    if (count === earlier.length) {
      const [boxes, links] = [new Float64Array(2 * kept.length), new Int32Array(2 * earlier.length)];
      boxes.set(kept);
      links.set(earlier);
      [kept, earlier] = [boxes, links];
    }
    kept.set([y1, x1, y2, x2, area], 5 * count);
    earlier[count] = last;
    latest.set(kind, count++);
    return true;
  };
}

/** @throws RangeError for an IoU or a number of boxes that cannot be */
export function checkSuppression(where: string, iouAbove: number, keep: number): void {
  if (!(iouAbove >= 0 && iouAbove <= 1))
    throw new RangeError(`${where}: iouAbove is ${iouAbove}; it must be from 0 to 1`);
  if (!(keep >= 0)) throw new RangeError(`${where}: keep is ${keep}; it must be 0 or more`);
}
