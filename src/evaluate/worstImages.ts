import type { ErrorAnalysis } from './errorAnalysis.ts';

/** The errors of one image, by their places in the lists of the analysis. */
export interface WorstImage {
  /** The place of the image. */
  readonly image: number;
  /** Places of the missed objects and of the false detections, the best of these first. */
  readonly misses: readonly number[];
  readonly falses: readonly number[];
  /** The score of the best false detection; undefined without one. */
  readonly score: number | undefined;
}

/** The images with the most errors; of as many, those whose best false detection scores higher come first. */
export function worstImages({ misses, falses }: Pick<ErrorAnalysis, 'misses' | 'falses'>, count = 20): WorstImage[] {
  if (!(Number.isInteger(count) && count > 0))
    throw new RangeError(`worstImages: count is ${count}; it must be a whole number above 0`);
  const images = new Map<number, { misses: number[]; falses: number[]; score: number | undefined }>();
  const at = (image: number) => {
    const found = images.get(image) ?? { misses: [], falses: [], score: undefined };
    images.set(image, found);
    return found;
  };
  for (const { image, object } of misses) at(image).misses.push(object);
  for (const { image, detection, score } of falses) {
    const errors = at(image);
    errors.falses.push(detection);
    errors.score ??= score; // best first
  }
  const errors = (one: WorstImage) => one.misses.length + one.falses.length;
  return [...images]
    .map(([image, found]): WorstImage => ({ image, ...found }))
    .sort((a, b) => errors(b) - errors(a) || (b.score ?? 0) - (a.score ?? 0) || a.image - b.image)
    .slice(0, count);
}
