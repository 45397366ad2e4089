import type { Annotation } from '../core/annotation.ts';
import { FormatError } from './formatError.ts';

/** What a PASCAL 1.00 text says of an image. */
export interface PascalText {
  /** As written: `PennFudanPed/PNGImages/FudanPed00001.png`. */
  readonly file: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly objects: readonly Annotation[];
}

export interface PascalTextOptions {
  /** How errors call the file. Default `readPascalText`. */
  readonly name?: string;
  /** The label of an object, by the file's word for it. Default: the word itself. */
  readonly label?: (word: string) => string;
}

/**
 * Reads an annotation of PASCAL version 1.00, the form of Penn-Fudan and INRIA. Corners are pixels, both inside the object,
 * counted from where the file says, which is (1, 1) in Penn-Fudan, so that (1, 1) - (2, 2) is the box [0, 0, 2, 2]. INRIA
 * says (0, 0) and yet has corners at the width and the height: such a box ends with the image.
 *
 * @throws FormatError where a line is missing, or the numbers contradict each other
 */
export function readPascalText(text: string, options: PascalTextOptions = {}): PascalText {
  const { name = 'readPascalText', label = (word: string) => word } = options;
  const one = (pattern: RegExp, what: string): readonly string[] => {
    const found = pattern.exec(text);
    if (!found) throw new FormatError(`${name}: there is no line ${what}; was the file cut?`);
    return found.slice(1);
  };
  one(/PASCAL Annotation Version (1\.00)/, '"# Compatible with PASCAL Annotation Version 1.00"');
  const [file = ''] = one(/^Image filename\s*:\s*"([^"]*)"/m, '"Image filename"');
  const [width = 0, height = 0] = one(/^Image size[^:\n]*:\s*(\d+)\s*x\s*(\d+)/m, '"Image size"').map(Number);
  if (width < 1 || height < 1) throw new FormatError(`${name}: the image is ${height}x${width}`);
  const [count = 0] = one(/^Objects with ground truth\s*:\s*(\d+)/m, '"Objects with ground truth"').map(Number);

  const origin = /^# Top left pixel co-ordinates\s*:\s*\(([01]), *\1\)/m.exec(text)?.[1] === '0' ? 0 : 1;

  const boxes = /^Bounding box for object (\d+) "([^"\n]*)"[^:\n]*:\s*\((-?\d+), *(-?\d+)\) - \((-?\d+), *(-?\d+)\)/gm;
  const objects = [...text.matchAll(boxes)].map(([, number, word = '', ...corners]): Annotation => {
    const [left = 0, top = 0, right = 0, bottom = 0] = corners.map(Number);
    if (left < origin || top < origin || right > width || bottom > height || left > right || top > bottom)
      throw new FormatError(
        `${name}: object ${number} is (${left}, ${top}) - (${right}, ${bottom}) but the image is (${origin}, ${origin}) - (${width}, ${height})`,
      );
    const [y2, x2] = [Math.min(bottom + 1 - origin, height), Math.min(right + 1 - origin, width)];
    return { box: [top - origin, left - origin, y2, x2], label: label(word) };
  });
  if (objects.length !== count)
    throw new FormatError(`${name}: the file promises ${count} objects and has ${objects.length} boxes; was it cut?`);
  return { file, width, height, objects };
}
