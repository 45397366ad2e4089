import { type ByteReader, byteReader } from './byteReader.ts';

/** How the frames of a `.seq` are coded, by the header's number. @see seqReaderPlugin.m of Piotr's toolbox */
const codecs = new Map<number, SeqCodec>([
  [100, 'mono'],
  [200, 'bgr'],
  [102, 'jpeg'],
  [201, 'jpeg'],
  [1, 'png'],
  [2, 'png'],
]);

/** `mono` and `bgr` are raw pixels, rows from the top. */
export type SeqCodec = 'mono' | 'bgr' | 'jpeg' | 'png';

/** What the first 1,024 bytes of a `.seq` say. */
export interface SeqHeader {
  readonly version: number;
  readonly description: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Bits of a pixel. */
  readonly bitDepth: number;
  /** The header's number of the coding. */
  readonly format: number;
  readonly codec: SeqCodec;
  /** Frames as the header says; 0 when it does not know. */
  readonly frames: number;
  /** Bytes of a frame's pixels when raw. */
  readonly imageBytes: number;
  /** Bytes from one raw frame to the next. */
  readonly frameBytes: number;
  /** Frames a second as the header says, which is often wrong: the timestamps know better. */
  readonly framesPerSecond: number;
}

/** Bytes of the header; frames begin here. */
export const seqHeaderBytes = 1024;

/** Places of the header's fields. */
export const seqPlaces = {
  magic: 0,
  name: 4,
  version: 28,
  headerSize: 32,
  description: 36,
  width: 548,
  height: 552,
  bitDepth: 556,
  realDepth: 560,
  imageBytes: 564,
  format: 568,
  frames: 572,
  zero: 576,
  frameBytes: 580,
  framesPerSecond: 584,
} as const;

export const seqMagic = 0xfeed;
export const seqName = 'Norpix seq';

/** Sides beyond this are damage: a frame would have 4 GiB. */
const longestSide = 32768;

/** @throws FormatError for bytes that are no header, or one of a coding that cannot be read */
export function readSeqHeader(bytes: Uint8Array, where: string): SeqHeader {
  const reader = byteReader(bytes, where);
  reader.bytes(0, seqHeaderBytes, 'the header');
  const u32 = (place: number) => reader.u32(place, 'the header');
  const magic = u32(seqPlaces.magic);
  if (magic !== seqMagic)
    throw reader.error(0, `the file begins with 0x${magic.toString(16)}; a .seq begins with 0xfeed`);
  const name = text(reader, seqPlaces.name, seqName.length);
  if (name !== seqName)
    throw reader.error(seqPlaces.name, `the name is ${JSON.stringify(name)}; it must be "${seqName}"`);
  if (u32(seqPlaces.headerSize) !== seqHeaderBytes)
    throw reader.error(
      seqPlaces.headerSize,
      `the header is ${u32(seqPlaces.headerSize)} bytes; only ${seqHeaderBytes} is known`,
    );
  if (u32(seqPlaces.zero) !== 0) throw reader.error(seqPlaces.zero, `the word is ${u32(seqPlaces.zero)}; it must be 0`);
  const format = u32(seqPlaces.format);
  const codec = codecs.get(format);
  if (codec === undefined)
    throw reader.error(
      seqPlaces.format,
      `frames are of format ${format}; it may be ${[...codecs.keys()].join(', ')}, and Bayer patterns (101, 103) are not read`,
    );
  const width = u32(seqPlaces.width);
  const height = u32(seqPlaces.height);
  for (const [side, place] of [
    [width, seqPlaces.width],
    [height, seqPlaces.height],
  ] as const)
    if (side < 1 || side > longestSide)
      throw reader.error(place, `the image is ${height}x${width}; sides may be 1 to ${longestSide}`);
  const header: SeqHeader = {
    version: reader.i32(seqPlaces.version, 'the header'),
    description: text(reader, seqPlaces.description, 256),
    width,
    height,
    bitDepth: u32(seqPlaces.bitDepth),
    format,
    codec,
    frames: u32(seqPlaces.frames),
    imageBytes: u32(seqPlaces.imageBytes),
    frameBytes: u32(seqPlaces.frameBytes),
    framesPerSecond: reader.f64(seqPlaces.framesPerSecond, 'the header'),
  };
  if (codec === 'mono' || codec === 'bgr') checkRaw(header, reader);
  return header;
}

function checkRaw({ codec, width, height, imageBytes, frameBytes }: SeqHeader, reader: ByteReader): void {
  const wanted = width * height * (codec === 'mono' ? 1 : 3);
  if (imageBytes !== wanted)
    throw reader.error(
      seqPlaces.imageBytes,
      `a raw ${codec} frame of ${height}x${width} has ${wanted} bytes; the header says ${imageBytes}`,
    );
  if (frameBytes < imageBytes)
    throw reader.error(
      seqPlaces.frameBytes,
      `frames lie ${frameBytes} bytes apart but have ${imageBytes} bytes of pixels`,
    );
}

/** UTF-16 text that ends at a zero. */
function text(reader: ByteReader, place: number, units: number): string {
  const codes = Array.from({ length: units }, (_, i) => reader.u16(place + 2 * i, 'the header'));
  const end = codes.indexOf(0);
  return String.fromCharCode(...(end < 0 ? codes : codes.slice(0, end)));
}
