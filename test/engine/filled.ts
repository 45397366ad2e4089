import { type HasParts, weights } from '../../src/core/block.ts';
import { keyedRandom } from '../../src/core/random.ts';
import { type EngineBuild, fastestBuild } from '../../src/engine/run/module.ts';

/** Every build that this runtime takes. */
export const buildsHere: readonly EngineBuild[] = (['plain', 'relaxed', 'wide'] as const).slice(
  0,
  ['plain', 'relaxed', 'wide'].indexOf(fastestBuild()) + 1,
);

/** So many numbers are drawn for a weight; a prime, so that no two of its filters are the same. */
const period = 10_007;

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/**
 * Gives every weight a number of its own so that maps keep their size from layer to layer, as in a trained model: fresh
 * weights with statistics of 0 and 1 make a deep network chaotic, and any two engines differ.
 */
export function filled<Model extends HasParts>(model: Model): Model {
  for (const [place, weight] of weights(model)) {
    const shape = weight.shape ?? [];
    const random = keyedRandom('filled', place);
    const about = (middle: number, spread: number) => () => middle + spread * (2 * random() - 1);
    const draw =
      shape.length >= 2
        ? about(0, Math.sqrt(3 / size(shape.at(-1) === 1 ? shape.slice(0, 2) : shape.slice(0, -1))))
        : /variance$/.test(place)
          ? about(1, 0.2)
          : /(gamma|importance|scale)$/.test(place)
            ? about(1, 0.1)
            : about(0, /mean$/.test(place) ? 0.1 : 0.5);
    const drawn = Float32Array.from({ length: Math.min(size(shape), period) }, draw);
    weight.write(Float32Array.from({ length: size(shape) }, (_, i) => drawn[i % period] ?? 0));
  }
  return model;
}
