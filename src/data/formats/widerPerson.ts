import type { Annotation } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { boxOfEdges, objectOf } from './box.ts';
import { linesOf, numberOf, quote, type ReadOptions, readObjects, wholeOf } from './reading.ts';

/** Classes by their number, from 1; why one does not count. */
const classes: readonly Pick<Annotation, 'label' | 'ignore' | 'crowd' | 'occlusion'>[] = [
  { label: 'pedestrian' },
  { label: 'rider' },
  { label: 'partially-visible person', occlusion: 'partial' },
  { label: 'ignore region', ignore: 'a region to ignore' },
  { label: 'crowd', ignore: 'a crowd', crowd: true },
];

/**
 * Reads a text of WiderPerson: a count, then `class left top right bottom` an object, edges from 0. The first three
 * classes count, as in its evaluation; regions and crowds are ignored.
 *
 * @throws FormatError that names the line
 * @see Zhang et al., 2019
 */
export function readWiderPerson(text: string, options: ReadOptions = {}): readonly Annotation[] {
  const { name = 'readWiderPerson' } = options;
  const [first, ...lines] = linesOf(text);
  if (first === undefined) throw new FormatError(`${name}: the text is empty; it must begin with a count`);
  const count = wholeOf(first.text, `${name}: line ${first.number}: the count`);
  if (lines.length !== count)
    throw new FormatError(`${name}: the text promises ${count} objects and has ${lines.length}; was it cut?`);
  return readObjects(lines, options, ({ text: line, number }) => {
    const where = `${name}: line ${number}`;
    const [code = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0, ...more] = line
      .split(/\s+/)
      .map((word, i) => numberOf(word, `${where}: value ${i + 1}`));
    const known = classes[code - 1];
    if (known === undefined || more.length > 0 || line.split(/\s+/).length < 5)
      throw new FormatError(
        `${where} is ${quote(line)}; it must be class 1 to ${classes.length}, then left top right bottom`,
      );
    return objectOf({ box: boxOfEdges(y1, x1, y2, x2, where), ...known });
  });
}
