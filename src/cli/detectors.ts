import type { Detection } from '../core/annotation.ts';
import type { Sample } from '../data/sample.ts';
import type { EvaluatedImage } from '../evaluate/evaluatedImage.ts';
import { counter, type Io } from './io.ts';
import { type LookOptions, looker } from './looking.ts';
import { type NamedModel, nameOf } from './modelNamed.ts';
import type { Results } from './results.ts';

/** A detector of the command line, `FILE` or `NAME=FILE`: it is called as its file, unless it has a name. */
export function detectorNamed(text: string): { readonly name: string; readonly file: string } {
  const [, name, file] = /^([^=/\\:,]+)=(.+)$/s.exec(text) ?? [];
  if (name !== undefined && file !== undefined) return { name, file };
  return { name: text === '-' ? 'stdin' : nameOf(text), file: text };
}

/** What is there and what was found, image by image. */
export const joined = (samples: readonly Sample[], results: Results): EvaluatedImage[] =>
  samples.map(({ id, height, width, objects }) => ({
    id,
    size: [height, width],
    truths: objects,
    detections: results.get(id) ?? [],
  }));

/** What a model finds in the images of a data set. @throws the reason of the signal */
export async function foundBy(
  io: Io,
  named: NamedModel,
  samples: readonly Sample[],
  options: LookOptions,
): Promise<Results> {
  const { look, dispose } = await looker(named, options);
  const bar = counter(io, `images of ${named.name}`);
  const found = new Map<string, readonly Detection[]>();
  try {
    for (const [i, { id, image }] of samples.entries()) {
      bar.step(i, samples.length);
      found.set(id, (await look({ id, read: image })).detections);
    }
  } finally {
    bar.end();
    dispose();
  }
  return found;
}
