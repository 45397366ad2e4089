import type { Annotation } from '../core/annotation.ts';
import type { CaltechLabelOptions } from './caltechLabels.ts';
import { FormatError } from './formatError.ts';
import type { Sample } from './sample.ts';
import type { Seq } from './seq.ts';
import { type ImageDecoder, seqImage } from './seqImage.ts';
import { type BadOptions, type DataSet, orSkip, type Skipped } from './skipped.ts';
import type { Vbb } from './vbb.ts';
import { vbbAnnotations } from './vbbAnnotations.ts';

export interface CaltechVideoOptions extends CaltechLabelOptions, BadOptions {
  /** Begins the samples' names: `set00/V000`. */
  readonly name: string;
  readonly decode: ImageDecoder;
  /** Every how many frames one is taken: frames skip - 1, 2 skip - 1, ... from 0. Default 30, as in the protocol. */
  readonly skip?: number;
  /** Whether a frame, from 0, is wanted. Default all. */
  readonly wanted?: (frame: number) => boolean;
  /** What becomes of a frame without objects: it stays, or is left out and counted. Default `keep`. */
  readonly empty?: 'keep' | 'skip';
}

/**
 * The samples of one video of the Caltech kind. With `onBad: 'skip'` the chosen frames are looked up in the `.seq` now, so
 * that those behind a cut are left out; otherwise each is looked up when its image is asked for.
 *
 * @throws RangeError for options that cannot be; FormatError where video and annotation disagree or a box is outside
 */
export async function caltechVideo(seq: Seq, vbb: Vbb, options: CaltechVideoOptions): Promise<DataSet> {
  const { name, skip = 30, wanted = () => true, empty = 'keep', onBad = 'throw' } = options;
  if (!(Number.isInteger(skip) && skip >= 1))
    throw new RangeError(`caltechVideo: skip is ${skip}; it must be a whole number of at least 1`);
  const skipped: Skipped[] = [];
  const samples: Sample[] = [];
  const known = await orSkip(options, name, skipped, () => seq.count());
  await orSkip(options, name, skipped, () => {
    if (known !== undefined && known !== vbb.frames.length)
      throw new FormatError(
        `${name}: the .seq has ${known} frames, the .vbb ${vbb.frames.length}; are they of one video?`,
      );
  });
  const count = Math.min(known ?? vbb.frames.length, vbb.frames.length);
  for (let frame = skip - 1; frame < count; frame += skip) {
    if (!wanted(frame)) continue;
    const id = `${name}/I${String(frame).padStart(5, '0')}`;
    const objects = await orSkip(options, id, skipped, async () => {
      if (onBad === 'skip') await seq.place(frame);
      return checkInside(vbbAnnotations(vbb, frame, options), seq, id);
    });
    if (objects === undefined) continue;
    if (objects.length === 0 && empty === 'skip') skipped.push({ where: id, reason: 'no objects' });
    else samples.push(sampleOf(seq, frame, id, objects, options.decode));
  }
  return { samples, skipped };
}

function sampleOf(seq: Seq, frame: number, id: string, objects: readonly Annotation[], decode: ImageDecoder): Sample {
  const { width, height, codec } = seq.header;
  const image = async () => seqImage(await seq.frame(frame), seq.header, decode, id);
  const ending = { jpeg: 'jpg', png: 'png', mono: undefined, bgr: undefined }[codec];
  const file = ending && { ending, read: async () => (await seq.frame(frame)).bytes };
  return { id, width, height, objects, image, ...(file && { file }) };
}

/** A box may reach out of the image, as many do, but must have a part inside it. */
function checkInside(objects: readonly Annotation[], { header }: Seq, id: string): readonly Annotation[] {
  const { width, height } = header;
  for (const { box, label, track } of objects) {
    const [y1, x1, y2, x2] = box;
    if (!(y2 > y1 && x2 > x1 && y2 > 0 && x2 > 0 && y1 < height && x1 < width))
      throw new FormatError(
        `${id}: object ${track} (${label}) is at [y1 x1 y2 x2] = [${box.join(' ')}]; the image is ${height}x${width}`,
      );
  }
  return objects;
}
