import type { CocoClass } from './cocoClasses.ts';

/** The objects that each detection of an image overlaps enough, detection after detection, best first. */
export interface CocoPairs {
  /** Where the pairs of each detection end. */
  readonly ends: Uint32Array;
  /** Rows of the objects, and the overlaps: IoU, or the part of the detection that is in a crowd. */
  readonly objects: Uint32Array;
  readonly overlaps: Float64Array;
  /** Room to tell which objects are taken, from the image's first on. */
  readonly taken: Uint8Array;
  readonly first: number;
}

export interface CocoPairsOptions {
  /** The image's first detection, the order of its detections, and how many are looked at. */
  readonly from: number;
  readonly order: ArrayLike<number>;
  readonly looks: number;
  /** The image's objects. */
  readonly first: number;
  readonly end: number;
  /** The overlap that is enough. */
  readonly least: number;
}

/** The pairs of an image, or none where nothing overlaps enough. @see pycocotools, maskApi.c: bbIou */
export function cocoPairs(
  { found, truths, crowds }: CocoClass,
  { from, order, looks, first, end, least }: CocoPairsOptions,
): CocoPairs | undefined {
  const ends = new Uint32Array(looks);
  const [objects, overlaps]: [number[], number[]] = [[], []];
  for (let i = 0; i < looks; i++) {
    const at = 4 * (from + (order[i] ?? 0));
    const [y1, x1, y2, x2] = [found[at] ?? 0, found[at + 1] ?? 0, found[at + 2] ?? 0, found[at + 3] ?? 0];
    const area = (y2 - y1) * (x2 - x1);
    for (let g = first; g < end; g++) {
      const to = 4 * g;
      const [t1, l1, t2, l2] = [truths[to] ?? 0, truths[to + 1] ?? 0, truths[to + 2] ?? 0, truths[to + 3] ?? 0];
      const [high, wide] = [Math.min(y2, t2) - Math.max(y1, t1), Math.min(x2, l2) - Math.max(x1, l1)];
      if (high <= 0 || wide <= 0) continue;
      const shared = high * wide;
      const overlap = shared / (crowds[g] ? area : area + (t2 - t1) * (l2 - l1) - shared);
      if (overlap < least) continue;
      objects.push(g);
      overlaps.push(overlap);
    }
    ends[i] = objects.length;
  }
  if (objects.length === 0) return undefined;
  return {
    ends,
    objects: Uint32Array.from(objects),
    overlaps: Float64Array.from(overlaps),
    taken: new Uint8Array(end - first),
    first,
  };
}
