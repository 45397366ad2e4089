/** One image's objects and detections in arrays, and what became of them. */
export interface MatcherRoom {
  readonly size: number;
  /** Detections that the protocol looks at, objects that count, and those with the ignored ones. */
  detections: number;
  counted: number;
  placed: number;
  /** Of each detection, best first: its place in the image's list, its score, its box. */
  readonly order: Int32Array;
  readonly scores: Float64Array;
  readonly found: Float64Array;
  /** The object that it took, by its row below; -1 for none, -2 for an ignored one. And its overlap with that. */
  readonly match: Int32Array;
  readonly overlap: Float64Array;
  /** Of each object, those that count first: its place in the image's list, its box, whether it is a region. */
  readonly objects: Int32Array;
  readonly truths: Float64Array;
  readonly regions: Uint8Array;
  /** Of each that counts: the row of the detection that took it, or -1. */
  readonly takenBy: Int32Array;
}

/** Room for so many objects, and so many detections. */
export function matcherRoom(size: number): MatcherRoom {
  return {
    size,
    detections: 0,
    counted: 0,
    placed: 0,
    order: new Int32Array(size),
    scores: new Float64Array(size),
    found: new Float64Array(4 * size),
    match: new Int32Array(size),
    overlap: new Float64Array(size),
    objects: new Int32Array(size),
    truths: new Float64Array(4 * size),
    regions: new Uint8Array(size),
    takenBy: new Int32Array(size),
  };
}
