import { atWord, callWord, controlBytes, countWord, readEnded } from './control.ts';
import { inBrowser, inNode, nodeThreads, type Thread } from './threads.ts';
import { canWatch, watchOver } from './watch.ts';

/** Threads beside the caller's. */
export interface Pool {
  /** Tells all of them to run commands; the caller runs its share at once afterwards. */
  readonly begin: (at: number, count: number) => void;
  /** Which of them has ended, and why; undefined as long as all are there. It is seen at once, also while the caller waits. */
  readonly lost: () => string | undefined;
  readonly stop: () => void;
}

/** Whether threads can share a memory here: in a page, where it is cross-origin isolated. */
export const canShare = (): boolean =>
  typeof SharedArrayBuffer !== 'undefined' &&
  (nodeThreads() !== undefined ||
    (typeof Worker !== 'undefined' && (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true));

/**
 * Starts threads over a shared memory, and waits until all are there: one that is to begin while the caller sleeps may not.
 * One that fails says so itself. One that is ended from outside is seen in Node by asking its worker, in a page by a worker
 * that listens for its lock.
 *
 * @param threads with the caller's
 * @param control address of `controlBytes` bytes
 * @throws Error for a thread that cannot start
 */
export async function startPool(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  { threads, control }: { threads: number; control: number },
): Promise<Pool> {
  const { buffer } = memory; // of a shared memory one that has grown since shows the same first bytes
  const node = nodeThreads();
  const watch = !node && canWatch() ? watchOver(buffer, control) : undefined;
  const start = node ? inNode(node) : inBrowser;
  let told: string | undefined;
  let stopped = false;
  const name = (thread: number, reason: string) =>
    `thread ${thread} of ${threads} has ended${reason === '' ? '' : ` (${reason})`}`;
  const others: Thread[] = [];
  const stop = () => {
    stopped = true;
    watch?.stop();
    for (const other of others) other.stop();
  };
  try {
    const starts = Array.from({ length: threads - 1 }, async (_, i) => {
      const data = { module, memory, thread: i + 1, threads, control, ...(watch && { lock: watch.lockOf(i + 1) }) };
      const other = await start(data, (reason) => {
        if (!stopped) told ??= name(i + 1, reason);
      });
      others[i] = other;
      if (stopped) other.stop(); // another one could not start
    });
    await Promise.all(starts);
    await watch?.begin(threads - 1);
  } catch (error) {
    stop();
    throw error;
  }
  const words = new Int32Array(buffer, control, controlBytes >> 2);
  return {
    begin: (at, count) => {
      words[atWord] = at;
      words[countWord] = count;
      Atomics.add(words, callWord, 1);
      Atomics.notify(words, callWord);
    },
    lost: () => {
      if (stopped) return 'its threads were stopped';
      const said = readEnded(buffer, control);
      if (said) return name(said.thread, said.reason);
      if (told !== undefined) return told;
      const gone = others.findIndex((other) => other.ended());
      if (gone >= 0) return name(gone + 1, '');
      return watch?.answers() === false ? 'the watch of its threads has ended' : undefined;
    },
    stop,
  };
}
