import type { Box } from '../core/annotation.ts';
import type { RgbImage } from '../data/image.ts';
import { rgbOfHex } from './drawColours.ts';
import { glyphOf, plainLetters } from './drawFont.ts';
import { type Marked, marksOf } from './drawing.ts';
import { looks } from './drawingKinds.ts';
import { columnsOf, type Mark, placeTags, type Tag } from './drawTags.ts';

type Pen = (y: number, x: number) => void;
type Edges = readonly [top: number, left: number, bottom: number, right: number];

/** Draws into an image: lines of whole pixels, letters of whole blocks. `scale` as for a drawing. */
export function paintMarks(image: RgbImage, marked: Marked, scale: number): void {
  const { marks, tagged } = marksOf(marked);
  for (const mark of marks) paintOutline(image, mark, scale);
  const block = Math.max(1, Math.round(scale + 0.15)); // two in a picture of 640x480
  const letters = { advance: 6 * block, pad: 3 * block, height: 11 * block, out: Math.max(1, Math.round(scale)) };
  const whole = tagged.map((mark) => ({
    ...mark,
    box: rounded(mark.box),
    ...(mark.name === undefined ? {} : { name: plainLetters(mark.name) }),
  }));
  for (const tag of placeTags(whole, image, letters).reverse()) paintTag(image, tag, block);
}

const rounded = ([y1, x1, y2, x2]: Box): Box => [Math.round(y1), Math.round(x1), Math.round(y2), Math.round(x2)];

/** The lines lie on the box's edges, or beside them inside of the image, with dark ones on both sides. */
function paintOutline(image: RgbImage, { box, kind, paint }: Mark, scale: number): void {
  const { width, dash } = looks[kind];
  const line = Math.max(1, Math.round(width * scale));
  const halo = Math.max(1, Math.round(0.7 * scale));
  const colour = pen(image, paint.colour, 1);
  const shade = pen(image, '#000000', 0.6);
  const [y1, x1, y2, x2] = box;
  const edges: Edges = [
    Math.max(0, Math.round(y1 - line / 2)),
    Math.max(0, Math.round(x1 - line / 2)),
    Math.min(image.height, Math.round(y2 + line / 2)),
    Math.min(image.width, Math.round(x2 + line / 2)),
  ];
  const [top, left, bottom, right] = edges;
  ring([top - halo, left - halo, bottom + halo, right + halo], halo, shade);
  ring([top + line, left + line, bottom - line, right - line], halo, shade);
  if (kind === 'ignored') hatch(rounded(box), pen(image, paint.colour, 0.8), pen(image, '#000000', 0.35), scale);
  if (dash === undefined) ring(edges, line, colour);
  else {
    const [on, off] = dash.map((length) => Math.max(1, Math.round(length * scale)));
    const dashed =
      (draw: Pen, period: number): Pen =>
      (y, x) => {
        // along the side that the pixel is of, from its first corner
        const along = y < top + line || y >= bottom - line ? x - left : y - top;
        if (along % period < (on ?? 1)) draw(y, x);
      };
    ring(edges, line, shade);
    ring(edges, line, dashed(colour, (on ?? 1) + (off ?? 1)));
  }
}

/** The four sides of a frame, each pixel once. */
function ring([top, left, bottom, right]: Edges, thick: number, draw: Pen): void {
  if (bottom <= top || right <= left) return;
  const inner: Edges = [
    Math.min(top + thick, bottom),
    left,
    Math.max(bottom - thick, Math.min(top + thick, bottom)),
    right,
  ];
  fill([top, left, inner[0], right], draw);
  fill([inner[2], left, bottom, right], draw);
  fill([inner[0], left, inner[2], Math.min(left + thick, right)], draw);
  fill([inner[0], Math.max(right - thick, Math.min(left + thick, right)), inner[2], right], draw);
}

function fill([top, left, bottom, right]: Edges, draw: Pen): void {
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) draw(y, x);
}

/** Slanted lines. */
function hatch([top, left, bottom, right]: Box, draw: Pen, shade: Pen, scale: number): void {
  const step = Math.max(4, Math.round(8 * scale));
  const line = Math.max(1, Math.round(scale));
  fill([top, left, bottom, right], (y, x) => {
    const along = (y - top + x - left) % step;
    if (along < line) draw(y, x);
    else if (along < line + Math.ceil(line / 2) || along >= step - Math.ceil(line / 2)) shade(y, x);
  });
}

function paintTag(image: RgbImage, { y, x, width, height, text, paint }: Tag, block: number): void {
  const [top, left] = [Math.round(y), Math.round(x)];
  const edge = Math.max(1, Math.round(0.5 * block));
  const frame: Edges = [top - edge, left - edge, top + height + edge, left + width + edge];
  ring(frame, edge, pen(image, '#000000', 0.6));
  fill([top, left, top + height, left + width], pen(image, paint.colour, 1));
  const ink = pen(image, paint.ink, 1);
  const dot = block + Math.floor(block / 3); // large letters would be thin
  let at = left + 2 * block;
  for (const letter of text) {
    glyphOf(letter).forEach((bits, row) => {
      for (let column = 0; column < 5; column++)
        if (bits & (16 >> column)) {
          const [from, beside] = [top + (row + 1) * block, at + column * block];
          fill([from, beside, from + dot, beside + dot], ink);
        }
    });
    at += 6 * block * columnsOf(letter);
  }
}

/** Colours a pixel, where there is one. */
function pen({ width, height, data }: RgbImage, colour: string, opacity: number): Pen {
  const rgb = rgbOfHex(colour);
  return (y, x) => {
    if (y < 0 || x < 0 || y >= height || x >= width) return;
    const at = 3 * (y * width + x);
    for (let c = 0; c < 3; c++) {
      const below = data[at + c] ?? 0;
      data[at + c] = Math.round(below + opacity * ((rgb[c] ?? 0) - below));
    }
  };
}
