import { atWord, callWord, controlBytes, countWord, tellEnded } from './control.ts';
import { nodeBuiltin } from './nodeBuiltin.ts';

/** A thread that runs its share of commands when told to. */
export interface Thread {
  readonly stop: () => void;
  /** Whether it has ended, as far as that can be seen without giving the event loop a turn. */
  readonly ended: () => boolean;
}

/** What starts a thread; it gives it once it waits for calls. `ended` hears that it ended by itself. */
export type Start = (data: ThreadData, ended: (reason: string) => void) => Promise<Thread>;

export interface ThreadData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
  readonly threads: number;
  /** Address of the control words. */
  readonly control: number;
  /** Name of a lock that it holds as long as it lives; none where nobody watches by locks. */
  readonly lock?: string;
}

/**
 * What a thread does, as text: a bundler need not find a file. Waits for calls, and runs its share. Where that fails it says
 * so before it ends.
 */
const work = `({ module, memory, thread, threads, control }, ready) => {
  const alive = () => 1; // whoever called sees to it, and ends this one
  const { runTogether } = new WebAssembly.Instance(module, { env: { memory, alive } }).exports;
  const words = new Int32Array(memory.buffer, control, ${controlBytes >> 2});
  let seen = Atomics.load(words, ${callWord});
  ready();
  for (;;) {
    Atomics.wait(words, ${callWord}, seen);
    const call = Atomics.load(words, ${callWord});
    if (call === seen) continue;
    seen = call;
    try {
      runTogether(words[${atWord}], words[${countWord}], thread, threads, control, 1);
    } catch (error) {
      (${tellEnded})(memory.buffer, control, thread, error);
      throw error;
    }
  }
}`;

interface NodeWorker {
  readonly on: (event: 'exit' | 'error' | 'message', hear: (what: unknown) => void) => void;
  readonly unref: () => void;
  readonly terminate: () => Promise<number>;
  readonly performance?: { readonly eventLoopUtilization: () => { readonly idle: number } };
}
interface NodeThreads {
  readonly Worker: new (
    code: string,
    options: { eval: true; workerData: ThreadData; execArgv: string[] },
  ) => NodeWorker;
}

/** Node's module for threads. */
export const nodeThreads = (): NodeThreads | undefined => nodeBuiltin('node:worker_threads');

export const inNode =
  ({ Worker }: NodeThreads): Start =>
  (data, ended) =>
    new Promise((resolve, reject) => {
      const code = `const { parentPort, workerData } = require('node:worker_threads');
        (${work})(workerData, () => parentPort.postMessage(0));`;
      const worker = new Worker(code, { eval: true, workerData: data, execArgv: [] });
      const end = (reason: string) => {
        ended(reason);
        reject(new Error(`engine: a thread could not start: ${reason}`)); // nothing, once it has
      };
      worker.on('error', (error) => end(String(error)));
      worker.on('exit', () => end(''));
      worker.on('message', () => {
        worker.unref(); // it keeps no process alive
        resolve({
          stop: () => void worker.terminate(),
          // Of a thread that runs it is a time; of one that has ended Node says -1, at once.
          ended: () => (worker.performance?.eventLoopUtilization().idle ?? 0) < 0,
        });
      });
    });

export const inBrowser: Start = (data, ended) =>
  new Promise((resolve, reject) => {
    const code = `onmessage = async ({ data }) => {
      if (data.lock) await new Promise((held) => navigator.locks.request(data.lock, () => (held(), new Promise(() => {}))));
      (${work})(data, () => postMessage(0));
    }`;
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    const worker = new Worker(url);
    worker.onerror = ({ message }) => {
      ended(message);
      reject(new Error(`engine: a thread could not start: ${message}`));
    };
    worker.onmessage = () => {
      URL.revokeObjectURL(url);
      resolve({ stop: () => worker.terminate(), ended: () => false });
    };
    worker.postMessage(data);
  });
