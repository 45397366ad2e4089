import type { Box } from '../core/annotation.ts';
import type { Window } from './contactSheetCrop.ts';
import type { SheetImage } from './contactSheetTile.ts';

/** The boxes that reach into a window, in its pixels, and how they match. */
export function seenIn(window: Window, { truths, detections, matches }: SheetImage, score: number) {
  const touches = ([y1, x1, y2, x2]: Box) =>
    y1 < window.y + window.height && y2 > window.y && x1 < window.x + window.width && x2 > window.x;
  const moved = ([y1, x1, y2, x2]: Box): Box => [y1 - window.y, x1 - window.x, y2 - window.y, x2 - window.x];
  const there = [...truths.entries()].filter(([, { box }]) => touches(box));
  const shown = [...detections.entries()].filter(([, one]) => one.score >= score && touches(one.box));
  const hits = matches.detections.filter(({ index }) => (detections[index]?.score ?? score) >= score);
  const taken = new Set(hits.flatMap(({ object }) => (object === undefined ? [] : [object])));
  const counted = new Set(matches.counted);
  const whole = new Map(hits.map((match) => [match.index, match.hit]));
  return {
    truths: there.map(([, truth]) => ({ ...truth, box: moved(truth.box) })),
    detections: shown.map(([, one]) => ({ ...one, box: moved(one.box) })),
    matches: {
      detections: shown.flatMap(([old], index) => {
        const hit = whole.get(old);
        return hit === undefined ? [] : [{ index, hit }];
      }),
      counted: there.flatMap(([old], index) => (counted.has(old) ? [index] : [])),
      found: new Set(there.flatMap(([old], index) => (taken.has(old) ? [index] : []))),
    },
  };
}
