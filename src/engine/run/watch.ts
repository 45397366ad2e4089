import { beatWord, tellEnded } from './control.ts';

/** A worker of a page that only listens, and so sees threads end while the caller waits. */
export interface Watch {
  /** Name of the lock that a thread is to hold. */
  readonly lockOf: (thread: number) => string;
  /** Begins once the threads hold their locks. */
  readonly begin: (threads: number) => Promise<void>;
  /** Whether it answers: false where it has been silent for long, and nobody would see a thread end. */
  readonly answers: () => boolean;
  readonly stop: () => void;
}

/** Asks for every thread's lock: whoever ends gives it back, however it ended. Answers each message with a beat. */
const work = `({ data: { buffer, control, locks } }) => {
  locks.forEach((lock, i) => navigator.locks.request(lock, () => (${tellEnded})(buffer, control, i + 1, '')));
  const words = new Int32Array(buffer, control, 16);
  onmessage = () => Atomics.add(words, ${beatWord}, 1);
  postMessage(0);
}`;

/** Milliseconds in which it is asked and does not answer, after which it is taken to be gone: it has nothing else to do. */
const silence = 10_000;
/** Milliseconds between two questions. */
const pause = 200;

/** Whether a page has what it takes: locks, which a page has that is isolated. */
export const canWatch = (): boolean =>
  (globalThis as { navigator?: { locks?: unknown } }).navigator?.locks !== undefined;

/** @param control address of the control words in a shared memory */
export function watchOver(buffer: ArrayBufferLike, control: number): Watch {
  const engine = `pyramidion-${performance.timeOrigin}-${Math.random()}`;
  const url = URL.createObjectURL(new Blob([`onmessage = ${work}`], { type: 'text/javascript' }));
  const worker = new Worker(url);
  const words = new Int32Array(buffer, control, 16);
  const lockOf = (thread: number) => `${engine}-${thread}`;
  let [asked, beat, heard] = [0, 0, 0];
  return {
    lockOf,
    begin: (threads) =>
      new Promise((resolve, reject) => {
        worker.onerror = ({ message }) =>
          reject(new Error(`engine: the watch of its threads could not start: ${message}`));
        worker.onmessage = () => {
          URL.revokeObjectURL(url);
          resolve();
        };
        worker.postMessage({ buffer, control, locks: Array.from({ length: threads }, (_, i) => lockOf(i + 1)) });
      }),
    answers: () => {
      const now = performance.now();
      if (now - asked < pause) return true;
      const beats = Atomics.load(words, beatWord);
      if (beats !== beat || now - asked > 5 * pause) heard = now; // it was not asked for long
      beat = beats;
      asked = now;
      worker.postMessage(0);
      return now - heard < silence;
    },
    stop: () => worker.terminate(),
  };
}
