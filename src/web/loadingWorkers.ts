import type { Answer, Loaders, LoadersOptions, OpenPort, Place, Request } from '../data/loaders.ts';
import { loadersOver } from '../data/loadersPool.ts';
import { serving } from '../data/loadersServe.ts';
import type { ImageReader } from '../data/sample.ts';
import { readImage } from './images.ts';

export interface WebLoadersOptions extends LoadersOptions {
  /**
   * Starts a worker whose code calls `serveLoading`, in the words that the page's bundler knows:
   * `() => new Worker(new URL('./loading.js', import.meta.url), { type: 'module' })`.
   */
  readonly worker: () => Worker;
}

/**
 * Starts workers that read images and draw augmented ones beside the steps of a training, for `train` and `batches`.
 *
 * @throws RangeError for a count that cannot be
 */
export function loadingWorkers({ worker, count = 1 }: WebLoadersOptions): Loaders {
  if (!(Number.isInteger(count) && count >= 0))
    throw new RangeError(`loadingWorkers: count is ${count}; it must be a whole number of at least 0`);
  return loadersOver(Array.from({ length: count }, () => portTo(worker)));
}

const portTo =
  (start: () => Worker): OpenPort =>
  (hear, ended) => {
    const worker = start();
    worker.onmessage = ({ data }: MessageEvent<Answer>) => hear(data);
    worker.onerror = ({ message }) => ended(message || 'its code could not be loaded');
    worker.onmessageerror = () => ended('its answer could not be read');
    return {
      post: (request, transfer) => worker.postMessage(request, transfer),
      busy: () => {},
      stop: () => worker.terminate(),
    };
  };

/** All that the code of a worker for `loadingWorkers` does: `import { serveLoading } from 'pyramidion/web'; serveLoading();`. */
export function serveLoading(): void {
  const answer = serving(readPlace, (reply, transfer) => postMessage(reply, { transfer }));
  addEventListener('message', ({ data }: MessageEvent<Request>) => answer(data));
}

/** The reader of an image that lies at an address: a sample's `image` that workers can read in the page's place. */
export function imageAt(address: string): ImageReader {
  return Object.assign(() => readImage(address), { at: new URL(address, globalThis.location?.href).href });
}

async function readPlace({ at, width, height }: Place) {
  const { data, ...found } = await readImage(at, { name: at });
  if (found.width !== width || found.height !== height)
    throw new RangeError(
      `${at}: the image is ${found.height}x${found.width}; its annotation is for ${height}x${width}`,
    );
  return { width, height, data };
}
