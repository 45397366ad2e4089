import type { Box } from '../core/annotation.ts';
import { type Kind, looks, type Paint } from './drawingKinds.ts';

/** A box to be drawn, with what its label says. */
export interface Mark {
  readonly box: Box;
  readonly kind: Kind;
  readonly paint: Paint;
  /** Shortened where there is no room for it. */
  readonly name?: string;
  /** Never shortened. */
  readonly score?: string;
}

/** How large letters are, pixels. */
export interface Letters {
  readonly advance: number;
  /** Beside the letters, both sides together. */
  readonly pad: number;
  /** Of the whole label. */
  readonly height: number;
  /** How far a label begins to the left of its box, so that it stands on the line. */
  readonly out: number;
}

export interface Tag {
  readonly y: number;
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly text: string;
  readonly paint: Paint;
}

/** Letters are one column wide, those of East Asia and pictures two, accents none. */
export const columnsOf = (text: string): number =>
  [...text].reduce((sum, c) => sum + (/\p{Mark}/u.test(c) ? 0 : wide.test(c) ? 2 : 1), 0);

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\u{1f000}-\u{3ffff}]/u;

/**
 * Places a label for each mark that has words, the first first: above its box, or in it, below it or at its right side,
 * wherever the image has room and no earlier label is; where all places are taken, at the least taken one.
 */
export function placeTags(
  marks: readonly Mark[],
  { width, height }: { readonly width: number; readonly height: number },
  letters: Letters,
): Tag[] {
  const placed: Tag[] = [];
  for (const { box, kind, paint, name, score } of marks) {
    if (name === undefined && score === undefined) continue;
    const text = looks[kind].mark + shortened(name, score, Math.floor((width / 2 - letters.pad) / letters.advance));
    const size = { width: columnsOf(text) * letters.advance + letters.pad, height: letters.height };
    let best: Tag | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const [y, x] of places(box, kind, size, letters.out)) {
      const tag = { ...inside(y, x, size, { width, height }), ...size, text, paint };
      // a place outside of the image is moved into it, which leaves the box
      let taken = Math.abs(tag.y - y) * size.width;
      for (let i = 0; i < placed.length && taken < least; i++) taken += shared(tag, placed[i]);
      if (taken < least) [best, least] = [tag, taken];
      if (taken === 0) break;
    }
    if (best) placed.push(best);
  }
  return placed;
}

/** Top left corners of a label, the preferred ones first. */
function places([y1, x1, y2, x2]: Box, kind: Kind, { width, height }: Pick<Tag, 'width' | 'height'>, out: number) {
  const [left, right] = [x1 - out, x2 + out - width];
  const above = y1 - height;
  const rest = [
    [y1, left],
    [y2, left],
    [above, right],
    [y1, right],
    [y2 - height, left],
    [y2 - height, right],
  ] as const;
  return kind === 'missed' ? ([[y2, left], [above, left], ...rest] as const) : ([[above, left], ...rest] as const);
}

const inside = (y: number, x: number, tag: Pick<Tag, 'width' | 'height'>, image: Pick<Tag, 'width' | 'height'>) => ({
  y: Math.max(0, Math.min(y, image.height - tag.height)),
  x: Math.max(0, Math.min(x, image.width - tag.width)),
});

function shared(a: Tag, b: Tag | undefined): number {
  if (b === undefined) return 0;
  const tall = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  return tall > 0 && wide > 0 ? tall * wide : 0;
}

function shortened(name: string | undefined, score: string | undefined, columns: number): string {
  const words = name?.replace(/\s+/g, ' ').trim();
  if (words === undefined || words === '') return score ?? '';
  const rest = score === undefined ? '' : ` ${score}`;
  if (columnsOf(words + rest) <= columns) return words + rest;
  let kept = '';
  for (const c of words) {
    if (columnsOf(kept + c) > Math.max(1, columns - rest.length - 1)) break;
    kept += c;
  }
  return `${kept.trimEnd()}…${rest}`;
}
