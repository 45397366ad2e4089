import type { Box } from '../core/annotation.ts';
import type { EvaluatedImage } from './evaluatedImage.ts';
import type { MatcherRoom } from './matcherRoom.ts';
import type { Protocol } from './protocol.ts';
import { near, type TruthRole, truthRole } from './truthRole.ts';

/** Puts the objects of an image into their rows: those that count, then those that are ignored, each in the order given. */
export function placeTruths(image: EvaluatedImage, protocol: Protocol, room: MatcherRoom): void {
  const { truths } = image;
  const roles: TruthRole[] = [];
  let row = 0;
  for (const [index, truth] of truths.entries()) {
    const box = cut(truth.box, protocol, image);
    checkBox('an object', truth.box);
    const role = truthRole(truth, box, protocol);
    roles.push(role);
    if (role === 'counts') place(room, row++, index, aspectOf(box, protocol.aspect), false);
  }
  room.counted = row;
  for (const [index, truth] of truths.entries()) {
    const role = roles[index];
    if (role === 'ignored' || role === 'region')
      place(room, row++, index, cut(truth.box, protocol, image), role === 'region');
  }
  room.placed = row;
}

function place({ objects, truths, regions }: MatcherRoom, row: number, index: number, box: Box, region: boolean): void {
  objects[row] = index;
  regions[row] = region ? 1 : 0;
  put(truths, row, box);
}

/** Puts the detections that the protocol looks at into their rows, best first; of equal scores in the order given. */
export function placeDetections(image: EvaluatedImage, protocol: Protocol, room: MatcherRoom): void {
  const { labels, height, expand, aspect, rules } = protocol;
  const least = height[0] / expand;
  const most = height[1] * expand;
  const fromLeast = rules?.leastDetection !== 'excluded';
  const brought = rules?.detections === 'as they are' ? undefined : aspect;
  const { order, scores, found } = room;
  let count = 0;
  for (const [index, { label, score, box: given }] of image.detections.entries()) {
    if (!labels.includes(label)) continue;
    if (!Number.isFinite(score)) throw new RangeError(`evaluation: a detection has score ${score}; scores are numbers`);
    checkBox('a detection', given);
    const box = cut(given, protocol, image);
    const tall = box[2] - box[0];
    if (fromLeast ? tall < least - near : tall <= least + near) continue;
    if (tall >= most - near && most !== Number.POSITIVE_INFINITY) continue;
    let row = count++;
    for (; row > 0 && (scores[row - 1] ?? 0) < score; row--) {
      order[row] = order[row - 1] ?? 0;
      scores[row] = scores[row - 1] ?? 0;
      for (let k = 4 * row; k < 4 * row + 4; k++) found[k] = found[k - 4] ?? 0;
    }
    order[row] = index;
    scores[row] = score;
    put(found, row, aspectOf(box, brought));
  }
  room.detections = count;
}

function put(boxes: Float64Array, row: number, box: Box): void {
  const at = 4 * row;
  boxes[at] = box[0];
  boxes[at + 1] = box[1];
  boxes[at + 2] = box[2];
  boxes[at + 3] = box[3];
}

function aspectOf(box: Box, aspect: number | undefined): Box {
  if (aspect === undefined) return box;
  const [y1, x1, y2, x2] = box;
  const half = (aspect * (y2 - y1)) / 2;
  const middle = (x1 + x2) / 2;
  return [y1, middle - half, y2, middle + half];
}

/** The box within the protocol's frame; of an image, whose last pixel a box may begin with. @see CrowdDet: clip_boundary */
function cut(box: Box, { name, rules }: Protocol, { size }: EvaluatedImage): Box {
  const clip = rules?.clip;
  if (clip === undefined) return box;
  if (clip === 'image' && size === undefined)
    throw new RangeError(`evaluation: ${name} cuts boxes to their image; give each image its size, [height, width]`);
  const [top, left, bottom, right] = clip === 'image' ? ([0, 0, ...(size ?? [0, 0])] as const) : clip;
  const [y1, x1, y2, x2] = box;
  return [
    Math.min(Math.max(y1, top), bottom - 1),
    Math.min(Math.max(x1, left), right - 1),
    Math.max(Math.min(y2, bottom), top),
    Math.max(Math.min(x2, right), left),
  ];
}

function checkBox(what: string, box: Box): void {
  const [y1, x1, y2, x2] = box;
  if (!Number.isFinite(y1 + x1 + y2 + x2))
    throw new RangeError(`evaluation: ${what} has box [${box.join(', ')}]; boxes are four finite numbers`);
}
