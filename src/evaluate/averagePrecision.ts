import { type EvaluatedImage, matchImage } from './matching.ts';
import type { Protocol } from './protocol.ts';

export interface AveragePrecision {
  /** Area below the curve of precision over recall, 0 to 1. */
  readonly value: number;
  /** Share of the objects that was found at all. */
  readonly recall: number;
  readonly truths: number;
  readonly detections: number;
}

/**
 * Average precision at the protocol's overlap: the precision at each recall is the best at that recall or beyond, summed
 * at every object found. Ignored regions count neither way. Detections of one score stand in the order given.
 *
 * @throws RangeError where no object counts
 * @see Everingham et al., VOC 2010, section 3.4.1
 */
export function averagePrecision(images: readonly EvaluatedImage[], protocol: Protocol): AveragePrecision {
  const matches = images.map((image) => matchImage(image, protocol));
  const truths = matches.reduce((sum, { counted }) => sum + counted.length, 0);
  if (truths === 0)
    throw new RangeError(
      `averagePrecision: none of ${images.length} images has an object that counts under ${protocol.name}`,
    );
  const results = matches.flatMap(({ detections }) => detections).sort((a, b) => b.score - a.score); // stable
  let hits = 0;
  const precisions = results.map(({ hit }, i) => {
    if (hit) hits++;
    return { hit, precision: hits / (i + 1) };
  });
  let best = 0;
  let area = 0;
  for (const { hit, precision } of precisions.reverse()) {
    best = Math.max(best, precision);
    if (hit) area += best / truths;
  }
  return { value: area, recall: hits / truths, truths, detections: results.length };
}
