/** A thread that runs its share of commands when told to. */
interface Thread {
  readonly stop: () => void;
}

/** What starts a thread; it gives it once it waits for calls. `ended` hears that it ended by itself. */
type Start = (data: ThreadData, ended: (reason: string) => void) => Promise<Thread>;

interface ThreadData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
  readonly threads: number;
  /** Address of the control words. */
  readonly control: number;
  /** Seconds in which a command must end, on every thread; then one is taken to be dead. */
  readonly patience: number;
}

/** Threads beside the caller's. */
export interface Pool {
  /** Tells all of them to run commands; the caller runs its share at once afterwards. @throws Error for one that ended */
  readonly begin: (at: number, count: number) => void;
  readonly stop: () => void;
}

// Control words, from an address: arrived, round (both of commands/index.ts), calls, address and count of the commands.
const [callWord, atWord, countWord] = [2, 3, 4];
/** Bytes of the control words. */
export const controlBytes = 64;
/** Seconds of patience where nobody says how many. */
export const patience = 60;

/**
 * What a thread does, as text: a bundler need not find a file. Waits for calls, and runs its share.
 */
const work = `({ module, memory, thread, threads, control, patience }, ready) => {
  const { runTogether } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  ready();
  const words = new Int32Array(memory.buffer, control, 16);
  for (let seen = 0; ; ) {
    Atomics.wait(words, ${callWord}, seen);
    const call = Atomics.load(words, ${callWord});
    if (call === seen) continue;
    seen = call;
    runTogether(words[${atWord}], words[${countWord}], thread, threads, control, patience);
  }
}`;

interface NodeWorker {
  readonly on: (event: 'exit' | 'error' | 'message', hear: (what: unknown) => void) => void;
  readonly unref: () => void;
  readonly terminate: () => Promise<number>;
}
interface NodeThreads {
  readonly Worker: new (
    code: string,
    options: { eval: true; workerData: ThreadData; execArgv: string[] },
  ) => NodeWorker;
}

/** Node's module for threads. */
const nodeThreads = (): NodeThreads | undefined =>
  (
    globalThis as { process?: { getBuiltinModule?: (name: string) => NodeThreads | undefined } }
  ).process?.getBuiltinModule?.('node:worker_threads');

const inNode =
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
      worker.on('exit', () => end('it ended'));
      worker.on('message', () => {
        worker.unref(); // it keeps no process alive
        resolve({ stop: () => void worker.terminate() });
      });
    });

const inBrowser: Start = (data, ended) =>
  new Promise((resolve, reject) => {
    const code = `onmessage = ({ data }) => (${work})(data, () => postMessage(0))`;
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    const worker = new Worker(url);
    worker.onerror = ({ message }) => {
      ended(message);
      reject(new Error(`engine: a thread could not start: ${message}`));
    };
    worker.onmessage = () => {
      URL.revokeObjectURL(url);
      resolve({ stop: () => worker.terminate() });
    };
    worker.postMessage(data);
  });

/** Whether threads can share a memory here: in a page, where it is cross-origin isolated. */
export const canShare = (): boolean =>
  typeof SharedArrayBuffer !== 'undefined' &&
  (nodeThreads() !== undefined ||
    (typeof Worker !== 'undefined' && (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true));

/**
 * Starts threads over a shared memory, and waits until all are there: one that is to begin while the caller sleeps may not.
 *
 * @param threads with the caller's
 * @param control address of `controlBytes` bytes
 * @param patience seconds in which a command must end
 * @throws Error for a thread that cannot start
 */
export async function startPool(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  { threads, control, patience: seconds = patience }: { threads: number; control: number; patience?: number },
): Promise<Pool> {
  const node = nodeThreads();
  const start = node ? inNode(node) : inBrowser;
  let ended: string | undefined;
  let stopped = false;
  const others = await Promise.all(
    Array.from({ length: threads - 1 }, (_, i) =>
      start({ module, memory, thread: i + 1, threads, control, patience: seconds }, (reason) => {
        if (!stopped) ended ??= `thread ${i + 1} of ${threads}: ${reason}`;
      }),
    ),
  );
  const words = new Int32Array(memory.buffer, control, controlBytes / 4);
  return {
    begin: (at, count) => {
      if (ended !== undefined || stopped)
        throw new Error(`engine: ${ended ?? 'its threads were stopped'}; make another engine`);
      words[atWord] = at;
      words[countWord] = count;
      Atomics.add(words, callWord, 1);
      Atomics.notify(words, callWord);
    },
    stop: () => {
      stopped = true;
      for (const { stop } of others) stop();
    },
  };
}

interface NodeOs {
  readonly cpus: () => readonly unknown[];
  readonly availableParallelism?: () => number;
}
interface NodeFiles {
  readonly readFileSync: (path: string, encoding: 'utf8') => string;
}

/** Most threads that are started where nobody says how many: more of them share the memory's speed. */
const most = 8;

/**
 * Cores of the machine, not their hyperthreads: two threads on one core gain nothing here. In Node; 1 in a page, whose memory
 * is rarely shared.
 */
export function physicalCores(): number {
  const builtin = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process
    ?.getBuiltinModule;
  const os = builtin?.('node:os') as NodeOs | undefined;
  if (os === undefined) return 1;
  const allowed = os.availableParallelism?.() ?? os.cpus().length;
  return Math.max(1, Math.min(most, allowed, coresOfLinux(builtin?.('node:fs') as NodeFiles | undefined) ?? allowed));
}

/** Pairs of socket and core that Linux lists. */
function coresOfLinux(files: NodeFiles | undefined): number | undefined {
  try {
    const text = files?.readFileSync('/proc/cpuinfo', 'utf8') ?? '';
    const ids = (name: string) => [...text.matchAll(new RegExp(`^${name}\\s*: (\\d+)`, 'gm'))].map(([, id]) => id);
    const [sockets, cores] = [ids('physical id'), ids('core id')];
    const distinct = new Set(cores.map((core, i) => `${sockets[i]} ${core}`)).size;
    return distinct > 0 ? distinct : undefined;
  } catch {
    return undefined; // another system
  }
}
