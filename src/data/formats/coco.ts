import type { Annotation } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { readCocoObject } from './cocoObject.ts';
import { type JsonObject, jsonField, jsonList, jsonObject, jsonSide, jsonText, jsonWhole, parseJson } from './json.ts';
import { insidePath, withoutEnding } from './path.ts';
import { type ReadOptions, readObjects } from './reading.ts';
import type { SizedRecord } from './record.ts';

/** What a COCO file of instances says. */
export interface Coco {
  /** Classes by their numbers, in the file's order. */
  readonly categories: ReadonlyMap<number, string>;
  readonly images: readonly CocoImage[];
}

/** An image and the number by which results name it. */
export interface CocoImage extends SizedRecord {
  readonly number: number;
}

/**
 * Reads the instances of a COCO file. Crowds are ignored, and marked; so is what has `ignore: 1`. Fields that converted
 * pedestrian data carry are read: `vis_bbox` (CityPersons), `visible_bbox`, `ignore_reason`, `occlusion`, `track_id`,
 * `tags`. Outlines are passed over, their `area` is kept.
 *
 * @throws FormatError that names the entry
 * @see Lin et al., 2014
 */
export function readCoco(text: string, options: ReadOptions = {}): Coco {
  const { name = 'readCoco' } = options;
  const file = jsonObject(parseJson(text, name), name);
  const categories = readCategories(file, name);
  const objects = new Map<number, Annotation[]>();
  const images = jsonList(jsonField(file, 'images'), `${name}: images`).map((entry, i): CocoImage => {
    const image = readImage(entry, `${name}: images[${i}]`);
    if (objects.has(image.number))
      throw new FormatError(`${name}: images[${i}].id is ${image.number}, as an image before it`);
    const list: Annotation[] = [];
    objects.set(image.number, list);
    return { ...image, objects: list };
  });
  readObjects(jsonList(jsonField(file, 'annotations'), `${name}: annotations`), options, (entry, i) => {
    const where = `${name}: annotations[${i}]`;
    const object = jsonObject(entry, where);
    const image = jsonWhole(jsonField(object, 'image_id'), `${where}.image_id`);
    const list = objects.get(image);
    if (list === undefined) throw new FormatError(`${where}.image_id is ${image}; there is no such image`);
    list.push(readCocoObject(object, categories, where));
    return undefined;
  });
  return { categories, images };
}

function readCategories(file: JsonObject, name: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  jsonList(jsonField(file, 'categories'), `${name}: categories`).forEach((entry, i) => {
    const where = `${name}: categories[${i}]`;
    const category = jsonObject(entry, where);
    const id = jsonWhole(jsonField(category, 'id'), `${where}.id`);
    if (found.has(id)) throw new FormatError(`${where}.id is ${id}, as a category before it`);
    found.set(id, jsonText(jsonField(category, 'name'), `${where}.name`));
  });
  return found;
}

function readImage(entry: unknown, where: string): CocoImage {
  const image = jsonObject(entry, where);
  const path = jsonField(image, 'file_name') ?? jsonField(image, 'im_name'); // CityPersons has im_name
  const file = insidePath(jsonText(path, `${where}.file_name`), `${where}.file_name`);
  return {
    id: withoutEnding(file),
    file,
    number: jsonWhole(jsonField(image, 'id'), `${where}.id`),
    width: jsonSide(jsonField(image, 'width'), `${where}.width`),
    height: jsonSide(jsonField(image, 'height'), `${where}.height`),
    objects: [],
  };
}
