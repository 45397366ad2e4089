import { deflateSync } from 'node:zlib';
import type { Box } from '../../../src/core/annotation.ts';
import { readBbGt, writeBbGt } from '../../../src/data/bbGt.ts';
import { bytesSource } from '../../../src/data/byteSource.ts';
import { isFormatError } from '../../../src/data/formatError.ts';
import { readCityPersons, readCityscapesPersons } from '../../../src/data/formats/cityPersons.ts';
import { readCoco } from '../../../src/data/formats/coco.ts';
import { readCocoResults } from '../../../src/data/formats/cocoResults.ts';
import { readOdgt, readOdgtResults } from '../../../src/data/formats/crowdHuman.ts';
import { readEuroCity } from '../../../src/data/formats/euroCity.ts';
import { readFolderData } from '../../../src/data/formats/folder.ts';
import { readKaist, readKaistList, readKaistSanitized } from '../../../src/data/formats/kaist.ts';
import { readKaistJson } from '../../../src/data/formats/kaistJson.ts';
import { readKaistXml } from '../../../src/data/formats/kaistXml.ts';
import { readMotDetections, readMotTruth } from '../../../src/data/formats/mot.ts';
import { readMotSequence } from '../../../src/data/formats/motSequence.ts';
import { isInside } from '../../../src/data/formats/path.ts';
import { readVoc, readVocList } from '../../../src/data/formats/voc.ts';
import { readWiderPerson } from '../../../src/data/formats/widerPerson.ts';
import { readYolo, readYoloDetections } from '../../../src/data/formats/yolo.ts';
import { readYoloData } from '../../../src/data/formats/yoloData.ts';
import { imageSize } from '../../../src/data/imageSize.ts';
import { isTurned } from '../../../src/data/imageTurned.ts';
import { joinBytes } from '../../../src/data/inflate.ts';
import { readMat } from '../../../src/data/mat.ts';
import { matCell, matChar, matDoubles, matStruct, writeMat } from '../../../src/data/matWrite.ts';
import { readPascalText } from '../../../src/data/pascalText.ts';
import { openSeq } from '../../../src/data/seq.ts';
import { writeSeq } from '../../../src/data/seqWrite.ts';
import { vbbOf } from '../../../src/data/vbbAnnotations.ts';
import { readVbb } from '../../../src/data/vbbRead.ts';
import { readVbbText, writeVbbText } from '../../../src/data/vbbText.ts';
import { writeVbb } from '../../../src/data/vbbWrite.ts';
import * as samples from './samples.ts';

/** A reader, and files that it reads whole; they are what is damaged. */
export interface ReaderCase {
  readonly name: string;
  readonly kind: 'text' | 'binary';
  readonly seeds: readonly Uint8Array[];
  readonly read: (bytes: Uint8Array) => unknown;
}

const encoded = (text: string) => new TextEncoder().encode(text);
const text = (name: string, seeds: readonly string[], read: (text: string) => unknown): ReaderCase => ({
  name,
  kind: 'text',
  seeds: seeds.map(encoded),
  read: (bytes) => read(new TextDecoder().decode(bytes)),
});

/** A MAT file whose variables are compressed one by one, as `-v7` saves them. */
export function compressedMat(plain: Uint8Array): Uint8Array {
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const parts = [plain.subarray(0, 128)];
  for (let at = 128; at < plain.length; at += 8 + view.getUint32(at + 4, true)) {
    const packed = deflateSync(plain.subarray(at, at + 8 + view.getUint32(at + 4, true)));
    const tag = new Uint8Array(8);
    new DataView(tag.buffer).setUint32(0, 15, true);
    new DataView(tag.buffer).setUint32(4, packed.length, true);
    parts.push(tag, packed);
  }
  return joinBytes(parts);
}

