import type { Detection } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { sidesOfBox } from './box.ts';
import type { Coco } from './coco.ts';
import { jsonField, jsonList, jsonNumber, jsonObject, jsonSides, jsonWhole, parseJson } from './json.ts';
import { type ReadOptions, readObjects } from './reading.ts';

/**
 * Reads a COCO file of results, a list of `{ image_id, category_id, bbox, score }`: the detections of each image of
 * `coco`, by its id.
 *
 * @throws FormatError that names the entry, as for an image or a class that the instances lack
 */
export function readCocoResults(
  text: string,
  { images, categories }: Pick<Coco, 'images' | 'categories'>,
  options: ReadOptions = {},
): ReadonlyMap<string, readonly Detection[]> {
  const { name = 'readCocoResults' } = options;
  const found = new Map<string, Detection[]>(images.map(({ id }) => [id, []]));
  const lists = new Map(images.map(({ number, id }) => [number, found.get(id)]));
  readObjects(jsonList(parseJson(text, name), name), options, (entry, i) => {
    const where = `${name}: [${i}]`;
    const result = jsonObject(entry, where);
    const image = jsonWhole(jsonField(result, 'image_id'), `${where}.image_id`);
    const category = jsonWhole(jsonField(result, 'category_id'), `${where}.category_id`);
    const [list, label] = [lists.get(image), categories.get(category)];
    if (list === undefined) throw new FormatError(`${where}.image_id is ${image}; the instances have no such image`);
    if (label === undefined) throw new FormatError(`${where}.category_id is ${category}; there is no such category`);
    list.push({
      box: jsonSides(jsonField(result, 'bbox'), `${where}.bbox`),
      score: jsonNumber(jsonField(result, 'score'), `${where}.score`),
      label,
    });
    return undefined;
  });
  return found;
}

/**
 * Writes detections as a COCO file of results; boxes and scores keep all their digits.
 *
 * @throws RangeError for an image or a class that the instances lack
 */
export function writeCocoResults(
  detections: ReadonlyMap<string, readonly Detection[]>,
  { images, categories }: Pick<Coco, 'images' | 'categories'>,
): string {
  const numbers = new Map(images.map(({ id, number }) => [id, number]));
  const classes = new Map([...categories].map(([number, label]) => [label, number]));
  const lines = [...detections].flatMap(([id, list]) =>
    list.map(({ box, score, label }) => {
      const [image_id, category_id] = [numbers.get(id), classes.get(label)];
      if (image_id === undefined || category_id === undefined)
        throw new RangeError(
          `writeCocoResults: the instances have no ${image_id === undefined ? `image ${id}` : `class ${label}`}`,
        );
      return JSON.stringify({ image_id, category_id, bbox: sidesOfBox(box), score });
    }),
  );
  return `[${lines.map((line) => `\n${line}`).join(',')}\n]\n`;
}
