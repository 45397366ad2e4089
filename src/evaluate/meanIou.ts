import type { EvaluatedImage } from './evaluatedImage.ts';
import type { Protocol } from './protocol.ts';
import { resultsOf } from './results.ts';

/** How well boxes fit what they found. */
export interface MeanIou {
  /** The mean overlap of the objects found with what found them; undefined where nothing was found. */
  readonly matched: number | undefined;
  /** The same over all objects that count, one that was not found having 0. */
  readonly all: number;
  readonly matches: number;
  readonly truths: number;
}

/** The mean IoU of the matches under a protocol. @throws RangeError as `missRate` */
export function meanIou(images: readonly EvaluatedImage[], protocol: Protocol): MeanIou {
  const { hits, overlaps, truths } = resultsOf('meanIou', images, protocol);
  let [sum, matches] = [0, 0];
  for (const [i, hit] of hits.entries()) {
    if (!hit) continue;
    sum += overlaps[i] ?? 0;
    matches++;
  }
  return { matched: matches === 0 ? undefined : sum / matches, all: sum / truths, matches, truths };
}
