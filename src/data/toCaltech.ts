import type { RgbImage } from './image.ts';
import type { Sample } from './sample.ts';
import { scenes } from './scenes.ts';
import type { ScenesOptions } from './scenesOptions.ts';
import { writeSeq } from './seqWrite.ts';
import { vbbOf } from './vbbAnnotations.ts';
import { writeVbb } from './vbbWrite.ts';

export interface ToCaltechOptions {
  /** Makes a JPEG of an image. Default: raw pixels, about ten times the bytes, and the same bits. */
  readonly encode?: (image: RgbImage) => Promise<Uint8Array>;
  /** Default 30. */
  readonly framesPerSecond?: number;
}

/** A video and its annotation. */
export interface CaltechFiles {
  readonly seq: Uint8Array;
  readonly vbb: Uint8Array;
}

/**
 * Makes a `.seq` and a `.vbb` of samples, one frame each in their order. Labels, boxes, visible boxes and occlusion come
 * back as they were; tracks are counted anew, a run of frames under one label each.
 *
 * @throws RangeError for no samples, or samples of several sizes
 */
export async function toCaltech(samples: readonly Sample[], options: ToCaltechOptions = {}): Promise<CaltechFiles> {
  const { encode, framesPerSecond = 30 } = options;
  const [one] = samples;
  if (one === undefined) throw new RangeError('toCaltech: there are no samples; a video has one frame at least');
  const { width, height } = one;
  const odd = samples.find((sample) => sample.width !== width || sample.height !== height);
  if (odd)
    throw new RangeError(
      `toCaltech: ${odd.id} is ${odd.height}x${odd.width} but ${one.id} is ${height}x${width}; a video has one size`,
    );
  const frames: { bytes: Uint8Array }[] = [];
  for (const sample of samples) {
    const image = await sample.image();
    frames.push({ bytes: encode ? await encode(image) : bgrOf(image) });
  }
  const codec = encode ? 'jpeg' : 'bgr';
  return {
    seq: writeSeq(frames, { width, height, codec, framesPerSecond }),
    vbb: writeVbb(vbbOf(samples.map((sample) => sample.objects))),
  };
}

/** Blue first, as raw frames of a `.seq` are. */
function bgrOf({ data }: RgbImage): Uint8Array {
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    bytes[i] = data[i + 2] ?? 0;
    bytes[i + 1] = data[i + 1] ?? 0;
    bytes[i + 2] = data[i] ?? 0;
  }
  return bytes;
}

/** A file to write. */
export interface NamedFile {
  /** Below the folder of the data set, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Street scenes as the files of a Caltech folder, one after another: sequence n of `scenes` becomes `set00/V00n.seq` and
 * `annotations/set00/V00n.vbb`.
 *
 * @throws RangeError or TypeError as `scenes`, and for a set that is not called set00 to set99
 */
export async function* scenesToCaltech(
  options: ScenesOptions,
  { set = 'set00', encode }: { readonly set?: string; readonly encode?: (image: RgbImage) => Promise<Uint8Array> } = {},
): AsyncGenerator<NamedFile, void, undefined> {
  if (!/^set\d\d$/.test(set)) throw new RangeError(`scenesToCaltech: set is "${set}"; it must be set00 to set99`);
  const { framesPerSequence, secondsPerFrame = 0.4, sequences } = options;
  const samples = scenes(options);
  const framesPerSecond = secondsPerFrame > 0 ? 1 / secondsPerFrame : 1;
  for (let i = 0; i < sequences; i++) {
    const video = `V${String(i).padStart(3, '0')}`;
    const part = samples.slice(i * framesPerSequence, (i + 1) * framesPerSequence);
    const { seq, vbb } = await toCaltech(part, { framesPerSecond, ...(encode && { encode }) });
    yield { path: `${set}/${video}.seq`, bytes: seq };
    yield { path: `annotations/${set}/${video}.vbb`, bytes: vbb };
  }
}
