import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Answer, Loaders, LoadersOptions, OpenPort, Place } from '../data/loaders.ts';
import { loadersOver } from '../data/loadersPool.ts';
import type { ImageReader } from '../data/sample.ts';
import { readPlace } from './imageFile.ts';

/** What a thread runs: the file of that name beside this one, in the package or, in the repository, in its source. */
const codeFile = () =>
  new URL(import.meta.url.endsWith('.ts') ? './loadingWorker.ts' : './loadingWorker.js', import.meta.url);
/** A thread has none of the hooks of its process that read TypeScript. */
const typed = ({ href }: URL) =>
  `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(href)}); })`;

/** More would wait for the file system. */
const most = 4;

/**
 * Starts threads that read image files and draw augmented images beside the steps of a training, for `train` and `batches`.
 * They keep no process alive.
 *
 * @throws RangeError for a count that cannot be; Error where a bundler has left the worker's file behind
 */
export function loadingWorkers({ count = Math.min(most, availableParallelism() - 1) }: LoadersOptions = {}): Loaders {
  if (!(Number.isInteger(count) && count >= 0))
    throw new RangeError(`loadingWorkers: count is ${count}; it must be a whole number of at least 0`);
  const code = codeFile();
  if (count > 0 && !existsSync(code))
    throw new Error(
      `loadingWorkers: there is no ${fileURLToPath(code)}; a bundler must leave pyramidion out (external)`,
    );
  return loadersOver(Array.from({ length: count }, () => threadOf(code)));
}

/** A thread that runs a file. */
export const threadOf =
  (file: URL): OpenPort =>
  (hear, ended) => {
    const worker = file.href.endsWith('.ts') ? new Worker(typed(file), { eval: true }) : new Worker(file);
    let working = false;
    const hold = () => (working ? worker.ref() : worker.unref());
    hold();
    worker.on('online', hold); // a thread that has started holds the process again
    worker.on('message', (answer: Answer) => hear(answer));
    worker.on('messageerror', (error) => ended(error.message));
    worker.on('error', (error) => ended(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (exit) => ended(`it left with ${exit}`));
    return {
      post: (request, transfer) => worker.postMessage(request, transfer),
      busy: (is) => {
        working = is;
        hold();
      },
      stop: () => void worker.terminate(),
    };
  };

/** Reads an image file; workers can do so in its place. */
export function fileImage(place: Place): ImageReader {
  return Object.assign(() => readPlace(place), { at: place.at, start: startLoading });
}

/** As `loadingWorkers`; none on a single core, or where the worker's file is not there, unless somebody wants a number. */
function startLoading(options: LoadersOptions = {}): Loaders | undefined {
  const none = options.count === undefined && (availableParallelism() < 2 || !existsSync(codeFile()));
  return none ? undefined : loadingWorkers(options);
}
