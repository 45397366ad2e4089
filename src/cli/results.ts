import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Detection } from '../core/annotation.ts';
import { FormatError, printable } from '../data/formatError.ts';
import { boxOfEdges } from '../data/formats/box.ts';
import { readCoco } from '../data/formats/coco.ts';
import { readCocoResults } from '../data/formats/cocoResults.ts';
import { readOdgtResults } from '../data/formats/crowdHuman.ts';
import { jsonField, jsonList, jsonNumber, jsonNumbers, jsonObject, jsonText } from '../data/formats/json.ts';
import { linesOf } from '../data/formats/reading.ts';
import type { Sample } from '../data/sample.ts';
import type { DataName } from './dataOptions.ts';
import { type Io, readStdin } from './io.ts';
import { readMotText, readNumberedRows, readResultFolder } from './resultsText.ts';
import { counted, table } from './table.ts';

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

/** The ground truth that detections are of. */
export interface ResultsOf {
  /** How the command line named it. */
  readonly data: DataName;
  readonly samples: readonly Sample[];
}

/** What detections may be, for the help. */
export const resultsHelp = (): string => `
Detections are a file, or - for the input:
  lines of ${lineForm.replaceAll('\n', '\n ')}
  lines of CrowdHuman: { "ID", "dtboxes" }
  COCO results, where the truth is coco:FILE
  text: image,left,top,width,height,score; the image's number, from 1
  Caltech's set06/V000.txt in a folder: frame,left,top,width,height,score
  MOT's SEQUENCE.txt, or a folder: frame,id,left,top,width,height,score`;

/**
 * Reads detections by the id of their image.
 *
 * @throws FormatError that names file and line, or the entry; also for detections of an image that is not there
 */
export async function readResults(io: Io, file: string, of: ResultsOf): Promise<Results> {
  const { data, samples } = of;
  if (file !== '-' && (await stat(file)).isDirectory()) return readResultFolder(file, of);
  const name = file === '-' ? 'stdin' : file;
  const text = file === '-' ? new TextDecoder().decode(await readStdin(io)) : await readFile(file, 'utf8');
  const start = text.trimStart().replace(/^\ufeff/, '')[0] ?? '';
  if (/[-+\d.]/.test(start)) {
    if (data.format !== 'mot') return readNumberedRows(text, name, samples);
    return readMotText(text, name, basename(file, '.txt'), samples);
  }
  const found = start === '[' ? await readCocoList(text, name, data) : readResultLines(text, name);
  const ids = new Set(samples.map(({ id }) => id));
  const odd = [...found.keys()].find((id) => !ids.has(id));
  if (odd !== undefined)
    throw new FormatError(`${name}: there is no image ${JSON.stringify(odd)}; images are called as ${samples[0]?.id}`);
  return found;
}

/** COCO results, whose numbers only instances explain. */
async function readCocoList(text: string, name: string, { format, path }: DataName): Promise<Results> {
  if (format !== 'coco')
    throw new FormatError(
      `${name} is a list, as COCO results are, whose numbers only instances explain; give the ground truth as coco:FILE, ` +
        'or detections as lines of JSON with the id of their image',
    );
  return readCocoResults(text, readCoco(await readFile(path, 'utf8'), { name: path }), { name });
}

/** Reads the lines that `detect` prints. @throws FormatError that names the line */
export function readResultLines(text: string, name: string): Results {
  const found = new Map<string, readonly Detection[]>();
  for (const { text: line, number } of linesOf(text)) {
    const where = `${name}: line ${number}`;
    const entry = jsonObject(parsed(line, where), where);
    const crowd = jsonField(entry, 'dtboxes') === undefined ? undefined : readOdgtResults(line, { name: where });
    const id = crowd?.id ?? jsonText(jsonField(entry, 'id'), `${where}: id`);
    if (found.has(id)) throw new FormatError(`${where}: id is ${JSON.stringify(id)}, as a line before`);
    found.set(id, crowd?.detections ?? detectionsOf(jsonField(entry, 'detections'), `${where}: detections`));
  }
  if (found.size === 0)
    throw new FormatError(`${name} has no detections; it must be lines of JSON, COCO results or rows of numbers`);
  return found;
}

function parsed(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new FormatError(`${where} is no JSON: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

const detectionsOf = (value: unknown, where: string) =>
  jsonList(value, where).map((one, i) => detectionOf(one, `${where}[${i}]`));

function detectionOf(value: unknown, where: string): Detection {
  const entry = jsonObject(value, where);
  const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = jsonNumbers(jsonField(entry, 'box'), 4, `${where}.box`);
  return {
    box: boxOfEdges(y1, x1, y2, x2, `${where}.box`),
    label: jsonText(jsonField(entry, 'label'), `${where}.label`),
    score: jsonNumber(jsonField(entry, 'score'), `${where}.score`),
  };
}

/** A result as a person reads it: the picture, then a line for each object, from the best. */
export function resultText({ id, width, height, detections }: ResultLine): string {
  const rows = detections.map(({ label, score, box: [y1, x1, y2, x2] }) => {
    const [top, left, high, wide] = [y1, x1, y2 - y1, x2 - x1].map((value) => `${Math.round(value)}`);
    return [`  ${label}`, score.toFixed(2), `left ${left}`, `top ${top}`, `${wide} wide`, `${high} high`];
  });
  const head = `${id === '-' ? 'stdin' : printable(id)}: ${width}x${height}, ${counted(detections.length, 'object')}`;
  return rows.length === 0 ? head : `${head}\n${table(rows)}`;
}