/** CityPersons' file of two images, one without people. */
export function cityPersonsMat(): Uint8Array {
  const rows = [
    [1, 947, 406, 17, 40, 24000, 950, 407, 14, 39],
    [0, 10, 20, 30, 40, 0, 10, 20, 30, 40],
    [5, 7, 400, 13, 44, 24, 0, 0, 0, 0],
  ];
  const columns = Array.from({ length: 10 }, (_, column) => rows.map((row) => row[column] ?? 0)).flat();
  const image = (number: string, bbs: ReturnType<typeof matDoubles>) =>
    matStruct([
      { cityname: matChar('frankfurt'), im_name: matChar(`frankfurt_000000_${number}_leftImg8bit.png`), bbs },
    ]);
  return writeMat([
    [
      'anno_val_aligned',
      matCell([image('000294', matDoubles(columns, [3, 10])), image('000576', matDoubles([], [0, 0]))]),
    ],
  ]);
}

const vbb = vbbOf([
  [{ box: [1, 2, 50, 20], label: 'person', track: 1 }],
  [{ box: [1, 3, 50, 21], visible: [1, 3, 30, 21], label: 'person', track: 1 }],
]);
const mat = writeMat([
  ['numbers', matDoubles([1, 2, 3])],
  ['nested', matStruct([{ text: matChar('abc'), cells: matCell([matDoubles([1]), matCell([matChar('x')])]) }])],
]);
const frame = (length: number) => Uint8Array.from({ length }, (_, i) => [0xff, 0xd8][i] ?? i);
const frames = [{ bytes: frame(20) }, { bytes: frame(30) }];
const uncounted = writeSeq(frames, { width: 4, height: 2, codec: 'jpeg' });
new DataView(uncounted.buffer).setUint32(572, 0, true);

/** A JPEG up to its frame: APP1 with EXIF that turns it, then SOF0 of 480x640. */
export const jpegStart = Uint8Array.from([
  ...[255, 216, 255, 225, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0],
  ...[0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0],
  ...[255, 192, 0, 11, 8, 1, 224, 2, 128, 1, 1, 0x11, 0],
]);
const pngStart = Uint8Array.from([
  0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 2, 128, 0, 0, 1, 224,
]);

async function readWholeSeq(bytes: Uint8Array): Promise<unknown> {
  const seq = await openSeq(bytesSource(bytes));
  const found: unknown[] = [];
  const count = await seq.count();
  for (let i = 0; i < count; i++) found.push(await seq.frame(i));
  return found;
}

const classes = ['person', 'car'];
const instances = readCoco(samples.coco);

