import { joinBytes } from './inflate.ts';
import { seqHeaderBytes, seqMagic, seqName, seqPlaces } from './seqHeader.ts';

/** A frame to write: a JPEG or PNG file, or raw pixels. */
export interface SeqWriteFrame {
  readonly bytes: Uint8Array;
  /** Seconds since 1970. Default: by the frame rate, from 0. */
  readonly seconds?: number;
}

export interface SeqWriteOptions {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** How `bytes` are coded; `bgr` has three bytes a pixel, `mono` one. */
  readonly codec: 'jpeg' | 'png' | 'bgr' | 'mono';
  /** Default 30. */
  readonly framesPerSecond?: number;
  readonly description?: string;
}

const formats = { jpeg: 201, png: 2, bgr: 200, mono: 100 } as const;

/**
 * Writes frames as a Norpix `.seq` of version 3: compressed ones with a timestamp of 6 bytes and 10 zeros each, raw ones
 * padded to 512 bytes, as the files of the Caltech data set.
 *
 * @throws RangeError for sides that cannot be, or a frame whose bytes are not of the codec
 */
export function writeSeq(frames: readonly SeqWriteFrame[], options: SeqWriteOptions): Uint8Array {
  const { width, height, codec, framesPerSecond = 30 } = options;
  for (const side of [width, height])
    if (!(Number.isInteger(side) && side >= 1 && side <= 32768))
      throw new RangeError(`writeSeq: the image is ${height}x${width}; sides may be 1 to 32768`);
  if (!(framesPerSecond > 0 && Number.isFinite(framesPerSecond)))
    throw new RangeError(`writeSeq: framesPerSecond is ${framesPerSecond}; it must be above 0`);
  const imageBytes = width * height * (codec === 'mono' ? 1 : 3);
  const raw = codec === 'bgr' || codec === 'mono';
  const frameBytes = imageBytes + 6 + 512 - ((imageBytes + 6) % 512); // as seqWriterPlugin.m
  const parts: Uint8Array[] = [headerOf(frames.length, imageBytes, frameBytes, options)];
  frames.forEach(({ bytes, seconds }, i) => {
    checkFrame(bytes, i, options, imageBytes);
    const stamp = stampOf(seconds ?? i / framesPerSecond, i);
    if (raw) parts.push(bytes, stamp, new Uint8Array(frameBytes - imageBytes - 6));
    else parts.push(word(bytes.length + 4), bytes, stamp, new Uint8Array(10));
  });
  return joinBytes(parts);
}

function headerOf(count: number, imageBytes: number, frameBytes: number, options: SeqWriteOptions): Uint8Array {
  const { width, height, codec, framesPerSecond = 30, description = '' } = options;
  const header = new Uint8Array(seqHeaderBytes);
  const view = new DataView(header.buffer);
  const words: readonly (readonly [place: number, value: number])[] = [
    [seqPlaces.magic, seqMagic],
    [seqPlaces.version, 3],
    [seqPlaces.headerSize, seqHeaderBytes],
    [seqPlaces.width, width],
    [seqPlaces.height, height],
    [seqPlaces.bitDepth, codec === 'mono' ? 8 : 24],
    [seqPlaces.realDepth, 8],
    [seqPlaces.imageBytes, imageBytes],
    [seqPlaces.format, formats[codec]],
    [seqPlaces.frames, count],
    [seqPlaces.frameBytes, frameBytes],
  ];
  for (const [place, value] of words) view.setUint32(place, value, true);
  view.setFloat64(seqPlaces.framesPerSecond, framesPerSecond, true);
  const text = (place: number, value: string) => {
    for (let i = 0; i < value.length; i++) view.setUint16(place + 2 * i, value.charCodeAt(i), true);
  };
  text(seqPlaces.name, seqName);
  text(seqPlaces.description, description.slice(0, 255));
  return header;
}

function checkFrame(bytes: Uint8Array, i: number, { codec, width, height }: SeqWriteOptions, imageBytes: number): void {
  if (codec === 'bgr' || codec === 'mono') {
    if (bytes.length !== imageBytes)
      throw new RangeError(
        `writeSeq: frame ${i} has ${bytes.length} bytes; a ${codec} frame of ${height}x${width} has ${imageBytes}`,
      );
    return;
  }
  const magic = codec === 'jpeg' ? [0xff, 0xd8] : [0x89, 0x50];
  if (bytes[0] !== magic[0] || bytes[1] !== magic[1])
    throw new RangeError(
      `writeSeq: frame ${i} begins with ${bytes.subarray(0, 2).join(', ')}; a ${codec} file begins with ${magic.join(', ')}`,
    );
}

/** Whole seconds, then milliseconds. */
function stampOf(seconds: number, i: number): Uint8Array {
  const milliseconds = Math.round(seconds * 1000);
  if (!(milliseconds >= 0 && milliseconds < 2 ** 32 * 1000))
    throw new RangeError(`writeSeq: frame ${i} is of second ${seconds}; it may be 0 to ${2 ** 32 - 1}`);
  const stamp = new Uint8Array(6);
  const view = new DataView(stamp.buffer);
  view.setUint32(0, Math.floor(milliseconds / 1000), true);
  view.setUint16(4, milliseconds % 1000, true);
  return stamp;
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
