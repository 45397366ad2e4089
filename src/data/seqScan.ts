import { byteReader } from './byteReader.ts';
import type { ByteSource } from './byteSource.ts';
import { FormatError } from './formatError.ts';
import { type SeqHeader, seqHeaderBytes } from './seqHeader.ts';
import { type SeqPlace, seqIndex } from './seqIndex.ts';

/** Where the frames of a `.seq` are. */
export interface SeqPlaces {
  /** All frames that the file holds. */
  readonly count: () => Promise<number>;
  readonly place: (index: number) => Promise<SeqPlace>;
}

/** Raw frames lie at equal distances; compressed ones are found by going from one to the next. */
export function seqPlacesOf(source: ByteSource, header: SeqHeader, name: string): SeqPlaces {
  return header.codec === 'mono' || header.codec === 'bgr'
    ? rawPlaces(source, header, name)
    : scannedPlaces(source, name);
}

function rawPlaces(source: ByteSource, { imageBytes, frameBytes }: SeqHeader, name: string): SeqPlaces {
  return {
    count: async () => {
      const rest = source.size - seqHeaderBytes;
      return Math.floor(rest / frameBytes) + (rest % frameBytes >= imageBytes ? 1 : 0); // the last may lack its padding
    },
    place: async (index) => {
      const offset = seqHeaderBytes + index * frameBytes;
      if (offset + imageBytes > source.size) throw cut(name, index, offset, imageBytes, source.size);
      return { offset, length: imageBytes };
    },
  };
}

const cut = (name: string, index: number, offset: number, length: number, size: number) =>
  new FormatError(
    `${name}: frame ${index} needs ${length} bytes at byte ${offset} but the file has ${size}; was it cut?`,
  );

/**
 * Frames of unknown lengths. Each is: a word n, which counts itself, then n - 4 bytes of image, a timestamp of 6 bytes,
 * and zeros. The next begins 8 bytes after the image, or 16 where the word found at 8 after the first frame is 0.
 */
function scannedPlaces(source: ByteSource, name: string): SeqPlaces {
  const found = seqIndex();
  let next = seqHeaderBytes;
  let extra: 8 | 16 | undefined;
  let ended = false;
  let turn: Promise<unknown> = Promise.resolve();

  const word = async (offset: number) => {
    const bytes = await source.read(offset, 4);
    return bytes.length < 4 ? undefined : byteReader(bytes, name).u32(0, 'a length');
  };
  /** The frame that begins at `offset`; undefined where the file ends before it. */
  async function placeAt(offset: number, index: number): Promise<SeqPlace | undefined> {
    const length = await word(offset);
    if (length === undefined || length === 0) return undefined; // nothing, or the zeros of a file made larger than its frames
    if (length < 5 || offset + length > source.size)
      throw new FormatError(
        `${name}: frame ${index}, at byte ${offset}, gives its length as ${length}; it may be 5 to ${source.size - offset}; was the file cut or damaged?`,
      );
    return { offset: offset + 4, length: length - 4 };
  }
  async function step(): Promise<void> {
    const place = await placeAt(next, found.count());
    if (place === undefined) {
      ended = true;
      return;
    }
    const end = place.offset + place.length;
    extra ??= (await word(end + 8)) === 0 ? 16 : 8;
    found.add(place);
    next = end + extra;
  }
  /** Finds frames until `index`, or the end; one call after another, for they share one list. */
  function until(index: number): Promise<void> {
    const scan = async () => {
      while (!ended && found.count() <= index) await step();
    };
    const result = turn.then(scan);
    turn = result.catch(() => undefined);
    return result;
  }
  /** A frame that was found, from the nearest that is remembered on. */
  async function again(index: number): Promise<SeqPlace> {
    let { index: at, place } = found.before(index);
    for (; at < index; at++) {
      const following = await placeAt(place.offset + place.length + (extra ?? 8), at + 1);
      if (following === undefined) throw new FormatError(`${name}: frame ${at + 1} is gone; did the file change?`);
      place = following;
    }
    return place;
  }
  return {
    count: async () => {
      await until(Number.POSITIVE_INFINITY);
      return found.count();
    },
    place: async (index) => {
      if (index >= found.count()) await until(index);
      if (index >= found.count())
        throw new FormatError(
          `${name}: frame ${index} is not there: the file ends after ${found.count()}; was it cut?`,
        );
      return again(index);
    },
  };
}