/** Every reader of the library that takes what others wrote. */
export const readerCases: readonly ReaderCase[] = [
  {
    name: 'readMat',
    kind: 'binary',
    seeds: [mat, compressedMat(mat)],
    read: (bytes) => readMat(bytes, { maxBytes: 1e6 }),
  },
  {
    name: 'readVbb',
    kind: 'binary',
    seeds: [writeVbb(vbb), compressedMat(writeVbb(vbb))],
    read: (bytes) => readVbb(bytes),
  },
  {
    name: 'readCityPersons',
    kind: 'binary',
    seeds: [cityPersonsMat(), compressedMat(cityPersonsMat())],
    read: (bytes) => readCityPersons(bytes),
  },
  {
    name: 'openSeq',
    kind: 'binary',
    seeds: [
      writeSeq(frames, { width: 4, height: 2, codec: 'jpeg' }),
      uncounted,
      writeSeq([{ bytes: new Uint8Array(24) }], { width: 4, height: 2, codec: 'bgr' }),
    ],
    read: readWholeSeq,
  },
  {
    name: 'imageSize',
    kind: 'binary',
    seeds: [jpegStart, pngStart],
    read: (bytes) => [imageSize(bytes), isTurned(bytes)],
  },
  text('readVbbText', [writeVbbText(vbb)], (file) => readVbbText(file)),
  text(
    'readBbGt',
    [
      writeBbGt([{ label: 'a', pos: [1, 2, 3, 4], posv: [0, 0, 0, 0], occluded: false, ignore: false, angle: 0 }]),
      'person 1 2 30 60 1 1 2 30 40\n',
    ],
    (file) => readBbGt(file),
  ),
  text('readPascalText', [samples.inriaText], (file) => readPascalText(file)),
  text('readKaist', [samples.kaistText], (file) => readKaist(file, { others: 'ignore' })),
  text('readKaistSanitized', [samples.kaistSanitized], (file) => readKaistSanitized(file)),
  text('readKaistXml', [samples.kaistXmlSides, samples.kaistXmlCorners], (file) => readKaistXml(file)),
  text('readKaistJson', [samples.kaistJson], (file) => readKaistJson(file)),
  text('readKaistList', ['set00/V000/I00001\nset00/V000/I00003\n'], (file) => readKaistList(file)),
  text('readCityscapesPersons', [samples.cityscapesJson], (file) =>
    readCityscapesPersons(file, { file: 'val/a/b.png' }),
  ),
  text('readEuroCity', [samples.euroCityJson], (file) => readEuroCity(file, { file: 'a/b.png', vehicles: 'keep' })),
  text('readOdgt', [samples.odgt], (file) => [...readOdgt(file)]),
  text('readOdgtResults', [samples.odgtResults], (file) => readOdgtResults(file)),
  text('readWiderPerson', [samples.widerPerson], (file) => readWiderPerson(file)),
  text('readMotTruth', [samples.motTruth, samples.motTruth15], (file) => readMotTruth(file)),
  text('readMotDetections', [samples.motDetections], (file) => readMotDetections(file)),
  text('readMotSequence', [samples.motInfo], (file) => readMotSequence(file)),
  text('readCoco', [samples.coco], (file) => readCoco(file)),
  text('readCocoResults', [samples.cocoResults], (file) => readCocoResults(file, instances)),
  text('readVoc', [samples.voc], (file) => readVoc(file)),
  text('readVocList', ['000001 1\n000002 -1\n'], (file) => readVocList(file)),
  text('readYolo', [samples.yolo], (file) => readYolo(file, { classes, width: 640, height: 480 })),
  text('readYoloDetections', [samples.yoloPredictions], (file) =>
    readYoloDetections(file, { classes, width: 640, height: 480 }),
  ),
  text('readYoloData', [samples.yoloYaml, 'names: {0: a, 1: "b"}\ntrain: t\n'], (file) => readYoloData(file)),
  text('readFolderData', [samples.folderJson], (file) => readFolderData(file)),
];

/**
 * Reads a damaged file and holds what comes of it to the library's promise: an error that is about the file, or records
 * whose boxes are in order and whose files stay inside.
 *
 * @throws Error that says which promise was broken
 */
export async function promise({ name, read }: ReaderCase, bytes: Uint8Array): Promise<'read' | 'refused'> {
  let found: unknown;
  try {
    found = await read(bytes);
  } catch (error) {
    if (!isFormatError(error)) throw new Error(`${name} throws what is no FormatError: ${error}`, { cause: error });
    if (error.message.length > 2000) throw new Error(`${name} throws a message of ${error.message.length} characters`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal would obey them
    if (/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/.test(error.message))
      throw new Error(`${name} throws what a terminal obeys: ${error.message}`);
    return 'refused';
  }
  inspect(found, name, 0);
  return 'read';
}

/** Looks for boxes and files in whatever a reader gave. */
function inspect(value: unknown, name: string, depth: number): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || depth > 12) return;
  if (value instanceof Map) return void value.forEach((part) => void inspect(part, name, depth + 1));
  for (const [key, part] of Object.entries(value)) {
    if ((key === 'box' || key === 'visible') && Array.isArray(part)) checkBox(part, name);
    else if (key === 'score' && !Number.isFinite(part)) throw new Error(`${name} gives the score ${part}`);
    else if (key === 'file' && typeof part === 'string' && name !== 'readPascalText' && !isInside(part))
      throw new Error(`${name} gives the file ${JSON.stringify(part)}, which is not inside`);
    else inspect(part, name, depth + 1);
  }
}

function checkBox(box: readonly unknown[], name: string): void {
  const [y1, x1, y2, x2] = box.map(Number) as unknown as Box;
  if (!(box.length === 4 && y1 <= y2 && x1 <= x2 && [y1, x1, y2, x2].every(Number.isFinite)))
    throw new Error(`${name} gives the box [${box.join(' ')}]`);
}
