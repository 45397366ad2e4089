import type { EvaluatedImage } from './evaluatedImage.ts';
import { type MatcherRoom, matcherRoom } from './matcherRoom.ts';
import { placeDetections, placeTruths } from './placing.ts';
import type { Protocol } from './protocol.ts';

/** What stands in `match` where no object was taken. */
const falsely = -1;
const onIgnored = -2;

/**
 * A function that matches the detections of one image after another to their objects: by score, each takes the free
 * object that it overlaps most, real ones before ignored ones; ignored ones are never used up. What it returns is
 * written over at its next call.
 *
 * @throws RangeError, of the function, for a score or a box that is not of finite numbers
 * @see dbEval.m and bbGt.m 3.2.1: evalRes
 */
export function matcher(protocol: Protocol): (image: EvaluatedImage) => MatcherRoom {
  let room = matcherRoom(64);
  const exceeded = protocol.rules?.match === 'exceeded';
  return (image) => {
    const needed = Math.max(image.truths.length, image.detections.length);
    if (needed > room.size) room = matcherRoom(2 * needed);
    placeTruths(image, protocol, room);
    placeDetections(image, protocol, room);
    matchPlaced(room, protocol.overlap, exceeded);
    return room;
  };
}

function matchPlaced(room: MatcherRoom, least: number, exceeded: boolean): void {
  const { detections, counted, placed, found, truths, regions, match, overlap, takenBy } = room;
  takenBy.fill(-1, 0, counted);
  for (let i = 0; i < detections; i++) {
    const at = 4 * i;
    const [y1, x1, y2, x2] = [found[at] ?? 0, found[at + 1] ?? 0, found[at + 2] ?? 0, found[at + 3] ?? 0];
    const area = (y2 - y1) * (x2 - x1);
    let most = least;
    let best = falsely;
    for (let k = 0; k < placed; k++) {
      const real = k < counted;
      if (real ? takenBy[k] !== -1 : best >= 0 && best < counted) {
        if (real) continue;
        break; // a real one before any ignored one
      }
      const from = 4 * k;
      const [t1, l1, t2, l2] = [truths[from] ?? 0, truths[from + 1] ?? 0, truths[from + 2] ?? 0, truths[from + 3] ?? 0];
      const high = Math.min(y2, t2) - Math.max(y1, t1);
      const wide = Math.min(x2, l2) - Math.max(x1, l1);
      const shared = high > 0 && wide > 0 ? high * wide : 0;
      const whole = regions[k] ? area : area + (t2 - t1) * (l2 - l1) - shared;
      const value = shared > 0 ? shared / whole : 0;
      if (exceeded ? value <= most : value < most) continue; // of equal overlaps the later object wins
      most = value;
      best = k;
    }
    overlap[i] = best === falsely ? 0 : most;
    match[i] = best < counted ? best : onIgnored;
    if (best >= 0 && best < counted) takenBy[best] = i;
  }
}
