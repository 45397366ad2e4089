import type { Box } from '../core/annotation.ts';
import { iou } from '../detection/overlaps.ts';
import type { EvaluatedImage } from './evaluatedImage.ts';
import { matcher } from './matcher.ts';
import type { MatcherRoom } from './matcherRoom.ts';
import type { Protocol } from './protocol.ts';
import { truthRole } from './truthRole.ts';

/**
 * Why an object was not found: what found it scores too low; a detection beside it is off; one that is on it took another
 * object; one of another class is on it; nothing is there.
 */
export type MissKind = 'score' | 'localisation' | 'duplicate' | 'confusion' | 'missed';

/** What a false detection is: beside an object, on one that another took, on an object of another class, on nothing. */
export type FalseKind = 'localisation' | 'duplicate' | 'confusion' | 'background';

export interface MissCase {
  readonly kind: MissKind;
  /** The place of the image, and of the object in its list. */
  readonly image: number;
  readonly object: number;
}

export interface FalseCase {
  readonly kind: FalseKind;
  /** The place of the image, and of the detection in its list. */
  readonly image: number;
  readonly detection: number;
  readonly score: number;
  /** The greatest overlap with an object that counts. */
  readonly overlap: number;
}

export interface ErrorCases {
  readonly misses: readonly MissCase[];
  /** Best first. */
  readonly falses: readonly FalseCase[];
}

/** The places of an object that counts. */
export interface CountedObject {
  readonly image: number;
  readonly object: number;
}

interface Limits {
  readonly score: number;
  readonly background: number;
}

/** Every miss and every false detection from a score on, and the objects that count. */
export function errorCases(
  images: readonly EvaluatedImage[],
  protocol: Protocol,
  limits: Limits,
): ErrorCases & { readonly counted: readonly CountedObject[] } {
  const match = matcher(protocol);
  const [misses, falses, counted]: [MissCase[], FalseCase[], CountedObject[]] = [[], [], []];
  for (const [image, content] of images.entries()) {
    const room = match(content);
    const table = overlapTable(room);
    for (let k = 0; k < room.counted; k++) {
      const object = room.objects[k] ?? 0;
      counted.push({ image, object });
      const taker = room.takenBy[k] ?? -1;
      if (taker >= 0 && (room.scores[taker] ?? 0) >= limits.score) continue;
      const kind = taker >= 0 ? 'score' : missKind(content, room, k, { protocol, table, ...limits });
      misses.push({ kind, image, object });
    }
    for (let i = 0; i < room.detections && (room.scores[i] ?? 0) >= limits.score; i++) {
      if (room.match[i] !== -1) continue;
      const overlap = table[i]?.reduce((a, b) => Math.max(a, b), 0) ?? 0;
      const kind = falseKind(content, room.order[i] ?? 0, overlap, { protocol, ...limits });
      falses.push({ kind, image, detection: room.order[i] ?? 0, score: room.scores[i] ?? 0, overlap });
    }
  }
  return { misses, falses: falses.sort((a, b) => b.score - a.score), counted };
}

/** The IoU of each detection, as the protocol sees it, with each object that counts. */
function overlapTable({ detections, counted, found, truths }: MatcherRoom): number[][] {
  const box = (boxes: Float64Array, row: number): Box => {
    const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = boxes.subarray(4 * row, 4 * row + 4);
    return [y1, x1, y2, x2];
  };
  const objects = Array.from({ length: counted }, (_, k) => box(truths, k));
  return Array.from({ length: detections }, (_, i) => {
    const own = box(found, i);
    return objects.map((object) => iou(own, object));
  });
}

interface MissLimits extends Limits {
  readonly protocol: Protocol;
  readonly table: readonly (readonly number[])[];
}

function missKind(image: EvaluatedImage, room: MatcherRoom, k: number, limits: MissLimits): MissKind {
  const { protocol, table, score, background } = limits;
  let most = 0;
  for (let i = 0; i < room.detections && (room.scores[i] ?? 0) >= score; i++) most = Math.max(most, table[i]?.[k] ?? 0);
  if (most >= protocol.overlap) return 'duplicate';
  if (most >= background && most > 0) return 'localisation';
  const truth = image.truths[room.objects[k] ?? 0];
  const confused = image.detections.some(
    (other) =>
      other.score >= score &&
      !protocol.labels.includes(other.label) &&
      truth !== undefined &&
      iou(other.box, truth.box) >= protocol.overlap,
  );
  return confused ? 'confusion' : 'missed';
}

function falseKind(
  image: EvaluatedImage,
  detection: number,
  overlap: number,
  { protocol, background }: Limits & { readonly protocol: Protocol },
): FalseKind {
  if (overlap >= protocol.overlap) return 'duplicate';
  if (overlap >= background && overlap > 0) return 'localisation';
  const box = image.detections[detection]?.box;
  const confused = image.truths.some(
    (truth) =>
      box !== undefined &&
      truthRole(truth, truth.box, protocol) === 'dropped' &&
      iou(box, truth.box) >= protocol.overlap,
  );
  return confused ? 'confusion' : 'background';
}
