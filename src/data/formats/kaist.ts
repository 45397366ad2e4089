import type { Annotation, Box } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { boxOfPixels, isUnset, pixelBox } from '../pixelBox.ts';
import { boxOfEdges, objectOf } from './box.ts';
import { linesOf, numberOf, quote, type ReadOptions, readObjects } from './reading.ts';

export interface KaistOptions extends ReadOptions {
  /**
   * What a cyclist is: ignored, as in the benchmark's evaluation, or a person, as AR-CNN and those after it train.
   * Default `ignore`.
   */
  readonly cyclists?: 'ignore' | 'person';
  /** What becomes of a label that the benchmark does not know: background, or ignored. Default `drop`. */
  readonly others?: 'drop' | 'ignore';
}

/** Frames of both cameras, pixels; the data set's own page says 640x480 and is wrong. */
export const kaistSize = { width: 640, height: 512 } as const;

const reasons = new Map([
  ['people', 'a group of people'],
  ['person?', 'perhaps a person'],
  ['cyclist', 'a cyclist'],
  ['ignore', 'a region to ignore'],
]);

/** Levels as the files count them. */
const levels = ['none', 'partial', 'heavy'] as const;

/** How much is hidden, by the number in the files. @throws FormatError for another number than 0, 1 and 2 */
export function kaistOcclusion(level: number, where: string): 'none' | 'partial' | 'heavy' {
  const found = levels[level];
  if (found === undefined) throw new FormatError(`${where}: the occlusion is ${level}; it may be 0, 1 or 2`);
  return found;
}

/** An object under KAIST's rules, or none where its label is dropped. */
export function kaistAnnotation(
  label: string,
  parts: { readonly box: Box; readonly visible?: Box; readonly occlusion?: 'none' | 'partial' | 'heavy' },
  { cyclists = 'ignore', others = 'drop' }: KaistOptions,
): Annotation | undefined {
  if (label === 'person' || (label === 'cyclist' && cyclists === 'person'))
    return objectOf({ ...parts, label: 'person', ...(label === 'cyclist' && { tags: ['cyclist'] }) });
  const ignore = reasons.get(label) ?? (others === 'ignore' ? 'a label that the benchmark does not know' : undefined);
  return ignore === undefined ? undefined : { ...parts, label, ignore };
}

/**
 * Reads a KAIST text of the original, improved or paired annotations: a line of version, then
 * `label left top width height occlusion ...` an object, pixels from (1, 1), occlusion 0, 1 or 2. Paired annotations are
 * two such files, one for each camera.
 *
 * @throws FormatError that names the line
 * @see Hwang et al., 2015; Liu et al., 2016; Zhang et al., 2019 (AR-CNN)
 */
export function readKaist(text: string, options: KaistOptions = {}): readonly Annotation[] {
  const { name = 'readKaist' } = options;
  return readObjects(linesOf(text), options, ({ text: line, number }) => {
    const where = `${name}: line ${number}`;
    if (number === 1 && line.startsWith('%')) {
      if (/^% bbGt version=[0-3]$/.test(line)) return undefined;
      throw new FormatError(`${where} is ${quote(line)}; it must be % bbGt version=3`);
    }
    const [label = '', ...words] = line.split(/\s+/);
    if (words.length < 4 || words.length > 12)
      throw new FormatError(`${where} is ${quote(line)}; it must be label left top width height occlusion ...`);
    const numbers = words.map((word, i) => numberOf(word, `${where}: value ${i + 1}`));
    const pos = pixelBox(numbers.slice(0, 4));
    const posv = pixelBox(numbers.slice(5, 9));
    if (pos === undefined) throw new FormatError(`${where} is ${quote(line)}; it has no box`);
    const box = checked(boxOfPixels(pos), where);
    const visible = posv && !isUnset(posv) ? checked(boxOfPixels(posv), `${where}: the visible part`) : undefined;
    const occlusion = kaistOcclusion(numbers[4] ?? 0, where);
    return kaistAnnotation(label, { box, occlusion, ...(visible && { visible }) }, options);
  });
}

/**
 * Reads a text of the sanitized annotations: `person` or `ignore`, then the corners left, top, right, bottom, pixels from
 * (1, 1), both inside the object.
 *
 * @throws FormatError that names the line
 * @see Li et al., 2018: MSDS-RCNN
 */
export function readKaistSanitized(text: string, options: KaistOptions = {}): readonly Annotation[] {
  const { name = 'readKaistSanitized' } = options;
  return readObjects(linesOf(text), options, ({ text: line, number }) => {
    const where = `${name}: line ${number}`;
    const [label = '', ...words] = line.split(/\s+/);
    if ((label !== 'person' && label !== 'ignore') || words.length !== 4)
      throw new FormatError(`${where} is ${quote(line)}; it must be person or ignore, then left top right bottom`);
    const [left = 0, top = 0, right = 0, bottom = 0] = words.map((word, i) =>
      numberOf(word, `${where}: value ${i + 1}`),
    );
    return kaistAnnotation(label, { box: boxOfEdges(top - 1, left - 1, bottom, right, where) }, options);
  });
}

const checked = ([y1, x1, y2, x2]: Box, where: string) => boxOfEdges(y1, x1, y2, x2, where);

/** The ids of a list of frames, `set00/V000/I00001` a line. @throws FormatError that names the line */
export function readKaistList(text: string, name = 'readKaistList'): readonly string[] {
  return [...linesOf(text)].map(({ text: line, number }) => {
    if (!/^set\d\d\/V\d\d\d\/I\d{5}$/.test(line))
      throw new FormatError(`${name}: line ${number} is ${quote(line)}; it must be as set00/V000/I00001`);
    return line;
  });
}
