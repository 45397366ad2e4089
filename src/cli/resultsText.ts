import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Box, Detection } from '../core/annotation.ts';
import { FormatError } from '../data/formatError.ts';
import { boxOfEdges, boxOfSides } from '../data/formats/box.ts';
import { readMotDetections } from '../data/formats/mot.ts';
import { linesOf, numberOf, quote, wholeOf } from '../data/formats/reading.ts';
import { boxOfPixels, type PixelBox } from '../data/pixelBox.ts';
import type { Sample } from '../data/sample.ts';
import type { Results, ResultsOf } from './results.ts';

/** Rows `number,left,top,width,height,score` of a text, apart by commas or spaces, and where each stands. */
function* rowsOf(text: string, name: string) {
  for (const { text: line, number } of linesOf(text)) {
    const where = `${name}: line ${number}`;
    const words = line.split(/\s*,\s*|\s+/);
    if (words.length !== 6)
      throw new FormatError(`${where} is ${quote(line)}; it must be number,left,top,width,height,score`);
    const [left = 0, top = 0, width = 0, height = 0, score = 0] = words
      .slice(1)
      .map((word, i) => numberOf(word, `${where}: value ${i + 2}`));
    const sides: PixelBox = [left, top, width, height];
    yield { image: wholeOf(words[0] ?? '', `${where}: the first value`, 1), sides, score, where };
  }
}

/** Adds a detection; the classes of rows of numbers are those of the data set, which must have one. */
const adder = (samples: readonly Sample[], name: string) => {
  const counted = samples.flatMap(({ objects }) => objects.filter(({ ignore }) => ignore === undefined));
  const labels = [...new Set(counted.map(({ label }) => label))];
  const [label = 'person', other] = labels;
  if (other !== undefined)
    throw new FormatError(`${name} names no classes, and the data set has ${labels.join(', ')}; give lines of JSON`);
  const found = new Map<string, Detection[]>();
  const add = (id: string, box: Box, score: number) => {
    const list = found.get(id) ?? [];
    found.set(id, list);
    list.push({ box, score, label });
  };
  return { found, add };
};

/**
 * Reads rows `image,left,top,width,height,score`: images by their number in the data set, from 1; pixels from 0. KAIST's
 * results are published so.
 *
 * @throws FormatError that names the line
 */
export function readNumberedRows(text: string, name: string, samples: readonly Sample[]): Results {
  const { found, add } = adder(samples, name);
  for (const { image, sides, score, where } of rowsOf(text, name)) {
    const id = samples[image - 1]?.id;
    if (id === undefined)
      throw new FormatError(`${where}: the image is ${image}; the data set has ${samples.length}, numbered from 1`);
    const [y1, x1, y2, x2] = boxOfSides(sides, where);
    add(id, boxOfEdges(y1, x1, y2, x2, where), score);
  }
  return found;
}

/**
 * Reads MOT text of one sequence; frames that the data set leaves out are left out.
 *
 * @throws FormatError that names the line, or for a sequence that is not there
 */
export function readMotText(text: string, name: string, sequence: string, samples: readonly Sample[]): Results {
  const ids = new Set(samples.map(({ id }) => id));
  if (!samples.some(({ id }) => id.startsWith(`${sequence}/`)))
    throw new FormatError(`${name}: there is no sequence ${sequence}; images are called as ${samples[0]?.id}`);
  const frames = [...readMotDetections(text, { name })].map(
    ([frame, detections]) => [`${sequence}/${String(frame).padStart(6, '0')}`, detections] as const,
  );
  return new Map(frames.filter(([id]) => ids.has(id)));
}

/**
 * Reads a folder of results: `set06/V000.txt`, ... of Caltech, rows `frame,left,top,width,height,score`, frames and pixels
 * from 1; or texts of MOT by the names of their sequences. Frames that the data set leaves out are left out.
 *
 * @throws FormatError that names file and line, or for another folder
 * @see Dollár, Caltech evaluation code 3.2.1, dbEval.m: frame 30 is I00029
 */
export async function readResultFolder(folder: string, { data, samples }: ResultsOf): Promise<Results> {
  if (data.format !== 'caltech' && data.format !== 'mot')
    throw new FormatError(`${folder} is a folder, as results of Caltech and MOT are; give a file for ${data.format}`);
  const found = new Map<string, readonly Detection[]>();
  let files = 0;
  for (const { name, path } of await textsOf(folder, data.format === 'caltech')) {
    const text = await readFile(path, 'utf8');
    const own = data.format === 'mot' ? readMotText(text, path, name, samples) : readVideo(text, path, name, samples);
    for (const [id, detections] of own) found.set(id, detections);
    files++;
  }
  if (files === 0)
    throw new FormatError(
      `${folder} has no results; it must have ${data.format === 'mot' ? 'SEQUENCE.txt' : 'set06/V000.txt'} and others`,
    );
  return found;
}

/** Texts in a folder, or in the sets that are in it. */
async function textsOf(folder: string, sets: boolean): Promise<readonly { name: string; path: string }[]> {
  const names = (await readdir(folder)).sort();
  if (!sets)
    return names
      .filter((name) => name.endsWith('.txt'))
      .map((name) => ({ name: basename(name, '.txt'), path: join(folder, name) }));
  const found = [];
  for (const set of names.filter((name) => /^set\d\d$/.test(name))) {
    if (!(await stat(join(folder, set))).isDirectory()) continue;
    for (const { name, path } of await textsOf(join(folder, set), false)) found.push({ name: `${set}/${name}`, path });
  }
  return found;
}

function readVideo(text: string, path: string, video: string, samples: readonly Sample[]): Results {
  const ids = new Set(samples.map(({ id }) => id));
  const { found, add } = adder(samples, path);
  for (const { image, sides, score, where } of rowsOf(text, path)) {
    const id = `${video}/I${String(image - 1).padStart(5, '0')}`;
    const [y1, x1, y2, x2] = boxOfPixels(sides);
    if (ids.has(id)) add(id, boxOfEdges(y1, x1, y2, x2, where), score);
  }
  return found;
}
