import type { Annotation, Detection } from '../core/annotation.ts';
import { dataUri } from './dataUri.ts';
import { classPaints } from './drawColours.ts';
import { type Kind, looks, order, outline } from './drawingKinds.ts';
import { type Mark, placeTags, type Tag } from './drawTags.ts';
import { escapeText, short } from './markup.ts';

/** What is drawn besides what was found, and how it looks. */
export interface DrawOptions {
  /** What is there: objects dashed, ignored regions hatched. */
  readonly truths?: readonly Annotation[];
  /**
   * What became of detections and `truths`, as `matchImage` says it: hits, false ones, misses, and in grey what counts
   * neither way. Default nothing is known, and each detection is drawn as a hit.
   */
  readonly matches?: Matches;
  /**
   * Names of all classes, `model.labels`: without `matches`, detections have the colours of their classes then, the same in
   * every picture. Default they have not.
   */
  readonly labels?: readonly string[];
  /** Lines and letters this many times larger, where letters of 1 have 11 pixels. Default by the image's size. */
  readonly scale?: number;
}

export interface Drawing extends DrawOptions {
  /** Of the image that the boxes are in, pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** A JPEG or PNG file, shown below the boxes; it may be a smaller copy, and fills the drawing. Default none. */
  readonly image?: Uint8Array;
  /** What was found. */
  readonly detections?: readonly Detection[];
}

/** What is drawn over an image. */
export type Marked = Omit<Drawing, 'width' | 'height' | 'image'>;

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
  const { width, height, image } = drawing;
  const picture = image
    ? `<image width="${short(width)}" height="${short(height)}" preserveAspectRatio="none" href="${dataUri(image)}"/>`
    : '';
  return svgOf('drawingSvg', drawing, picture);
}

/** The SVG document of a drawing, over a picture that is SVG already. */
export function svgOf(where: string, drawing: Omit<Drawing, 'image'>, picture: string): string {
  const { width, height } = drawing;
  const scale = scaleOf(where, drawing);
  const { marks, tagged, about } = marksOf(drawing);
  const shapes = marks.map(({ box, kind, paint }) => outline(box, kind, scale, paint.colour));
  const letters = { advance: 6.7 * scale, pad: 5 * scale, height: 14 * scale, out: scale };
  const tags = placeTags(tagged, drawing, letters).reverse();
  return `<svg xmlns="http://www.w3.org/2000/svg" class="pyramidion-drawing" viewBox="0 0 ${short(width)} ${short(height)}" width="${short(width)}" height="${short(height)}" font-family="ui-monospace,monospace" font-weight="600" role="img" aria-label="${escapeText(about)}">
${picture}
<g fill="none" stroke-linejoin="round">${shapes.join('\n')}</g>
${tags.map((tag) => tagSvg(tag, scale)).join('\n')}
</svg>`;
}

function tagSvg({ y, x, width, height, text, paint: { colour, ink } }: Tag, scale: number): string {
  return `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${colour}" stroke="#000" stroke-opacity=".6" stroke-width="${short(0.7 * scale)}"/><text x="${short(x + 2.5 * scale)}" y="${short(y + 10.8 * scale)}" font-size="${short(11 * scale)}" fill="${ink}">${escapeText(text)}</text>`;
}

/** How large lines and letters are. @throws RangeError for an image without pixels, or a scale that is not positive */
export function scaleOf(where: string, { width, height, scale }: Omit<Drawing, 'image'>): number {
  if (!(width > 0 && height > 0))
    throw new RangeError(`${where}: the image is ${width}x${height} pixels; both sides must be more than 0`);
  if (scale !== undefined && !(scale > 0 && scale < Number.POSITIVE_INFINITY))
    throw new RangeError(`${where}: scale is ${scale}; it must be more than 0, where 1 gives letters of 11 pixels`);
  return scale ?? Math.min(width, 1.6 * height) / 460;
}

interface Marks {
  /** From the bottom. */
  readonly marks: readonly Mark[];
  /** Those with labels, the best first. */
  readonly tagged: readonly Mark[];
  /** A sentence on them. */
  readonly about: string;
}

/** All that is drawn. */
export function marksOf(drawing: Marked): Marks {
  const { detections = [], truths = [], matches, labels } = drawing;
  const known = kinds(matches);
  const paintOf = labels && classPaints(labels);
  const several = (labels?.length ?? new Set(detections.map(({ label }) => label)).size) > 1;
  const there = truths.map((truth, i): Mark => {
    const kind = known.truth(truth, i);
    return { box: truth.box, kind, paint: looks[kind], ...(kind === 'missed' ? { name: 'missed' } : {}) };
  });
  const found = detections
    .map((detection, i) => ({ ...detection, kind: known.detection(i) }))
    .sort((a, b) => a.score - b.score)
    .map(({ box, score, label, kind }): Mark => {
      const paint = paintOf && matches === undefined ? paintOf(label) : looks[kind];
      return { box, kind, paint, score: score.toFixed(2), ...(several ? { name: label } : {}) };
    });
  const missed = there.filter(({ kind }) => kind === 'missed');
  return {
    marks: [...there, ...found].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)),
    tagged: [...missed, ...found].reverse(),
    about: `${detections.length} detections, ${truths.length} marked${matches ? `, ${missed.length} missed` : ''}`,
  };
}

/** What each detection and each truth is drawn as. */
function kinds(matches: Matches | undefined) {
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
