import { FormatError } from './formatError.ts';
import { isUnset, type PixelBox, pixelBox } from './pixelBox.ts';

/** An object of a bbGt text file. */
export interface BbGtObject {
  readonly label: string;
  readonly pos: PixelBox;
  /** All zero says nothing, which means all of it. */
  readonly posv: PixelBox;
  readonly occluded: boolean;
  readonly ignore: boolean;
  /** Degrees, clockwise. */
  readonly angle: number;
}

export interface BbGtOptions {
  /** How errors call the file. Default `readBbGt`. */
  readonly name?: string;
}

/** Fields of a line, by version: 0 and 1 end before `ignore`, 2 before `angle`. */
const fieldCounts = [10, 10, 11, 12] as const;

/**
 * Reads the text annotation of one image: a line of version, then one of `label l t w h occ vl vt vw vh ign ang` for each
 * object. A file of version 0 has no line of version.
 *
 * @throws FormatError that names the line
 * @see bbGt.m 3.26 of Piotr's toolbox
 */
export function readBbGt(text: string, options: BbGtOptions = {}): readonly BbGtObject[] {
  const { name = 'readBbGt' } = options;
  const lines = text.split(/\r?\n/);
  const marked = /^% bbGt version=(\d+)\s*$/.exec(lines[0] ?? '');
  if (!marked && lines[0]?.startsWith('%'))
    throw new FormatError(`${name}: line 1 is ${JSON.stringify(lines[0].slice(0, 60))}; it must be % bbGt version=3`);
  const version = Number(marked?.[1] ?? 0);
  const fields = fieldCounts[version];
  if (fields === undefined) throw new FormatError(`${name}: the version is ${version}; it may be 0 to 3`);
  return lines.flatMap((line, i): readonly BbGtObject[] => {
    if ((marked && i === 0) || line.trim() === '') return [];
    const [label = '', ...words] = line.trim().split(/\s+/);
    const numbers = words.map(Number);
    const pos = pixelBox(numbers.slice(0, 4));
    const posv = pixelBox(numbers.slice(5, 9));
    if (words.length !== fields - 1 || !pos || !posv || !numbers.every(Number.isFinite))
      throw new FormatError(
        `${name}: line ${i + 1} is ${JSON.stringify(line.slice(0, 80))}; version ${version} asks for a label and ${fields - 1} numbers`,
      );
    for (const [, , width, height] of [pos, posv])
      if (width < 0 || height < 0)
        throw new FormatError(`${name}: line ${i + 1} has a box of ${width}x${height}; sides must be 0 or more`);
    return [{ label, pos, posv, occluded: numbers[4] !== 0, ignore: (numbers[9] ?? 0) !== 0, angle: numbers[10] ?? 0 }];
  });
}

/**
 * Writes the text annotation of one image, version 3. The tools write whole numbers; fractions are kept here.
 *
 * @throws RangeError for a label that a line cannot hold
 */
export function writeBbGt(objects: readonly BbGtObject[]): string {
  const lines = objects.map(({ label, pos, posv, occluded, ignore, angle }) => {
    if (label === '' || /\s/.test(label) || label.startsWith('%'))
      throw new RangeError(`writeBbGt: the label ${JSON.stringify(label)} must be one word that does not begin with %`);
    const seen = isUnset(posv) ? [0, 0, 0, 0] : posv;
    return [label, ...pos, occluded ? 1 : 0, ...seen, ignore ? 1 : 0, angle].join(' ');
  });
  return `${['% bbGt version=3', ...lines].join('\n')}\n`;
}
