import { FormatError } from '../data/formatError.ts';
import { type FileTensor, floats, type WeightFile } from './fileTensor.ts';
import { type StoredRange, safetensorsHeader, safetensorsStart } from './safetensors.ts';

/** A file that can be read at any place, so that it need not be in memory as a whole. */
export interface RangedSource {
  /** How errors call it. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  /** Fills `into` with what lies from `offset` on. @throws where that cannot be */
  readonly readInto: (offset: number, into: Uint8Array) => Promise<void>;
}

/** Bytes that are read at once, unless a tensor is larger. */
const portion = 2 << 20;
/** Bytes between two tensors that are rather read than passed over. */
const gap = 1 << 16;

/** Opens a safetensors file by its header alone; the numbers come in parts, through one buffer. @throws FormatError as `openSafetensors` */
export async function openRangedSafetensors(source: RangedSource, name: string): Promise<WeightFile> {
  const first = new Uint8Array(Math.min(8, source.size));
  await source.readInto(0, first);
  const start = safetensorsStart(first, source.size, name);
  const header = new Uint8Array(start - 8);
  await source.readInto(8, header);
  const { stored, metadata } = safetensorsHeader(header, source.size - start, name);

  let here = new Uint8Array(); // what was read last
  let from = 0; // where it begins behind the header
  const tensors = new Map<string, FileTensor>();
  for (const [key, { shape, dtype, begin, end }] of stored) {
    const read = () => {
      if (begin < from || end > from + here.length) throw new Error(`${name}: ${key} is not in memory now`);
      return floats(here.subarray(begin - from, end - from), dtype, `${name}: ${key}`);
    };
    tensors.set(key, { shape, dtype, read });
  }
  async function* parts(names: readonly string[]): AsyncGenerator<readonly string[]> {
    const runs = runsOf(names, stored);
    const largest = Math.max(0, ...runs.map(({ begin, end }) => end - begin));
    const buffers = [new Uint8Array(largest), new Uint8Array(largest)] as const; // one is read into while the other is used
    const fetch = async (i: number) => {
      const { begin, end } = runs[i] ?? { begin: 0, end: 0 };
      const into = buffers[i % 2 === 0 ? 0 : 1].subarray(0, end - begin);
      if (into.length > 0) await source.readInto(start + begin, into);
      return into;
    };
    let next = fetch(0);
    try {
      for (const [i, { keys, begin }] of runs.entries()) {
        here = await next;
        from = begin;
        next = fetch(i + 1);
        next.catch(() => undefined); // it is told when that part is asked for
        yield keys;
      }
    } finally {
      here = new Uint8Array();
      await next.catch(() => undefined); // nothing is read into once the caller has left
    }
  }
  return { format: 'safetensors', tensors, metadata, parts, close: () => {} };
}

interface Run {
  readonly keys: string[];
  readonly begin: number;
  end: number;
}

/** Tensors in the order of the file, in runs that are read at once. */
function runsOf(names: readonly string[], stored: ReadonlyMap<string, StoredRange>): Run[] {
  const found = names.map((key) => {
    const range = stored.get(key);
    if (range === undefined) throw new FormatError(`${key} is not in the file`);
    return { key, ...range };
  });
  found.sort((a, b) => a.begin - b.begin);
  const runs: Run[] = [];
  for (const { key, begin, end } of found) {
    const last = runs.at(-1);
    if (last && begin - last.end <= gap && end - last.begin <= portion) {
      last.keys.push(key);
      last.end = end;
    } else runs.push({ keys: [key], begin, end });
  }
  return runs;
}
