import type { Detection } from '../core/annotation.ts';
import { looks } from './drawingKinds.ts';
import { short } from './markup.ts';
import type { FrameMatches } from './playerFrame.ts';

interface TimelineFrame {
  readonly matches: FrameMatches;
  readonly detections: readonly Detection[];
}

/** Height of each half, in its own units. */
const half = 20;

/** A bar for each frame: misses up, false detections down, at a score; the script moves them with the score. */
export function timelineSvg(frames: readonly TimelineFrame[], score: number): string {
  const counts = frames.map(({ matches, detections }) => {
    const shown = matches.detections.filter(({ index }) => (detections[index]?.score ?? 0) >= score);
    const found = shown.filter(({ hit }) => hit).length;
    return { misses: matches.counted.length - found, falses: shown.length - found };
  });
  const most = counts.reduce((most, { misses, falses }) => Math.max(most, misses, falses), 4);
  const bars = counts.map(({ misses, falses }, i) => {
    const [up, down] = [(half * misses) / most, (half * falses) / most];
    return `<rect fill="${looks.missed.colour}" x="${i + 0.1}" y="${short(half - up)}" width=".8" height="${short(up)}"/><rect fill="${looks.false.colour}" x="${i + 0.1}" y="${half}" width=".8" height="${short(down)}"/>`;
  });
  return `<svg class="timeline" viewBox="0 0 ${frames.length} ${2 * half}" preserveAspectRatio="none" aria-hidden="true">${bars.join('')}</svg>`;
}
