import { byteReader } from './byteReader.ts';
import { isFormatError } from './formatError.ts';

/**
 * Whether a JPEG's EXIF mark turns it by a quarter, so that it is shown with its sides exchanged. Bytes that have no such
 * mark, or a damaged one, are not turned.
 *
 * @see EXIF 2.3, tag 0x0112: 5 to 8 exchange rows and columns
 */
export function isTurned(bytes: Uint8Array): boolean {
  try {
    const exif = findExif(bytes);
    return exif !== undefined && orientationOf(exif) >= 5;
  } catch (error) {
    if (isFormatError(error)) return false;
    throw error;
  }
}

/** The TIFF part of a JPEG's APP1. */
function findExif(bytes: Uint8Array): Uint8Array | undefined {
  const reader = byteReader(bytes, 'EXIF', false);
  for (let at = 2; reader.u16(at, 'a marker') >>> 8 === 0xff; ) {
    const mark = reader.u16(at, 'a marker') & 0xff;
    if (mark === 0xda || mark === 0xd9) return undefined;
    const length = Math.max(2, reader.u16(at + 2, 'a length'));
    const isExif = mark === 0xe1 && reader.u16(at + 4, 'EXIF') === 0x4578 && reader.u16(at + 6, 'EXIF') === 0x6966;
    if (isExif) return reader.bytes(at + 10, length - 8, 'EXIF');
    at += 2 + length;
  }
  return undefined;
}

function orientationOf(tiff: Uint8Array): number {
  const reader = byteReader(tiff, 'EXIF', tiff[0] === 0x49); // II is little-endian
  const directory = reader.u32(4, 'the directory');
  const count = reader.u16(directory, 'a count');
  for (let i = 0; i < count; i++) {
    const at = directory + 2 + 12 * i;
    if (reader.u16(at, 'a tag') === 0x0112) return reader.u16(at + 8, 'the orientation');
  }
  return 1;
}
