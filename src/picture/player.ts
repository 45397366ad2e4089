import { dataUri } from './dataUri.ts';
import { keyItems } from './drawingKinds.ts';
import { escapeText } from './markup.ts';
import type { PlayerFrame } from './playerFrame.ts';
import { overlaySvg } from './playerOverlay.ts';
import { playerScript, playerScriptHash } from './playerScript.ts';
import { playerStyle } from './playerStyle.ts';
import { timelineSvg } from './playerTimeline.ts';

export interface PlayerOptions {
  /** Above the picture. */
  readonly title: string;
  /** Of the frames that the boxes are in, pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** A sentence or two below the title. */
  readonly lead?: string;
  /** Frames a second when it plays, .1 to 60. Default 10. */
  readonly rate?: number;
  /** Detections from this score on are shown at first. Default .5. */
  readonly score?: number;
}

/**
 * One HTML file that plays a sequence: frames with detections, and where known objects and misses, run through by hand, by the arrow keys
 * or in time, at a score that can be moved; below, where in the sequence the errors are. `#` and a frame's id opens it there. It needs nothing else, no
 * network; without scripts the frames stand below each other.
 *
 * @throws RangeError for no frames, a size, rate or score that cannot be, or boxes that are not finite; TypeError for images that are neither JPEG nor PNG
 */
export function playerHtml(frames: readonly PlayerFrame[], options: PlayerOptions): string {
  const { title, lead = '', width, height, rate = 10, score = 0.5 } = options;
  check(frames, { width, height, rate, score });
  const judged = frames.some(({ matches }) => matches !== undefined);
  const named = new Set(frames.flatMap(({ detections }) => detections.map(({ label }) => label))).size > 1;
  const figures = frames.map(({ id, image, ...frame }, i) => {
    const overlay = overlaySvg(frame, { width, height, score, named });
    return `<figure${i === 0 ? ' class="shown"' : ''} data-id="${escapeText(id)}"><div class="frame"><img alt="" src="${dataUri(image)}">${overlay}</div><figcaption>${escapeText(id)}</figcaption></figure>`;
  });
  const key = keyItems(figures);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src '${playerScriptHash}'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeText(title)}</title>
<style>${playerStyle}</style></head>
<body><main data-rate="${rate}"${judged ? ' data-judged=""' : ''} style="--ratio:${width / height}">
<h1>${escapeText(title)}</h1>
${lead && `<p>${escapeText(lead)}</p>`}
<div class="stage">
${figures.join('\n')}
</div>
<div class="controls" hidden>
<div class="bar"><button type="button" class="play" aria-label="play">&#9654;</button><button type="button" class="step" data-by="-1" aria-label="frame before">&#8249;</button><button type="button" class="step" data-by="1" aria-label="next frame">&#8250;</button><button type="button" class="miss"${judged ? '' : ' hidden'}>next miss</button><span class="said" aria-live="polite"></span></div>
<div class="track">${timelineSvg(
    frames.map(({ matches, detections }) => ({ detections, ...(matches ? { matches } : {}) })),
    score,
  )}<input type="range" class="seek" min="0" max="${frames.length - 1}" value="0" step="1" aria-label="frame"></div>
<div class="bar"><label>Score from <input type="range" class="score" min="0" max="1" step="0.01" value="${score}"> <output>${score.toFixed(2)}</output></label>${judged ? layer('truth', 'objects and misses') : ''}${layer('found', 'detections')}${judged ? layer('grey', 'what counts neither way') : ''}</div>
<p class="soft keys">Arrow keys: a frame on or back, with Shift ten. Space: play.${judged ? ' M: next miss.' : ''}</p>
</div>
<ul class="key">${key.join('')}</ul>
</main>
<script>${playerScript}</script>
</body></html>
`;
}

const layer = (name: string, text: string) =>
  `<label><input type="checkbox" class="layer" value="${name}" checked> ${text}</label>`;

function check(
  frames: readonly PlayerFrame[],
  {
    width,
    height,
    rate,
    score,
  }: { readonly width: number; readonly height: number; readonly rate: number; readonly score: number },
): void {
  for (const { id, detections } of frames)
    for (const { score: own } of detections)
      if (!Number.isFinite(own))
        throw new RangeError(`playerHtml: a detection of ${id} has the score ${own}; give a number`);
  if (frames.length === 0) throw new RangeError('playerHtml: frames is empty; give at least one');
  if (!(width > 0 && height > 0 && width < 1e6 && height < 1e6))
    throw new RangeError(`playerHtml: the frames are ${width}x${height} pixels; both sides must be more than 0`);
  if (!(rate >= 0.1 && rate <= 60))
    throw new RangeError(`playerHtml: rate is ${rate}; it must be .1 to 60 frames a second`);
  if (!(score >= 0 && score <= 1)) throw new RangeError(`playerHtml: score is ${score}; it must be from 0 to 1`);
}
