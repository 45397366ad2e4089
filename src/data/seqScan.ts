import { byteReader } from './byteReader.ts';
import type { ByteSource } from './byteSource.ts';
import { FormatError } from './formatError.ts';
import { type SeqHeader, seqHeaderBytes } from './seqHeader.ts';

/** Where the bytes of a frame's image are. */
export interface SeqPlace {
  readonly offset: number;
  readonly length: number;
}

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
  const found: SeqPlace[] = [];
  let next = seqHeaderBytes;
  let extra: 8 | 16 | undefined;
  let ended = false;
  let turn: Promise<unknown> = Promise.resolve();

  const word = async (offset: number) => {
    const bytes = await source.read(offset, 4);
    return bytes.length < 4 ? undefined : byteReader(bytes, name).u32(0, 'a length');
  };
  async function step(): Promise<void> {
    const length = await word(next);
    const index = found.length;
    if (length === undefined || length === 0) {
      ended = true; // nothing, or the zeros of a file that was made larger than its frames
      return;
    }
    if (length < 5 || next + length > source.size)
      throw new FormatError(
        `${name}: frame ${index}, at byte ${next}, gives its length as ${length}; it may be 5 to ${source.size - next}; was the file cut or damaged?`,
      );
    const end = next + length;
    extra ??= (await word(end + 8)) === 0 ? 16 : 8;
    found.push({ offset: next + 4, length: length - 4 });
    next = end + extra;
  }
  /** Finds frames until `index`, or the end; one call after another, for they share one list. */
  function until(index: number): Promise<void> {
    const scan = async () => {
      while (!ended && found.length <= index) await step();
    };
    const result = turn.then(scan);
    turn = result.catch(() => undefined);
    return result;
  }
  return {
    count: async () => {
      await until(Number.POSITIVE_INFINITY);
      return found.length;
    },
    place: async (index) => {
      if (found[index] === undefined) await until(index);
      const place = found[index];
      if (place === undefined)
        throw new FormatError(`${name}: frame ${index} is not there: the file ends after ${found.length}; was it cut?`);
      return place;
    },
  };
}
