import { byteReader } from './byteReader.ts';
import type { ByteSource } from './byteSource.ts';
import { FormatError } from './formatError.ts';
import { readSeqHeader, type SeqCodec, type SeqHeader, seqHeaderBytes } from './seqHeader.ts';
import type { SeqPlace } from './seqIndex.ts';
import { seqPlacesOf } from './seqScan.ts';

/** One frame as it lies in the file. */
export interface SeqFrame {
  /** From 0. */
  readonly index: number;
  readonly codec: SeqCodec;
  /** A JPEG or PNG file, or raw pixels. */
  readonly bytes: Uint8Array;
  /** Seconds since 1970, to the millisecond; absent where the file ends with the frame's image. */
  readonly seconds?: number;
}

/** A `.seq` that is read frame by frame. */
export interface Seq {
  readonly header: SeqHeader;
  /** How many frames there are: what the header says, or all that are found where it says 0. */
  readonly count: () => Promise<number>;
  /** Where a frame's bytes are; compressed frames are found one after another, once. */
  readonly place: (index: number) => Promise<SeqPlace>;
  readonly frame: (index: number) => Promise<SeqFrame>;
}

export interface SeqOptions {
  /** How errors call the file. Default `openSeq`. */
  readonly name?: string;
}

/**
 * Opens a Norpix `.seq` of any size over a source: the header now, each frame when it is asked for.
 *
 * @throws FormatError, from here and from every method, for bytes that are no such file, are cut or are damaged;
 * RangeError for a frame that is not there
 * @see seqReaderPlugin.m of Piotr's toolbox
 */
export async function openSeq(source: ByteSource, options: SeqOptions = {}): Promise<Seq> {
  const { name = 'openSeq' } = options;
  const header = readSeqHeader(await source.read(0, seqHeaderBytes), name);
  if (header.frames * 5 > source.size)
    throw new FormatError(
      `${name}: the header says ${header.frames} frames but the file has ${source.size} bytes; is it damaged?`,
    );
  const places = seqPlacesOf(source, header, name);
  const place = async (index: number) => {
    const known = header.frames || (await places.count());
    if (!(Number.isInteger(index) && index >= 0 && index < known))
      throw new RangeError(`${name}: frame ${index} is not there; the file has ${known}, from 0 on`);
    return places.place(index);
  };
  return {
    header,
    count: async () => header.frames || places.count(),
    place,
    frame: async (index) => {
      const { offset, length } = await place(index);
      if (length > largest(header))
        throw new FormatError(
          `${name}: frame ${index}, at byte ${offset}, has ${length} bytes; an image of ${header.height}x${header.width} has at most ${largest(header)}; is the file damaged?`,
        );
      const found = await source.read(offset, length + 6);
      const reader = byteReader(found, `${name}: frame ${index}, at byte ${offset}`);
      const bytes = reader.bytes(0, length, 'the image');
      checkMagic(header.codec, bytes, `${name}: frame ${index}, at byte ${offset}`);
      const stamped = found.length >= length + 6;
      const stamp = 'the timestamp';
      return {
        index,
        codec: header.codec,
        bytes,
        ...(stamped && { seconds: reader.u32(length, stamp) + reader.u16(length + 4, stamp) / 1000 }),
      };
    },
  };
}

/** Bytes of a frame that are believed: a file that is compressed badly, with a megabyte of other things in it. */
const largest = ({ width, height }: SeqHeader) => 2 * 3 * width * height + 2 ** 20;

/** A frame that does not begin as its coding does was looked for at the wrong place. */
function checkMagic(codec: SeqCodec, bytes: Uint8Array, where: string): void {
  const magic = { jpeg: [0xff, 0xd8], png: [0x89, 0x50], mono: [], bgr: [] }[codec];
  const reader = byteReader(bytes, where);
  if (magic.some((byte, i) => bytes[i] !== byte))
    throw reader.error(
      0,
      `a ${codec} frame begins with ${magic.join(', ')}; this one with ${bytes.subarray(0, 2).join(', ')}; is the file damaged?`,
    );
}
