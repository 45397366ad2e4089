import { byteReader } from './byteReader.ts';

/** What an image file says of itself before it is decoded. */
export interface ImageSize {
  readonly type: 'jpeg' | 'png';
  /** Pixels, as stored: an orientation mark is not applied. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** Marks of a JPEG that begin a frame: SOF0 to SOF15, without DHT, JPG and DAC. @see ITU T.81, table B.1 */
const isFrame = (mark: number) => mark >= 0xc0 && mark <= 0xcf && mark !== 0xc4 && mark !== 0xc8 && mark !== 0xcc;

/**
 * The size of a JPEG or PNG from its header; undefined for another kind of file.
 *
 * @throws FormatError for a header that is cut or damaged
 */
export function imageSize(bytes: Uint8Array, where = 'imageSize'): ImageSize | undefined {
  if (bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47) return pngSize(bytes, where);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegSize(bytes, where);
  return undefined;
}

function pngSize(bytes: Uint8Array, where: string): ImageSize {
  const reader = byteReader(bytes, where, false);
  return { type: 'png', width: reader.u32(16, "the PNG's width"), height: reader.u32(20, "the PNG's height") };
}

function jpegSize(bytes: Uint8Array, where: string): ImageSize {
  const reader = byteReader(bytes, where, false);
  for (let at = 2; ; ) {
    const word = reader.u16(at, 'a JPEG marker');
    if (word === 0xffff) {
      at += 1; // fill
      continue;
    }
    if (word >>> 8 !== 0xff) throw reader.error(at, `a JPEG marker begins with 255; this one with ${word >>> 8}`);
    const mark = word & 0xff;
    if (isFrame(mark))
      return {
        type: 'jpeg',
        height: reader.u16(at + 5, "the JPEG's height"),
        width: reader.u16(at + 7, "the JPEG's width"),
      };
    if (mark === 0xda || mark === 0xd9) throw reader.error(at, 'the JPEG has no frame before its scan');
    at += 2 + Math.max(2, reader.u16(at + 2, 'the length of a JPEG segment'));
  }
}
