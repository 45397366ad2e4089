import type { Box } from '../../core/annotation.ts';
import { boxOfEdges } from './box.ts';
import { type KaistOptions, kaistAnnotation, kaistOcclusion, kaistSize } from './kaist.ts';
import { insidePath } from './path.ts';
import { readObjects, wholeOf } from './reading.ts';
import type { ImageRecord } from './record.ts';
import { vocRoot, vocSize, xmlFlag, xmlNumber } from './voc.ts';
import { type XmlElement, xmlAll, xmlMaybe, xmlOne } from './xml.ts';

/**
 * Reads a KAIST annotation in XML, of either dialect: boxes as `x y w h`, or as `xmin ymin xmax ymax`, both with pixels
 * from (1, 1), as in the texts that they were made from. Dialects may not be mixed within a box.
 *
 * @throws FormatError that names the object and the element
 * @see annotations-xml-new of the data set; kaist_to_voc_format.py of its repository
 */
export function readKaistXml(text: string, options: KaistOptions = {}): ImageRecord {
  const { name = 'readKaistXml' } = options;
  const root = vocRoot(text, name);
  const id = insidePath(xmlOne(root, 'filename', name).text, `${name}: filename`).replace(/\.(?:jpe?g|png)$/i, '');
  const objects = readObjects(xmlAll(root, 'object'), options, (element, i) => {
    const where = `${name}: object ${i + 1}`;
    const level = wholeOf(xmlMaybe(element, 'occlusion', where)?.text ?? '0', `${where}: occlusion`);
    const found = kaistAnnotation(
      xmlOne(element, 'name', where).text.toLowerCase(),
      { box: boxOf(xmlOne(element, 'bndbox', where), where), occlusion: kaistOcclusion(level, where) },
      options,
    );
    if (found === undefined || !xmlFlag(element, 'difficult', where)) return found;
    return { ...found, ignore: found.ignore ?? 'difficult' };
  });
  return { id, file: id, ...kaistSize, ...vocSize(root, name), objects };
}

function boxOf(element: XmlElement, where: string): Box {
  const number = (key: string) => xmlNumber(element, key, where);
  if (xmlMaybe(element, 'xmin', where)) {
    const [x1, y1, x2, y2] = [number('xmin'), number('ymin'), number('xmax'), number('ymax')];
    return boxOfEdges(y1 - 1, x1 - 1, y2, x2, where);
  }
  const [x, y, width, height] = [number('x') - 1, number('y') - 1, number('w'), number('h')];
  return boxOfEdges(y, x, y + height, x + width, where);
}
