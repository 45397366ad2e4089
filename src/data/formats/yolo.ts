import type { Annotation, Box, Detection } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { boxOfEdges, isEmpty, objectOf } from './box.ts';
import { type Line, linesOf, numberOf, quote, type ReadOptions, readObjects, wholeOf } from './reading.ts';

/** What a YOLO text leaves to others. */
export interface YoloOptions extends ReadOptions {
  /** Class names by number, from 0. */
  readonly classes: readonly string[];
  /** The image's, pixels. */
  readonly width: number;
  /** The image's, pixels. */
  readonly height: number;
}

/** How far a label may leave the image, in its sides: the digits of a text are rounded. */
const slack = 0.01;

/**
 * Reads labels in YOLO's text: `class x y width height` an object, its middle and sides as shares of the image's. A line of
 * an outline (class, then x y of three points or more) becomes its box.
 *
 * @throws FormatError that names the line, as for a class that there is not or shares above 1
 */
export function readYolo(text: string, options: YoloOptions): readonly Annotation[] {
  const { name = 'readYolo' } = options;
  return readObjects(linesOf(text), options, (line): Annotation => {
    const { label, shares } = readLine(line, options, name);
    const where = `${name}: line ${line.number}`;
    const outside = shares.find((share) => share < -slack || share > 1 + slack);
    if (outside !== undefined)
      throw new FormatError(`${where} has ${outside}; places and sides are shares of the image's, 0 to 1`);
    const box = shares.length === 4 ? boxOf(shares, options, where) : outlineBox(shares, options, where);
    return objectOf({ box, label });
  });
}

/**
 * Reads predictions in YOLO's text: labels with a confidence at the end.
 *
 * @throws FormatError that names the line
 */
export function readYoloDetections(text: string, options: YoloOptions): readonly Detection[] {
  const { name = 'readYoloDetections' } = options;
  return readObjects(linesOf(text), options, (line): Detection => {
    const { label, shares } = readLine(line, options, name);
    const where = `${name}: line ${line.number}`;
    const score = shares[4];
    if (score === undefined || shares.length !== 5)
      throw new FormatError(`${where} is ${quote(line.text)}; it must be class x y width height confidence`);
    return { box: boxOf(shares, options, where), score, label };
  });
}

function readLine({ text, number }: Line, { classes }: YoloOptions, name: string) {
  const where = `${name}: line ${number}`;
  const [word = '', ...words] = text.split(/\s+/);
  const shares = words.map((share, i) => numberOf(share, `${where}: value ${i + 2}`));
  if (shares.length < 4 || (shares.length > 5 && shares.length % 2 !== 0))
    throw new FormatError(`${where} is ${quote(text)}; it must be class x y width height`);
  const code = wholeOf(word, `${where}: the class`);
  const label = classes[code];
  if (label === undefined)
    throw new FormatError(`${where}: the class is ${code}; there are 0 to ${classes.length - 1}`);
  return { label, shares };
}

function boxOf([x = 0, y = 0, w = 0, h = 0]: readonly number[], { width, height }: YoloOptions, where: string): Box {
  return boxOfEdges((y - h / 2) * height, (x - w / 2) * width, (y + h / 2) * height, (x + w / 2) * width, where);
}

function outlineBox(points: readonly number[], { width, height }: YoloOptions, where: string): Box {
  if (points.length < 6) throw new FormatError(`${where} has ${points.length} values after the class; it must have 4`);
  let [y1, x1, y2, x2] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
  points.forEach((share, i) => {
    if (i % 2 === 0) [x1, x2] = [Math.min(x1, share), Math.max(x2, share)];
    else [y1, y2] = [Math.min(y1, share), Math.max(y2, share)];
  });
  return boxOfEdges(y1 * height, x1 * width, y2 * height, x2 * width, where);
}

/** The part of a box that lies in the image; undefined where none does. */
export function clipped([y1, x1, y2, x2]: Box, { width, height }: { width: number; height: number }): Box | undefined {
  const box: Box = [Math.max(0, y1), Math.max(0, x1), Math.min(height, y2), Math.min(width, x2)];
  return isEmpty(box) ? undefined : box;
}

/**
 * Writes labels in YOLO's text. Boxes are cut at the image's sides, for YOLO's tools refuse what leaves them; those outside
 * and those that are ignored are left out, for the text has no mark for them. Shares keep all digits that matter.
 *
 * @throws RangeError for a label that is not among the classes
 */
export function writeYolo(objects: readonly Annotation[], options: Omit<YoloOptions, keyof ReadOptions>): string {
  const { classes, width, height } = options;
  return objects
    .flatMap(({ box, label, ignore }) => {
      const inside = clipped(box, options);
      if (ignore !== undefined || inside === undefined) return [];
      const code = classes.indexOf(label);
      if (code < 0)
        throw new RangeError(`writeYolo: the label ${JSON.stringify(label)} is not among ${classes.join(', ')}`);
      const [y1, x1, y2, x2] = inside;
      const shares = [(x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (x2 - x1) / width, (y2 - y1) / height];
      return `${code} ${shares.map((share) => Number(share.toPrecision(12))).join(' ')}\n`;
    })
    .join('');
}
