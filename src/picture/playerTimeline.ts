import type { Detection } from '../core/annotation.ts';
import { looks } from './drawingKinds.ts';
import { short } from './markup.ts';
import type { FrameMatches } from './playerFrame.ts';

interface TimelineFrame {
  readonly matches?: FrameMatches;
  readonly detections: readonly Detection[];
}

/** Height of each half, in its own units. */
const half = 20;

/**
 * A bar for each frame: misses up, false detections down, at a score; what was found up, where nobody knows what is there. The
 * script moves them with the score.
 */
export function timelineSvg(frames: readonly TimelineFrame[], score: number): string {
  const counts = frames.map(({ matches, detections }) => {
    if (matches === undefined) return { up: detections.filter((one) => one.score >= score).length, falses: 0 };
    const shown = matches.detections.filter(({ index }) => (detections[index]?.score ?? 0) >= score);
    const found = shown.filter(({ hit }) => hit).length;
    return { up: matches.counted.length - found, falses: shown.length - found };
  });
  const most = counts.reduce((most, { up, falses }) => Math.max(most, up, falses), 4);
  const above = looks[frames.some(({ matches }) => matches) ? 'missed' : 'hit'].colour;
  const bars = counts.map(({ up: count, falses }, i) => {
    const [up, down] = [(half * count) / most, (half * falses) / most];
    return `<rect fill="${above}" x="${i + 0.1}" y="${short(half - up)}" width=".8" height="${short(up)}"/><rect fill="${looks.false.colour}" x="${i + 0.1}" y="${half}" width=".8" height="${short(down)}"/>`;
  });
  return `<svg class="timeline" viewBox="0 0 ${frames.length} ${2 * half}" preserveAspectRatio="none" aria-hidden="true">${bars.join('')}</svg>`;
}
