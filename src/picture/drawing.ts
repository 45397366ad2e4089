import type { Annotation, Detection } from '../core/annotation.ts';
import { dataUri } from './dataUri.ts';
import { type Kind, order, outline, tag } from './drawingKinds.ts';
import { escapeText, short } from './markup.ts';

export interface Drawing {
  /** Of the image that the boxes are in, pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** A JPEG or PNG file, shown below the boxes; it may be a smaller copy, and fills the drawing. Default none. */
  readonly image?: Uint8Array;
  /** What was found. */
  readonly detections?: readonly Detection[];
  /** What is there: objects dashed, ignored regions hatched. */
  readonly truths?: readonly Annotation[];
  /**
   * What became of `detections` and `truths`, as `matchImage` says it: hits, false ones, misses, and in grey what counts
   * neither way. Default nothing is known, and each detection is drawn as a hit.
   */
  readonly matches?: Matches;
  /** Lines and letters this many times larger. Default by the image's size. */
  readonly scale?: number;
}

/** Indices of what counts. */
export interface Matches {
  readonly detections: readonly { readonly index: number; readonly hit: boolean }[];
  readonly counted: readonly number[];
  readonly found: ReadonlySet<number>;
}

/**
 * Boxes over an image as an SVG document: bright lines on dark ones, letters on filled labels, legible on any
 * photograph. Labels are scores, with the class's name where there are several.
 *
 * @throws RangeError for a size that is not positive, a place that is not finite; TypeError for an image that is neither JPEG nor PNG
 */
export function drawingSvg(drawing: Drawing): string {
  const { width, height, image, detections = [], truths = [] } = drawing;
  if (!(width > 0 && height > 0))
    throw new RangeError(`drawingSvg: the image is ${width}x${height} pixels; both sides must be more than 0`);
  const scale = drawing.scale ?? Math.min(width, 1.6 * height) / 460;
  const known = kinds(drawing);
  const there = truths.map((truth, i) => ({ ...truth, kind: known.truth(truth, i) }));
  const several = new Set(detections.map(({ label }) => label)).size > 1;
  const found = detections
    .map((detection, i) => ({ ...detection, kind: known.detection(i) }))
    .sort((a, b) => a.score - b.score); // the best on top
  const tags = found.map(({ box, score, label, kind }) =>
    tag(box, several ? `${label} ${score.toFixed(2)}` : score.toFixed(2), kind, { width, height, scale }),
  );
  const misses = there.filter(({ kind }) => kind === 'missed');
  const shapes = [...there, ...found]
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    .map(({ box, kind }) => outline(box, kind, scale));
  const about = `${detections.length} detections, ${truths.length} marked${drawing.matches ? `, ${misses.length} missed` : ''}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="pyramidion-drawing" viewBox="0 0 ${short(width)} ${short(height)}" width="${short(width)}" height="${short(height)}" font-family="ui-monospace,monospace" font-weight="600" role="img" aria-label="${escapeText(about)}">
${image ? `<image width="${short(width)}" height="${short(height)}" preserveAspectRatio="none" href="${dataUri(image)}"/>` : ''}
<g fill="none" stroke-linejoin="round">${shapes.join('\n')}</g>
${[...misses.map(({ box }) => tag(box, 'missed', 'missed', { width, height, scale })), ...tags].join('\n')}
</svg>`;
}

/** What each detection and each truth is drawn as. */
function kinds({ matches }: Drawing) {
  const counted = new Map(matches?.detections.map(({ index, hit }) => [index, hit]));
  const looked = new Set(matches?.counted);
  return {
    detection(index: number): Kind {
      if (matches === undefined) return 'hit';
      const hit = counted.get(index);
      return hit === undefined ? 'uncounted' : hit ? 'hit' : 'false';
    },
    truth({ ignore }: Annotation, index: number): Kind {
      if (ignore !== undefined) return 'ignored';
      if (matches === undefined) return 'truth';
      if (!looked.has(index)) return 'uncounted';
      return matches.found.has(index) ? 'truth' : 'missed';
    },
  };
}
