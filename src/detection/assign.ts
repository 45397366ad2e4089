/** Which anchor learns which object. Plain data: part of a recipe. */
export interface AssignRule {
  /** An anchor learns the object it overlaps most, from this IoU on. Default 0.5. */
  readonly threshold?: number;
  /** Below this IoU with every object it is background; between the two it is neither. Default the threshold. */
  readonly negativeBelow?: number;
  /**
   * Whether each object also gets its best anchor, however little they overlap; the word says who wins an anchor that
   * is the best of two objects: `later` in torchvision's SSD, `earlier` in EfficientDet. With `own`, in torchvision's
   * RetinaNet, every anchor that is as good as an object's best keeps the object that it overlaps most itself. Default `later`.
   */
  readonly claims?: 'later' | 'earlier' | 'own' | 'none';
}

/** Anchors that learn no object. */
export const background = -1;
/** Anchors that learn nothing. */
export const neither = -2;

/**
 * Gives each anchor an object, `background` or `neither`. -> [anchors]. The overlaps are asked for an object at a time,
 * so that no matrix is made. Of equal overlaps the first object and the first anchor win.
 *
 * @param overlaps writes the IoU of an object with every anchor
 * @throws RangeError for thresholds that cannot be
 * @see Liu et al., SSD, 2016, section 2.2
 */
export function assign(
  anchors: number,
  objects: number,
  overlaps: (object: number, row: Float64Array) => void,
  rule: AssignRule = {},
): Int32Array {
  const { threshold = 0.5, claims = 'later' } = rule;
  const { negativeBelow = threshold } = rule;
  if (!(threshold > 0 && threshold <= 1 && negativeBelow > 0 && negativeBelow <= threshold))
    throw new RangeError(
      `assign: threshold is ${threshold} and negativeBelow ${negativeBelow}; 0 < negativeBelow <= threshold <= 1 must hold`,
    );

  const [row, most] = [new Float64Array(anchors), new Float64Array(anchors).fill(-1)];
  const owners = new Int32Array(anchors).fill(background);
  const equals = new Set<number>(); // anchors as good as an object's best, where they count
  const bests = Array.from({ length: objects }, (_, object) => {
    overlaps(object, row);
    let best = 0;
    let bestOverlap = -1;
    for (let i = 0; i < anchors; i++) {
      const overlap = row[i] ?? 0;
      if (overlap > (most[i] ?? 0)) {
        most[i] = overlap;
        owners[i] = object;
      }
      if (overlap > bestOverlap) {
        bestOverlap = overlap;
        best = i;
      }
    }
    // An object that no anchor overlaps has all for its best, as in torchvision.
    if (claims === 'own') for (let i = 0; i < anchors; i++) if (row[i] === bestOverlap) equals.add(i);
    return best;
  });

  for (let i = 0; i < anchors; i++) {
    const overlap = most[i] ?? 0;
    if (overlap < threshold && !equals.has(i)) owners[i] = overlap < negativeBelow ? background : neither;
  }
  const turns = claims === 'none' || claims === 'own' ? [] : [...bests.entries()];
  for (const [object, anchor] of claims === 'earlier' ? turns.reverse() : turns) owners[anchor] = object;
  return owners;
}
