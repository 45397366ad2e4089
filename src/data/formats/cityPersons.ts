import type { Annotation } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { readMat } from '../mat.ts';
import { describeMat, type MatValue, matCells, matField, matNumbers, matText } from '../matValue.ts';
import { boxOfSides, objectOf } from './box.ts';
import { jsonField, jsonList, jsonObject, jsonSide, jsonSides, jsonText, jsonWhole, parseJson } from './json.ts';
import { insidePath } from './path.ts';
import { type ReadOptions, readObjects } from './reading.ts';
import type { ImageRecord, SizedRecord } from './record.ts';

/** Pixels of every image of Cityscapes. */
export const cityscapesSize = { width: 2048, height: 1024 } as const;

/** Classes by their number in the MAT files, by the names of the evaluation's JSON, and why one does not count. */
const classes = [
  { label: 'ignore region', ignore: 'a region to ignore' },
  { label: 'pedestrian' },
  { label: 'rider', ignore: 'a rider' },
  { label: 'sitting person', ignore: 'a sitting person' },
  { label: 'other person', ignore: 'a person of an unusual posture' },
  { label: 'people group', ignore: 'a group of people' },
] as const;

/** The words of Cityscapes' JSON for the same. */
const words: readonly string[] = ['ignore', 'pedestrian', 'rider', 'sitting person', 'person (other)', 'person group'];

/** An object under the benchmark's rules: pedestrians count, all others are ignored. Groups have no visible box, but zeros. */
function objectOfClass(code: number, sides: readonly number[], seen: readonly number[], track: number, where: string) {
  const known = classes[code];
  if (known === undefined)
    throw new FormatError(`${where}: the class is ${code}; it may be 0 to ${classes.length - 1}`);
  const group = known.label === 'people group';
  const unset = group && seen.every((side) => side === 0);
  const visible = unset ? undefined : boxOfSides(seen, `${where}: the visible part`);
  return objectOf({
    box: boxOfSides(sides, where),
    ...(visible && { visible }),
    ...known,
    ...(group && { crowd: true }), // as in the evaluation's JSON
    ...(Number.isSafeInteger(track) && track > 0 && { tags: [`instance=${track}`] }),
  });
}

/**
 * Reads the annotations of CityPersons, `anno_train.mat` or `anno_val.mat`: a cell an image. Files are named as below
 * Cityscapes' `leftImg8bit`: `val/frankfurt/frankfurt_000000_000294_leftImg8bit.png`. Corners count from 0.
 *
 * @throws FormatError that names the image and the row
 * @see Zhang et al., 2017; annotations/README.txt
 */
export async function readCityPersons(bytes: Uint8Array, options: ReadOptions = {}): Promise<readonly SizedRecord[]> {
  const { name = 'readCityPersons' } = options;
  const variables = await readMat(bytes, { name, maxBytes: 2 ** 28 });
  const found = [...variables].find(([key]) => /^anno_(?:train|val)_aligned$/.test(key));
  if (found === undefined)
    throw new FormatError(
      `${name}: there is no variable anno_train_aligned or anno_val_aligned; there is ${[...variables.keys()].join(', ') || 'none'}`,
    );
  const [key, value] = found;
  const split = key.slice('anno_'.length, -'_aligned'.length);
  return matCells(value, `${name}: ${key}`).map((cell, i) => readCell(cell, split, `${name}: image ${i + 1}`, options));
}

function readCell(cell: MatValue, split: string, where: string, options: ReadOptions): SizedRecord {
  const text = (field: string) => matText(matField(cell, field, where), `${where}: ${field}`);
  const file = insidePath(`${split}/${text('cityname')}/${text('im_name')}`, `${where}: im_name`);
  const bbs = matField(cell, 'bbs', where);
  const numbers = matNumbers(bbs, `${where}: bbs`); // as numbers, whose sums do not overflow as the stored type's
  const [rows = 0, columns = 0, ...more] = bbs.kind === 'other' ? [] : bbs.shape;
  if (numbers.length > 0 && (columns !== 10 || more.length > 0))
    throw new FormatError(`${where}: bbs is a ${describeMat(bbs)}; a row has 10 numbers`);
  const count = numbers.length === 0 ? 0 : rows;
  const objects = readObjects(Array(count).keys(), options, (row): Annotation => {
    const at = (column: number) => numbers[column * rows + row] ?? Number.NaN;
    const four = (from: number) => [at(from), at(from + 1), at(from + 2), at(from + 3)];
    return objectOfClass(at(0), four(1), four(6), at(5), `${where}: row ${row + 1}`);
  });
  return { id: cityscapesId(file), file, ...cityscapesSize, objects };
}

/** `frankfurt_000000_000294` of the path of its image or annotation. */
export function cityscapesId(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/(?:_leftImg8bit\.png|_gtBboxCityPersons\.json)$/, '');
}

/**
 * Reads a `*_gtBboxCityPersons.json` of Cityscapes: one image. Its file's place is the caller's to know.
 *
 * @throws FormatError that names the object
 * @see cityscapesScripts: CsBbox2d
 */
export function readCityscapesPersons(
  text: string,
  { file, ...options }: ReadOptions & { readonly file: string },
): ImageRecord {
  const { name = 'readCityscapesPersons' } = options;
  const root = jsonObject(parseJson(text, name), name);
  const objects = readObjects(jsonList(jsonField(root, 'objects'), `${name}: objects`), options, (entry, i) => {
    const where = `${name}: objects[${i}]`;
    const object = jsonObject(entry, where);
    const label = jsonText(jsonField(object, 'label'), `${where}.label`);
    const code = words.indexOf(label);
    if (code < 0)
      throw new FormatError(`${where}.label is ${JSON.stringify(label.slice(0, 40))}; it may be ${words.join(', ')}`);
    const sides = (key: string) => {
      const [y1, x1, y2, x2] = jsonSides(jsonField(object, key), `${where}.${key}`);
      return [x1, y1, x2 - x1, y2 - y1];
    };
    const instance = jsonWhole(jsonField(object, 'instanceId') ?? 0, `${where}.instanceId`);
    return objectOfClass(code, sides('bbox'), sides('bboxVis'), instance, where);
  });
  return {
    id: cityscapesId(file),
    file,
    width: jsonSide(jsonField(root, 'imgWidth'), `${name}: imgWidth`),
    height: jsonSide(jsonField(root, 'imgHeight'), `${name}: imgHeight`),
    objects,
  };
}
