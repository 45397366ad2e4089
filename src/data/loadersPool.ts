import {
  type Answer,
  errorOf,
  type Loaders,
  type OpenPort,
  type Port,
  type Request,
  UnreadPicture,
} from './loaders.ts';

/** Requests that a worker has at most: enough for some batches, since a step that runs here keeps it from getting more. */
const depth = 16;
/** Buffers of pixels that are kept for the next images. */
const spares = 16;

interface Task {
  readonly request: (id: number) => Request;
  readonly hear: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
}

interface Worker {
  readonly port: Port;
  readonly tasks: Map<number, Task>;
}

/** Shares requests among workers, each to the one that has least to do. One that ends by itself fails all that follows. */
export function loadersOver(open: readonly OpenPort[]): Loaders {
  const queue: Task[] = [];
  const free: Float32Array<ArrayBuffer>[] = [];
  const acts = new WeakMap<AbortSignal, Set<() => void>>();
  let broken: Error | undefined;
  let next = 0;

  const workers = open.map((start): Worker => {
    const tasks = new Map<number, Task>();
    const hear = (answer: Answer) => {
      const task = tasks.get(answer.id);
      tasks.delete(answer.id);
      port.busy(tasks.size > 0);
      task?.hear(answer);
      pump();
    };
    const port = start(hear, (reason) => breakUp(`a worker that loads images ended by itself: ${reason}`));
    return { port, tasks };
  });

  function breakUp(reason: string): void {
    broken ??= new Error(`batches: ${reason}`);
    for (const task of [...queue.splice(0), ...workers.flatMap(({ tasks }) => [...tasks.values()])]) task.fail(broken);
    for (const { tasks, port } of workers) {
      tasks.clear();
      port.stop();
    }
  }

  function pump(): void {
    while (queue.length > 0) {
      const [idle] = [...workers].sort((a, b) => a.tasks.size - b.tasks.size);
      if (idle === undefined || idle.tasks.size >= depth) return;
      const task = queue.shift();
      if (task === undefined) return;
      const request = task.request(next++);
      idle.tasks.set(request.id, task);
      idle.port.busy(true);
      try {
        idle.port.post(request, request.kind === 'draw' && request.into ? [request.into.buffer] : []);
      } catch (error) {
        idle.tasks.delete(request.id);
        idle.port.busy(idle.tasks.size > 0);
        task.fail(error); // it cannot be sent
      }
    }
  }

  /** Asks one of the workers. Nobody waits for an answer after an abort; what has not begun is dropped. */
  function ask<T>(
    request: (id: number) => Request,
    take: (answer: Answer) => T | undefined,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      if (broken) throw broken;
      const done = onAbort(signal, () => {
        const at = queue.indexOf(task);
        if (at >= 0) queue.splice(at, 1);
        reject(signal?.reason);
      });
      const task: Task = {
        request,
        hear: (answer) => {
          done();
          if (answer.kind === 'failed') {
            const error = errorOf(answer.error);
            return reject(answer.picture === undefined ? error : new UnreadPicture(answer.picture, error));
          }
          const taken = take(answer);
          if (taken === undefined) reject(new Error(`batches: a worker answered '${answer.kind}' to another question`));
          else resolve(taken);
        },
        fail: (error) => {
          done();
          reject(error);
        },
      };
      queue.push(task);
      pump();
    });
  }

  /** Runs `act` at an abort. What it gives takes that back. A signal gets one listener, however many wait for it. */
  function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
    if (signal === undefined) return () => {};
    const known = acts.get(signal);
    const those = known ?? new Set();
    those.add(act);
    if (known === undefined) {
      acts.set(signal, those);
      signal.addEventListener('abort', () => [...those].map((one) => one()), { once: true });
    }
    return () => void those.delete(act);
  }

  function spare(length: number): { into?: Float32Array<ArrayBuffer> } {
    const at = free.findIndex((pixels) => pixels.length === length);
    const [into] = at < 0 ? [] : free.splice(at, 1);
    return into ? { into } : {};
  }

  return {
    count: open.length,
    read: (place, signal) =>
      ask(
        (id) => ({ id, kind: 'read', place }),
        (answer) => (answer.kind === 'read' ? answer.image : undefined),
        signal,
      ),
    draw: ({ drawing, pictures }, signal) => {
      const [height, width] = drawing.size;
      return ask(
        (id) => ({ id, kind: 'draw', drawing, pictures, ...spare(3 * height * width) }),
        (answer) => (answer.kind === 'drawn' ? answer.pixels : undefined),
        signal,
      );
    },
    giveBack: (pixels) => {
      if (free.length < spares) free.push(pixels);
    },
    dispose: () => breakUp('the workers that load images were disposed'),
  };
}
