import { readFile } from 'node:fs/promises';
import type { Detection } from '../core/annotation.ts';
import { FormatError } from '../data/formatError.ts';
import { boxOfEdges } from '../data/formats/box.ts';
import { readCoco } from '../data/formats/coco.ts';
import { readCocoResults } from '../data/formats/cocoResults.ts';
import { jsonField, jsonList, jsonNumber, jsonNumbers, jsonObject, jsonText } from '../data/formats/json.ts';
import { linesOf } from '../data/formats/reading.ts';

/** What was found in one image, a line of the program's own form. */
export interface ResultLine {
  /** The image's, as its data set calls it; of a photograph its path. */
  readonly id: string;
  /** Pixels of the image. */
  readonly width: number;
  readonly height: number;
  readonly detections: readonly Detection[];
}

/** Detections by the id of their image. */
export type Results = ReadonlyMap<string, readonly Detection[]>;

/** What a line looks like, for the help. */
export const lineForm = '{ "id", "width", "height",\n  "detections": [{ "box": [y1, x1, y2, x2], "label", "score" }] }';

/** A result as a line of JSON. */
export const resultLine = ({ id, width, height, detections }: ResultLine): string =>
  JSON.stringify({
    id,
    width,
    height,
    detections: detections.map(({ box, label, score }) => ({ box, label, score })),
  });

/**
 * Reads detections: the lines that `detect` prints, or a list of COCO results, which needs the instances that it is of.
 *
 * @throws FormatError that names file and line, or the entry
 */
export async function readResults(file: string, instances: string | undefined): Promise<Results> {
  const text = await readFile(file, 'utf8');
  if (!text.trimStart().startsWith('[')) return readResultLines(text, file);
  if (instances === undefined)
    throw new FormatError(
      `${file} is a list, as COCO results are, whose numbers only instances explain; give the ground truth as coco:FILE, ` +
        'or detections as lines of JSON with the id of their image',
    );
  return readCocoResults(text, readCoco(await readFile(instances, 'utf8'), { name: instances }), { name: file });
}

/** Reads the lines that `detect` prints. @throws FormatError that names the line */
export function readResultLines(text: string, name: string): Results {
  const found = new Map<string, readonly Detection[]>();
  for (const { text: line, number } of linesOf(text)) {
    const where = `${name}: line ${number}`;
    const entry = jsonObject(parsed(line, where), where);
    const id = jsonText(jsonField(entry, 'id'), `${where}: id`);
    if (found.has(id)) throw new FormatError(`${where}: id is ${JSON.stringify(id)}, as a line before`);
    const list = jsonList(jsonField(entry, 'detections'), `${where}: detections`);
    found.set(
      id,
      list.map((one, i) => detectionOf(one, `${where}: detections[${i}]`)),
    );
  }
  if (found.size === 0) throw new FormatError(`${name} has no detections; it must be lines of JSON or COCO results`);
  return found;
}

function parsed(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new FormatError(`${where} is no JSON: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

function detectionOf(value: unknown, where: string): Detection {
  const entry = jsonObject(value, where);
  const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = jsonNumbers(jsonField(entry, 'box'), 4, `${where}.box`);
  return {
    box: boxOfEdges(y1, x1, y2, x2, `${where}.box`),
    label: jsonText(jsonField(entry, 'label'), `${where}.label`),
    score: jsonNumber(jsonField(entry, 'score'), `${where}.score`),
  };
}
