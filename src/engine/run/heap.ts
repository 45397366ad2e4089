import { mostBytes } from '../bytes.ts';
import { granted } from '../plan/arena.ts';

/** Bytes of a WebAssembly memory, given out and taken back. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /** Address of bytes that nobody else has. @throws RangeError where the memory cannot grow by as much; nothing is taken then */
  readonly take: (bytes: number, what: string) => number;
  readonly give: (address: number) => void;
  /** Bytes that are given out. */
  readonly used: () => number;
  /** Views over all of the memory. Old ones are stale after `take`. */
  readonly bytes: () => Uint8Array<ArrayBuffer>;
  readonly words: () => Int32Array<ArrayBuffer>;
  readonly floats: () => Float32Array<ArrayBuffer>;
}

const page = 65536;
/** Pages that hold so many bytes and no more. */
export const pagesIn = (bytes: number): number => Math.floor(bytes / page);

/**
 * Gives out parts of a memory, the first gap that is large enough.
 *
 * @param from address of the first byte that may be given out
 * @param most bytes that the memory may grow to
 */
export function heapOver(memory: WebAssembly.Memory, from: number, most = mostBytes): Heap {
  const taken = new Map<number, number>(); // by address
  const bins = new Map<number, number[]>(); // addresses that were given back, by bytes: the same sizes are asked for again
  let gaps: { from: number; to: number }[] = [{ from, to: memory.buffer.byteLength }];
  let used = 0;
  let held: ArrayBuffer | undefined;
  let views = fresh();
  function fresh() {
    held = memory.buffer as ArrayBuffer; // views over shared memory have the same methods
    return { bytes: new Uint8Array(held), words: new Int32Array(held), floats: new Float32Array(held) };
  }
  const now = () => {
    if (held !== memory.buffer) views = fresh();
    return views;
  };

  const grow = (bytes: number, what: string) => {
    const end = memory.buffer.byteLength;
    const last = gaps.at(-1);
    const free = last?.to === end ? end - last.from : 0;
    const pages = Math.ceil((bytes - free) / page);
    const many = (n: number) => `${(n / 2 ** 20).toFixed(n < 2 ** 24 ? 1 : 0)} MB`;
    try {
      memory.grow(pages);
    } catch {
      throw new RangeError(
        `engine: ${what} takes ${many(bytes)}, and ${many(used)} are taken already; the memory of ${many(end)} cannot grow ` +
          `so far (${most < mostBytes ? `${many(most)} is the most that it may take` : '4 GiB is the most that 32-bit addresses reach'}). Dispose other compiled functions, or use smaller inputs or batches`,
      );
    }
    if (free > 0 && last) last.to = memory.buffer.byteLength;
    else gaps.push({ from: end, to: memory.buffer.byteLength });
  };

  const fromGap = (bytes: number): number | undefined => {
    const gap = gaps.find(({ from, to }) => to - from >= bytes);
    if (gap === undefined) return undefined;
    const address = gap.from;
    gap.from += bytes;
    if (gap.from === gap.to) gaps = gaps.filter((other) => other !== gap);
    return address;
  };
  /** What was given back becomes gaps again, joined with those beside. Gives whether there was anything. */
  const join = (): boolean => {
    const back = [...bins].flatMap(([bytes, addresses]) => addresses.map((from) => ({ from, to: from + bytes })));
    if (back.length === 0) return false;
    bins.clear();
    const all = [...gaps, ...back].sort((a, b) => a.from - b.from);
    gaps = [];
    for (const gap of all) {
      const last = gaps.at(-1);
      if (last && last.to === gap.from) last.to = gap.to;
      else gaps.push({ ...gap });
    }
    return true;
  };
  const grown = (bytes: number, what: string): number => {
    grow(bytes, what);
    const address = fromGap(bytes);
    if (address === undefined) throw new RangeError(`engine: ${bytes} bytes were not found after growing`);
    return address;
  };

  return {
    memory,
    take: (wanted, what) => {
      const bytes = granted(wanted);
      const address =
        bins.get(bytes)?.pop() ?? fromGap(bytes) ?? (join() ? fromGap(bytes) : undefined) ?? grown(bytes, what);
      taken.set(address, bytes);
      used += bytes;
      return address;
    },
    give: (address) => {
      const bytes = taken.get(address);
      if (bytes === undefined) throw new RangeError(`engine: nothing was taken at ${address}`);
      taken.delete(address);
      used -= bytes;
      const bin = bins.get(bytes);
      if (bin) bin.push(address);
      else bins.set(bytes, [address]);
    },
    used: () => used,
    bytes: () => now().bytes,
    words: () => now().words,
    floats: () => now().floats,
  };
}
