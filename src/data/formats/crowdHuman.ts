import type { Annotation, Box, Detection } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { objectOf, sidesOfBox } from './box.ts';
import {
  type JsonObject,
  jsonField,
  jsonFlag,
  jsonList,
  jsonNumber,
  jsonObject,
  jsonSide,
  jsonSides,
  jsonText,
  jsonWhole,
  parseJson,
} from './json.ts';
import { insidePath } from './path.ts';
import { linesOf, type ReadOptions, readObjects } from './reading.ts';
import type { ImageRecord } from './record.ts';

export interface CrowdHumanOptions extends ReadOptions {
  /** Which of an object's three boxes is its box; with `full`, what can be seen of it is its visible box. Default `full`. */
  readonly part?: 'full' | 'visible' | 'head';
}

const keys = { full: 'fbox', visible: 'vbox', head: 'hbox' } as const;

/**
 * Reads the images of an `.odgt`, a JSON object a line, one after another. A `mask`, which is a crowd or a figure that is
 * no person, is ignored, as is what is marked so. Full boxes may leave the image. The image `ID` is `ID.jpg`.
 *
 * @throws FormatError that names the line, when it is reached
 * @see Shao et al., 2018
 */
export function* readOdgt(text: string, options: CrowdHumanOptions = {}): Generator<ImageRecord, void, undefined> {
  const { name = 'readOdgt' } = options;
  for (const { text: line, number } of linesOf(text))
    yield readOdgtLine(line, { ...options, name: `${name}: line ${number}` });
}

/** Reads one line of an `.odgt`. @throws FormatError as `readOdgt` */
export function readOdgtLine(line: string, options: CrowdHumanOptions = {}): ImageRecord {
  const { name = 'readOdgtLine', part = 'full' } = options;
  const { image, id } = imageOf(line, name);
  const objects = readObjects(jsonList(jsonField(image, 'gtboxes'), `${name}: gtboxes`), options, (entry, i) =>
    readBox(jsonObject(entry, `${name}: gtboxes[${i}]`), part, `${name}: gtboxes[${i}]`),
  );
  const [width, height] = [jsonField(image, 'width'), jsonField(image, 'height')];
  const size = width !== undefined &&
    height !== undefined && { width: jsonSide(width, `${name}: width`), height: jsonSide(height, `${name}: height`) };
  return { id, file: `${id}.jpg`, ...size, objects };
}

function imageOf(line: string, name: string): { readonly image: JsonObject; readonly id: string } {
  const image = jsonObject(parseJson(line, name), name);
  return { image, id: insidePath(jsonText(jsonField(image, 'ID'), `${name}: ID`), `${name}: ID`) };
}

function readBox(object: JsonObject, part: 'full' | 'visible' | 'head', where: string): Annotation | undefined {
  const tag = jsonText(jsonField(object, 'tag'), `${where}.tag`);
  if (tag !== 'person' && tag !== 'mask')
    throw new FormatError(`${where}.tag is ${JSON.stringify(tag.slice(0, 40))}; it may be person or mask`);
  const marked = (key: string) => {
    const attributes = jsonObject(jsonField(object, key) ?? {}, `${where}.${key}`);
    return jsonFlag(jsonField(attributes, 'ignore'), `${where}.${key}.ignore`);
  };
  const ignored = marked('extra') || (part === 'head' && marked('head_attr'));
  const ignore = (tag === 'mask' && 'a crowd or no person') || (ignored && 'marked to be ignored') || undefined;
  const extra = jsonObject(jsonField(object, 'extra') ?? {}, `${where}.extra`);
  const identity = jsonField(extra, 'box_id');
  return objectOf({
    box: boxOf(object, keys[part], where),
    ...(part === 'full' && object.vbox !== undefined && { visible: boxOf(object, 'vbox', where) }),
    label: part === 'head' && tag === 'person' ? 'head' : tag,
    ...(ignore !== undefined && { ignore }),
    ...(identity !== undefined && { tags: [`box_id=${jsonWhole(identity, `${where}.extra.box_id`)}`] }),
  });
}

const boxOf = (object: JsonObject, key: string, where: string): Box =>
  jsonSides(jsonField(object, key), `${where}.${key}`);

/**
 * Reads the results of one line of an `.odgt`: `dtboxes`, each `{ box, score, tag }`, as CrowdHuman's evaluation takes
 * them.
 *
 * @throws FormatError as `readOdgt`
 */
export function readOdgtResults(
  line: string,
  options: ReadOptions = {},
): {
  readonly id: string;
  readonly detections: readonly Detection[];
} {
  const { name = 'readOdgtResults' } = options;
  const { image, id } = imageOf(line, name);
  const detections = readObjects(jsonList(jsonField(image, 'dtboxes'), `${name}: dtboxes`), options, (entry, i) => {
    const where = `${name}: dtboxes[${i}]`;
    const object = jsonObject(entry, where);
    const score = jsonNumber(jsonField(object, 'score'), `${where}.score`);
    return { box: boxOf(object, 'box', where), score, label: 'person' };
  });
  return { id, detections };
}

/** Writes the detections of an image as a line of CrowdHuman's results. */
export function writeOdgtResults(id: string, detections: readonly Detection[]): string {
  const dtboxes = detections.map(({ box, score }) => ({ box: sidesOfBox(box), score, tag: 1 }));
  return `${JSON.stringify({ ID: id, dtboxes })}\n`;
}
