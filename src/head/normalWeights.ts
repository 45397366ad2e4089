import type { Initializer } from '../core/initializers.ts';

/** N(0, deviation), by Box and Muller. */
export const normalWeights =
  (deviation: number): Initializer =>
  (shape, random) =>
    Float32Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      () => deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
    );
