import type { Annotation, Box } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { boxOfEdges, objectOf } from './box.ts';
import { insidePath, withoutEnding } from './path.ts';
import { linesOf, numberOf, quote, type ReadOptions, readObjects, wholeOf } from './reading.ts';
import type { ImageRecord } from './record.ts';
import { parseXml, type XmlElement, xmlAll, xmlMaybe, xmlOne } from './xml.ts';

export interface VocOptions extends ReadOptions {
  /**
   * What the corners are: `pixels` from (1, 1), both inside the object, as VOC defines them; or `edges` from 0, as many
   * labelling programs write them. Default `pixels`.
   */
  readonly corners?: 'pixels' | 'edges';
}

/**
 * Reads an annotation of PASCAL VOC. A difficult object is ignored; truncated, occluded and pose become tags, parts are
 * passed over.
 *
 * @throws FormatError that names the object and the element
 * @see Everingham et al., 2010
 */
export function readVoc(text: string, options: VocOptions = {}): ImageRecord {
  const { name = 'readVoc' } = options;
  const root = vocRoot(text, name);
  const file = insidePath(xmlOne(root, 'filename', name).text, `${name}: filename`);
  const objects = readObjects(xmlAll(root, 'object'), options, (element, i): Annotation => {
    const where = `${name}: object ${i + 1}`;
    const occluded = xmlFlag(element, 'occluded', where);
    const tags = [
      ...(xmlFlag(element, 'truncated', where) ? ['truncated'] : []),
      ...(occluded ? ['occluded'] : []),
      ...poseOf(element, where),
    ];
    return objectOf({
      box: cornersOf(xmlOne(element, 'bndbox', where), options.corners ?? 'pixels', where),
      label: xmlOne(element, 'name', where).text,
      ...(xmlFlag(element, 'difficult', where) && { ignore: 'difficult' }),
      ...(occluded && { occlusion: 'partial' }),
      ...(tags.length > 0 && { tags }),
    });
  });
  return { id: withoutEnding(file), file, ...vocSize(root, name), objects };
}

/** @throws FormatError for XML whose root is another */
export function vocRoot(text: string, name: string): XmlElement {
  const root = parseXml(text, name);
  if (root.name !== 'annotation')
    throw new FormatError(`${name}: the XML is of <${quote(root.name, 20)}>; it must be of <annotation>`);
  return root;
}

/** The image's size where the annotation has it; some write zeros. */
export function vocSize(root: XmlElement, name: string): { readonly width?: number; readonly height?: number } {
  const size = xmlMaybe(root, 'size', name);
  if (size === undefined) return {};
  const side = (key: string) => wholeOf(xmlOne(size, key, `${name}: size`).text, `${name}: ${key}`);
  const [width, height] = [side('width'), side('height')];
  if (width > 2 ** 20 || height > 2 ** 20) throw new FormatError(`${name}: the image is ${height}x${width}`);
  return width > 0 && height > 0 ? { width, height } : {};
}

function cornersOf(element: XmlElement, corners: 'pixels' | 'edges', where: string): Box {
  const edge = (key: string) => xmlNumber(element, key, where);
  const shift = corners === 'pixels' ? 1 : 0;
  return boxOfEdges(edge('ymin') - shift, edge('xmin') - shift, edge('ymax'), edge('xmax'), where);
}

/** The number in a child. @throws FormatError for none, or another text */
export function xmlNumber(element: XmlElement, key: string, where: string): number {
  return numberOf(xmlOne(element, key, where).text, `${where}: ${key}`);
}

/** A flag in a child; absent, empty or `Unspecified` means no. @throws FormatError for another text */
export function xmlFlag(element: XmlElement, key: string, where: string): boolean {
  const text = xmlMaybe(element, key, where)?.text.toLowerCase() ?? '';
  if (['', '0', 'false', 'no', 'unspecified'].includes(text)) return false;
  if (['1', 'true', 'yes'].includes(text)) return true;
  throw new FormatError(`${where}: ${key} is ${quote(text)}; it must be 0 or 1`);
}

function poseOf(element: XmlElement, where: string): readonly string[] {
  const pose = xmlMaybe(element, 'pose', where)?.text ?? '';
  return pose === '' || /^(?:unspecified|unknown)$/i.test(pose) ? [] : [`pose=${pose}`];
}

/**
 * The ids of a list of images, one a line; a second word, as the lists of one class have, is passed over.
 *
 * @throws FormatError for a line that names no file inside
 */
export function readVocList(text: string, name = 'readVocList'): readonly string[] {
  return [...linesOf(text)].map(({ text: line, number }) =>
    insidePath(line.split(/\s+/)[0] ?? '', `${name}: line ${number}`),
  );
}
