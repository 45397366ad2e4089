import type { Annotation, Box } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { boxOfEdges, objectOf } from './box.ts';
import {
  type JsonObject,
  jsonField,
  jsonFlag,
  jsonList,
  jsonNumber,
  jsonNumbers,
  jsonObject,
  jsonSide,
  jsonText,
  jsonWhole,
  parseJson,
} from './json.ts';
import { insidePath } from './path.ts';
import { type ReadOptions, readObjects } from './reading.ts';
import type { SizedRecord } from './record.ts';

/** What the `data.json` of a plain folder says. */
export interface FolderData {
  readonly images: readonly SizedRecord[];
  /** Ids of images by the split's name. */
  readonly splits: ReadonlyMap<string, readonly string[]>;
}

/** The mark and the version at the file's head. */
export const folderHead = { format: 'pyramidion-data', version: 1 } as const;

/**
 * Reads the library's own form, `data.json` in a folder of images. It holds an annotation whole:
 *
 *     { "format": "pyramidion-data", "version": 1,
 *       "splits": { "train": ["a", ...] },
 *       "images": [ { "id": "a", "file": "images/a.jpg", "width": 640, "height": 480, "objects": [
 *         { "box": [y1, x1, y2, x2], "label": "person", "visible": [y1, x1, y2, x2], "ignore": "why",
 *           "occlusion": "none" | "partial" | "heavy", "track": 1, "tags": ["..."], "area": 9.5, "crowd": true } ] } ] }
 *
 * Boxes are pixels, corners on edges from 0. All but box and label may be absent. Unknown fields are an error, for a
 * misspelt one would be lost in silence; a later version may add some.
 *
 * @throws FormatError that names the entry
 */
export function readFolderData(text: string, options: ReadOptions = {}): FolderData {
  const { name = 'readFolderData' } = options;
  const root = jsonObject(parseJson(text, name), name);
  if (jsonField(root, 'format') !== folderHead.format)
    throw new FormatError(`${name}: format must be "${folderHead.format}"`);
  const found = jsonWhole(jsonField(root, 'version'), `${name}: version`);
  if (found !== folderHead.version)
    throw new FormatError(`${name}: the version is ${found}; this reader knows ${folderHead.version}`);
  only(root, ['format', 'version', 'splits', 'images'], name);
  const ids = new Set<string>();
  const images = jsonList(jsonField(root, 'images'), `${name}: images`).map((entry, i) => {
    const image = readImage(jsonObject(entry, `${name}: images[${i}]`), `${name}: images[${i}]`, options);
    if (ids.has(image.id))
      throw new FormatError(`${name}: images[${i}].id is ${JSON.stringify(image.id)}, as one before`);
    ids.add(image.id);
    return image;
  });
  const splits = Object.entries(jsonObject(jsonField(root, 'splits') ?? {}, `${name}: splits`)).map(
    ([split, list]) => [split, readSplit(list, ids, `${name}: splits.${split.slice(0, 40)}`)] as const,
  );
  return { images, splits: new Map(splits) };
}

function readSplit(value: unknown, ids: ReadonlySet<string>, where: string): readonly string[] {
  return jsonList(value, where).map((entry, i) => {
    const id = jsonText(entry, `${where}[${i}]`);
    if (!ids.has(id))
      throw new FormatError(`${where}[${i}] is ${JSON.stringify(id.slice(0, 60))}; there is no such image`);
    return id;
  });
}

function readImage(image: JsonObject, where: string, options: ReadOptions): SizedRecord {
  only(image, ['id', 'file', 'width', 'height', 'objects'], where);
  return {
    id: jsonText(jsonField(image, 'id'), `${where}.id`),
    file: insidePath(jsonText(jsonField(image, 'file'), `${where}.file`), `${where}.file`),
    width: jsonSide(jsonField(image, 'width'), `${where}.width`),
    height: jsonSide(jsonField(image, 'height'), `${where}.height`),
    objects: readObjects(jsonList(jsonField(image, 'objects'), `${where}.objects`), options, (entry, i) =>
      readObject(jsonObject(entry, `${where}.objects[${i}]`), `${where}.objects[${i}]`),
    ),
  };
}

const fields = ['box', 'label', 'visible', 'ignore', 'occlusion', 'track', 'tags', 'area', 'crowd'];

function readObject(object: JsonObject, where: string): Annotation {
  only(object, fields, where);
  const given = (key: string) => jsonField(object, key) !== undefined;
  const text = (key: string) => jsonText(jsonField(object, key), `${where}.${key}`);
  const number = (key: string) => jsonNumber(jsonField(object, key), `${where}.${key}`);
  const list = (key: string) => jsonList(jsonField(object, key), `${where}.${key}`);
  const occlusion = (['none', 'partial', 'heavy'] as const).find((level) => level === jsonField(object, 'occlusion'));
  if (given('occlusion') && occlusion === undefined)
    throw new FormatError(`${where}.occlusion must be none, partial or heavy`);
  return objectOf({
    box: boxOf(jsonField(object, 'box'), `${where}.box`),
    ...(given('visible') && { visible: boxOf(jsonField(object, 'visible'), `${where}.visible`) }),
    label: text('label'),
    ...(given('ignore') && { ignore: text('ignore') }),
    ...(occlusion && { occlusion }),
    ...(given('track') && { track: jsonWhole(jsonField(object, 'track'), `${where}.track`) }),
    ...(given('tags') && { tags: list('tags').map((tag, i) => jsonText(tag, `${where}.tags[${i}]`)) }),
    ...(given('area') && { area: number('area') }),
    ...(jsonFlag(jsonField(object, 'crowd'), `${where}.crowd`) && { crowd: true }),
  });
}

function boxOf(value: unknown, where: string): Box {
  const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = jsonNumbers(value, 4, where);
  return boxOfEdges(y1, x1, y2, x2, where);
}

function only(object: JsonObject, known: readonly string[], where: string): void {
  const odd = Object.keys(object).find((key) => !known.includes(key));
  if (odd !== undefined)
    throw new FormatError(
      `${where} has the field ${JSON.stringify(odd.slice(0, 40))}; it may have ${known.join(', ')}`,
    );
}
