import type { Annotation } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { objectOf } from './box.ts';
import {
  jsonField,
  jsonFlag,
  jsonList,
  jsonObject,
  jsonSide,
  jsonSides,
  jsonText,
  jsonWhole,
  parseJson,
} from './json.ts';
import { kaistOcclusion } from './kaist.ts';
import { insidePath } from './path.ts';
import { type ReadOptions, readObjects } from './reading.ts';
import type { ImageRecord } from './record.ts';

/**
 * Reads the JSON of the improved KAIST test set that the Python evaluation uses: all objects are of category 1, and
 * `ignore` tells which of them are people, person? or cyclist. Boxes stay as the evaluation takes them, from 0.
 *
 * @throws FormatError that names the entry
 * @see MLPD, evaluation_script/KAIST_annotation.json
 */
export function readKaistJson(text: string, options: ReadOptions = {}): readonly ImageRecord[] {
  const { name = 'readKaistJson' } = options;
  const file = jsonObject(parseJson(text, name), name);
  const images = jsonList(jsonField(file, 'images'), `${name}: images`);
  const objects = new Map<number, Annotation[]>();
  const records = images.map((entry, i): ImageRecord => {
    const where = `${name}: images[${i}]`;
    const image = jsonObject(entry, where);
    const id = jsonWhole(jsonField(image, 'id'), `${where}.id`);
    if (objects.has(id)) throw new FormatError(`${where}.id is ${id}, as an image before it`);
    const list: Annotation[] = [];
    objects.set(id, list);
    const path = insidePath(jsonText(jsonField(image, 'im_name'), `${where}.im_name`), `${where}.im_name`);
    return {
      id: path,
      file: path,
      width: jsonSide(jsonField(image, 'width'), `${where}.width`),
      height: jsonSide(jsonField(image, 'height'), `${where}.height`),
      objects: list,
    };
  });
  readObjects(jsonList(jsonField(file, 'annotations'), `${name}: annotations`), options, (entry, i) => {
    const where = `${name}: annotations[${i}]`;
    const object = jsonObject(entry, where);
    const image = jsonWhole(jsonField(object, 'image_id'), `${where}.image_id`);
    const list = objects.get(image);
    if (list === undefined) throw new FormatError(`${where}.image_id is ${image}; there is no such image`);
    list.push(
      objectOf({
        box: jsonSides(jsonField(object, 'bbox'), `${where}.bbox`),
        label: 'person',
        occlusion: kaistOcclusion(jsonWhole(jsonField(object, 'occlusion') ?? 0, `${where}.occlusion`), where),
        ...(jsonFlag(jsonField(object, 'ignore'), `${where}.ignore`) && { ignore: 'marked to be ignored' }),
      }),
    );
    return undefined;
  });
  return records;
}
