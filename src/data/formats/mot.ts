import type { Annotation, Detection } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { boxOfPixels, pixelsOfBox } from '../pixelBox.ts';
import { boxOfEdges, objectOf } from './box.ts';
import { type Line, linesOf, numberOf, quote, type ReadOptions, readObjects, wholeOf } from './reading.ts';

/** Classes of MOT16 and later by their number, from 1. */
const classes = [
  'pedestrian',
  'person on vehicle',
  'car',
  'bicycle',
  'motorbike',
  'non motorized vehicle',
  'static person',
  'distractor',
  'occluder',
  'occluder on the ground',
  'occluder full',
  'reflection',
  'crowd',
] as const;

/** Frames of a sequence at most: at 30 frames a second it would last four days. */
export const longestSequence = 10_000_000;

/** What a line of MOT text holds. */
interface MotLine {
  readonly frame: number;
  readonly track: number;
  readonly box: Annotation['box'];
  /** All values after the box: confidence or flag, then class and visibility, or a place in the world. */
  readonly rest: readonly number[];
}

function readLine({ text, number }: Line, name: string): MotLine {
  const where = `${name}: line ${number}`;
  const words = text.split(',').map((word) => word.trim());
  if (words.length < 6 || words.length > 11)
    throw new FormatError(`${where} is ${quote(text)}; it must be frame,id,left,top,width,height,confidence,...`);
  const [x = 0, y = 0, width = 0, height = 0, ...rest] = words
    .slice(2)
    .map((word, i) => numberOf(word, `${where}: value ${i + 3}`));
  const [y1, x1, y2, x2] = boxOfPixels([x, y, width, height]);
  const frame = wholeOf(words[0] ?? '', `${where}: the frame`, 1);
  if (frame > longestSequence)
    throw new FormatError(`${where}: the frame is ${frame}; it may be 1 to ${longestSequence}`);
  return { frame, track: numberOf(words[1] ?? '', `${where}: the id`), box: boxOfEdges(y1, x1, y2, x2, where), rest };
}

/**
 * Reads ground truth of MOTChallenge: the objects of each frame that has any, by the frame's number, from 1. Boxes count
 * pixels from (1, 1) in the files. Class pedestrian counts where its flag is 1; the rest is ignored. A visibility of 1 is
 * `none`, from 0.65 on `partial`, below `heavy`.
 *
 * @throws FormatError that names the line
 * @see Milan et al., 2016: MOT16, table 5
 */
export function readMotTruth(text: string, options: ReadOptions = {}): ReadonlyMap<number, readonly Annotation[]> {
  const { name = 'readMotTruth' } = options;
  return byFrame(
    readObjects(linesOf(text), options, (line): readonly [number, Annotation] => {
      const { frame, track, box, rest } = readLine(line, name);
      const [flag = 1, code = 1, visibility] = rest;
      const of15 = rest.length !== 3; // MOT15 ends with a place in the world and knows pedestrians only
      const label = of15 ? 'pedestrian' : classes[code - 1];
      const where = `${name}: line ${line.number}`;
      if (label === undefined)
        throw new FormatError(`${where}: the class is ${code}; it may be 1 to ${classes.length}`);
      if (!Number.isSafeInteger(track))
        throw new FormatError(`${where}: the id is ${track}; it must be a whole number`);
      const ignore = label === 'pedestrian' ? (flag === 0 ? 'marked to be ignored' : undefined) : `a ${label}`;
      return [
        frame,
        objectOf({
          box,
          label,
          ...(ignore !== undefined && { ignore }),
          ...(!of15 && visibility !== undefined && { occlusion: occlusionOf(visibility) }),
          ...(label === 'crowd' && { crowd: true }),
          ...(track >= 0 && { track }),
        }),
      ];
    }),
  );
}

const occlusionOf = (visibility: number) => (visibility >= 1 ? 'none' : visibility >= 0.65 ? 'partial' : 'heavy');

/**
 * Reads detections of MOTChallenge, public ones or results: those of each frame that has any, by the frame's number, from
 * 1. A line without a confidence counts as 1.
 *
 * @throws FormatError that names the line
 */
export function readMotDetections(text: string, options: ReadOptions = {}): ReadonlyMap<number, readonly Detection[]> {
  const { name = 'readMotDetections' } = options;
  return byFrame(
    readObjects(linesOf(text), options, (line): readonly [number, Detection] => {
      const { frame, box, rest } = readLine(line, name);
      return [frame, { box, score: rest[0] ?? 1, label: 'pedestrian' }];
    }),
  );
}

function byFrame<T>(entries: readonly (readonly [number, T])[]): ReadonlyMap<number, readonly T[]> {
  const frames = new Map<number, T[]>();
  for (const [frame, entry] of entries) {
    const list = frames.get(frame) ?? [];
    frames.set(frame, list);
    list.push(entry);
  }
  return new Map([...frames].sort(([a], [b]) => a - b));
}

/**
 * Writes detections as MOTChallenge takes them: `frame,-1,left,top,width,height,confidence,-1,-1,-1`.
 *
 * @throws RangeError for a frame that is no whole number from 1
 */
export function writeMotDetections(frames: ReadonlyMap<number, readonly Detection[]>): string {
  const lines = [...frames].flatMap(([frame, detections]) => {
    if (!(Number.isSafeInteger(frame) && frame >= 1))
      throw new RangeError(`writeMotDetections: a frame is ${frame}; frames count from 1`);
    return detections.map(({ box, score }) => [frame, -1, ...pixelsOfBox(box), score, -1, -1, -1].join(','));
  });
  return lines.map((line) => `${line}\n`).join('');
}
