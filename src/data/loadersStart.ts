import type { Loaders } from './loaders.ts';
import type { Sample } from './sample.ts';

/**
 * Workers for samples: those that are given, or as many as are wanted. Default as the samples' reader thinks right, so none
 * for samples that do not say where their images lie. What is started here is ended by `dispose`.
 *
 * @throws RangeError for a number that cannot be, or one above 0 for samples that no worker can read
 */
export function startLoaders(
  where: string,
  samples: readonly Sample[],
  workers: number | Loaders | undefined,
): { readonly loaders: Loaders | undefined; readonly dispose: () => void } {
  if (typeof workers === 'object') return { loaders: workers, dispose: () => {} };
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 0))
    throw new RangeError(`${where}: workers is ${workers}; it must be a whole number of at least 0`);
  const start = workers === 0 ? undefined : samples.find(({ image }) => image.start)?.image.start;
  if (start === undefined && workers)
    throw new RangeError(
      `${where}: workers is ${workers}, but the samples do not say where their images lie; give loadingWorkers() of pyramidion/node or pyramidion/web, which draw images that are decoded here`,
    );
  const loaders = start?.(workers === undefined ? {} : { count: workers });
  return { loaders, dispose: () => loaders?.dispose() };
}
