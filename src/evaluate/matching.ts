import type { EvaluatedImage } from './evaluatedImage.ts';
import { matcher } from './matcher.ts';
import type { Protocol } from './protocol.ts';

export type { EvaluatedImage } from './evaluatedImage.ts';

/** What became of a detection that counts. */
export interface MatchedDetection {
  /** Its place in the image's list. */
  readonly index: number;
  readonly score: number;
  /** Whether it found an object; else it is false. */
  readonly hit: boolean;
  /** The place of the object that it found in the image's list, and their overlap. */
  readonly object?: number;
  readonly overlap?: number;
}

export interface ImageMatches {
  /** Best first. Those of other labels, of heights that do not count and on ignored regions are not there. */
  readonly detections: readonly MatchedDetection[];
  /** Places in the image's list of the objects that count, and of those among them that were found. */
  readonly counted: readonly number[];
  readonly found: ReadonlySet<number>;
}

/**
 * Matches the detections of one image to its objects: by score, each takes the free object that it overlaps most, real
 * ones before ignored regions; one on an ignored region counts neither way. Changes nothing that it is given.
 *
 * @throws RangeError for a score or a box that is not of finite numbers
 * @see dbEval.m and bbGt.m 3.2.1: evalRes
 */
export function matchImage(image: EvaluatedImage, protocol: Protocol): ImageMatches {
  const room = matcherOf(protocol)(image);
  const detections: MatchedDetection[] = [];
  const found = new Set<number>();
  for (let i = 0; i < room.detections; i++) {
    const match = room.match[i] ?? 0;
    if (match < -1) continue; // on an ignored one
    const [index = 0, score = 0] = [room.order[i], room.scores[i]];
    const object = room.objects[match];
    if (object !== undefined) found.add(object);
    detections.push({
      index,
      score,
      hit: object !== undefined,
      ...(object !== undefined && { object, overlap: room.overlap[i] ?? 0 }),
    });
  }
  return { detections, counted: Array.from(room.objects.subarray(0, room.counted)), found };
}

/** Kept for the next image of the same protocol: what it returns is copied before anyone else calls it. */
const matchers = new WeakMap<Protocol, ReturnType<typeof matcher>>();

function matcherOf(protocol: Protocol): ReturnType<typeof matcher> {
  const known = matchers.get(protocol);
  if (known) return known;
  const made = matcher(protocol);
  matchers.set(protocol, made);
  return made;
}
