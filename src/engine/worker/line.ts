import { type EngineWorker, type Listener, spawn } from './spawn.ts';
import { type Answer, errorOf, type Request } from './wire.ts';

/** The line to a worker. */
export interface Line {
  /** @throws Error if it has ended */
  readonly check: () => void;
  /** Nothing, once it has ended. */
  readonly tell: (request: Request) => void;
  /** What it answers; rejected with what failed there, or when it ends. The process waits for it. */
  readonly ask: <T>(request: (call: number) => Request) => Promise<T>;
  /** Gives numbers back that are there: before whatever it is told next. */
  readonly free: (held: number) => void;
  /** Bytes of a plan, 0 until they are known. */
  readonly bytesOf: (plan: number) => number;
  readonly stop: () => void;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** Starts a worker; gives the line once it answers, and the kernels that it has. @throws Error for one that cannot start */
export async function lineTo(
  code: string,
  start: Extract<Request, { kind: 'start' }>,
): Promise<{ readonly line: Line; readonly kernels: ReadonlySet<string> }> {
  const first = 0;
  const waiting = new Map<number, Waiting>();
  const planned = new Map<number, number>();
  let calls = first;
  let over: Error | undefined;

  const settle = (call: number, how: (one: Waiting) => void) => {
    const one = waiting.get(call);
    waiting.delete(call);
    if (waiting.size === 0) worker.awaited(false);
    if (one) how(one);
  };
  const end = (error: Error) => {
    over ??= error;
    for (const call of [...waiting.keys()]) settle(call, ({ reject }) => reject(error));
  };
  const take = (answer: Answer) => {
    if (answer.kind === 'started') settle(first, ({ resolve }) => resolve(new Set(answer.kernels) as never));
    else if (answer.kind === 'answer')
      settle(answer.call, ({ resolve }) => resolve(answer.value as never)); // as asked for
    else if (answer.kind === 'refused') settle(answer.call, ({ reject }) => reject(errorOf(answer.error)));
    else if (answer.kind === 'planned') planned.set(answer.plan, answer.bytes);
    else {
      end(errorOf(answer.error));
      worker.stop();
    }
  };
  const listener: Listener = {
    answer: take,
    ended: (reason) => end(new Error(`engine: its worker has ended (${reason}); make another engine`)),
  };
  const worker: EngineWorker = spawn(code, listener);

  let freed: number[] = [];
  const flush = () => {
    if (freed.length > 0 && over === undefined) worker.post({ kind: 'free', held: freed });
    freed = [];
  };
  const post = (request: Request) => {
    flush();
    worker.post(request);
  };
  const wait = <T>(call: number, request: Request) =>
    new Promise<T>((resolve, reject) => {
      if (over) return reject(over);
      waiting.set(call, { resolve, reject });
      worker.awaited(true);
      post(request);
    });
  const line: Line = {
    check: () => {
      if (over) throw new Error(over.message, { cause: over });
    },
    tell: (request) => {
      if (over === undefined) post(request);
      if (request.kind === 'drop') planned.delete(request.plan);
    },
    ask: (request) => {
      const call = ++calls;
      return wait(call, request(call));
    },
    free: (held) => {
      if (freed.length === 0) queueMicrotask(flush);
      freed.push(held);
    },
    bytesOf: (plan) => planned.get(plan) ?? 0,
    stop: () => {
      end(new Error('engine: it was disposed; make another engine'));
      worker.stop();
    },
  };
  return { kernels: await wait<ReadonlySet<string>>(first, start), line };
}
