import { descending } from './descending.ts';
import type { EvaluatedImage } from './evaluatedImage.ts';
import { matcher } from './matcher.ts';
import type { Protocol } from './protocol.ts';

/** Every detection that counts, of all images, best first, and how many objects count. */
export interface Results {
  readonly images: number;
  readonly truths: number;
  readonly scores: Float64Array;
  readonly hits: Uint8Array;
  /** The overlap of each hit with its object. */
  readonly overlaps: Float64Array;
}

/** The images of the protocol's sets. @throws RangeError where sets are asked for and an image does not tell its own */
export function imagesOfProtocol(
  where: string,
  images: readonly EvaluatedImage[],
  { name, rules }: Protocol,
): readonly EvaluatedImage[] {
  const { sets } = rules ?? {};
  if (sets === undefined) return images;
  return images.filter(({ id }, i) => {
    const set = /(?:^|\/)set(\d+)(?:\/|_|$)/.exec(id ?? '')?.[1];
    if (set === undefined)
      throw new RangeError(
        `${where}: ${name} counts images of certain sets, but image ${i} has the id ${JSON.stringify(id)}; give ids such as set06/V000/I00019`,
      );
    return sets.includes(Number(set));
  });
}

/** Whether an object counts in any of the images. @throws RangeError as `imagesOfProtocol` */
export function anyCounts(where: string, images: readonly EvaluatedImage[], protocol: Protocol): boolean {
  const match = matcher(protocol);
  return imagesOfProtocol(where, images, protocol).some((image) => match({ ...image, detections: [] }).counted > 0);
}

/**
 * Matches all images. Detections of one score stand in the order of the images and of their lists.
 *
 * @throws RangeError for no images, or none with an object that counts; for scores and boxes that are not finite
 */
export function resultsOf(where: string, given: readonly EvaluatedImage[], protocol: Protocol): Results {
  if (given.length === 0) throw new RangeError(`${where}: images is empty; give at least one`);
  const images = imagesOfProtocol(where, given, protocol);
  const room = images.reduce((sum, { detections }) => sum + detections.length, 0);
  const [scores, hits, overlaps] = [new Float64Array(room), new Uint8Array(room), new Float64Array(room)];
  const match = matcher(protocol);
  let [truths, count] = [0, 0];
  for (const image of images) {
    const matched = match(image);
    truths += matched.counted;
    for (let i = 0; i < matched.detections; i++) {
      const object = matched.match[i] ?? 0;
      if (object < -1) continue; // on an ignored one
      scores[count] = matched.scores[i] ?? 0;
      hits[count] = object >= 0 ? 1 : 0;
      overlaps[count++] = object >= 0 ? (matched.overlap[i] ?? 0) : 0;
    }
  }
  if (truths === 0)
    throw new RangeError(`${where}: none of ${images.length} images has an object that counts under ${protocol.name}`);
  const order = descending(scores, count);
  const sorted = { scores: new Float64Array(count), hits: new Uint8Array(count), overlaps: new Float64Array(count) };
  for (let i = 0; i < count; i++) {
    const from = order[i] ?? 0;
    sorted.scores[i] = scores[from] ?? 0;
    sorted.hits[i] = hits[from] ?? 0;
    sorted.overlaps[i] = overlaps[from] ?? 0;
  }
  return { images: images.length, truths, ...sorted };
}
