import { nodeBuiltin } from '../run/nodeBuiltin.ts';
import type { Answer, Request } from './wire.ts';

/** A worker with an engine. */
export interface EngineWorker {
  readonly post: (request: Request) => void;
  /** Whether the process waits for it; from the start it does not. */
  readonly awaited: (yes: boolean) => void;
  readonly stop: () => void;
}

export interface Listener {
  readonly answer: (answer: Answer) => void;
  /** It ended, and why, as far as that is known. */
  readonly ended: (reason: string) => void;
}

interface NodeWorker {
  readonly on: (event: 'exit' | 'error' | 'message', hear: (what: never) => void) => void;
  readonly postMessage: (request: Request) => void;
  readonly ref: () => void;
  readonly unref: () => void;
  readonly terminate: () => Promise<number>;
}
interface NodeThreads {
  readonly Worker: new (code: string, options: { eval: true; execArgv: string[] }) => NodeWorker;
}

function inNode({ Worker }: NodeThreads, code: string, { answer, ended }: Listener): EngineWorker {
  const worker = new Worker(code, { eval: true, execArgv: [] });
  worker.on('message', answer);
  worker.on('error', (error) => ended(String(error)));
  worker.on('exit', (code) => ended(`it ended with ${code}`));
  worker.unref();
  return {
    post: (request) => worker.postMessage(request),
    awaited: (yes) => (yes ? worker.ref() : worker.unref()),
    stop: () => void worker.terminate(),
  };
}

interface Locks {
  readonly request: (name: string, then: () => void) => Promise<unknown>;
}

function inPage(code: string, { answer, ended }: Listener): EngineWorker {
  const locks = (globalThis as { navigator?: { locks?: Locks } }).navigator?.locks; // in a secure page
  const lock = `pyramidion-worker-${performance.timeOrigin}-${Math.random()}`;
  const holds = `navigator.locks.request('${lock}', () => (postMessage('held'), new Promise(() => {})));`;
  const url = URL.createObjectURL(new Blob([locks ? holds : '', code], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onerror = ({ message }) => ended(message || 'its code could not be loaded');
  worker.onmessage = ({ data }: { data: Answer | 'held' }) => {
    URL.revokeObjectURL(url);
    if (data !== 'held') answer(data);
    else void locks?.request(lock, () => ended('it was ended')); // it gives the lock back when it ends, however it does
  };
  return { post: (request) => worker.postMessage(request), awaited: () => undefined, stop: () => worker.terminate() };
}

/** Starts a worker from the text of its code: a bundler need not find a file. */
export function spawn(code: string, listener: Listener): EngineWorker {
  const node = nodeBuiltin<NodeThreads>('node:worker_threads');
  return node ? inNode(node, code, listener) : inPage(code, listener);
}
