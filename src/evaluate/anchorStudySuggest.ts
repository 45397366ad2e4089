import type { AnchorLevel, AnchorOptions } from '../detection/anchors.ts';
import { anchorClusters } from './anchorClusters.ts';
import type { Shape } from './anchorStudyBest.ts';

/**
 * Shapes for the same levels, as many to each as it has, so that a head keeps its channels: each level clusters the
 * boxes whose side is nearest to that of its own anchors now. A level of fewer boxes than shapes keeps its shapes.
 */
export function suggestLevels(shapes: readonly Shape[], { levels }: AnchorOptions, seed: number): AnchorLevel[] {
  const sides = levels.map(({ shapes: own }) => own.reduce((sum, shape) => sum + side(shape), 0) / own.length);
  const boxes: Shape[][] = levels.map(() => []);
  for (const shape of shapes) {
    const apart = sides.map((own) => Math.abs(side(shape) - own));
    boxes[apart.indexOf(Math.min(...apart))]?.push(shape);
  }
  return levels.map((level, l) => {
    const own = boxes[l] ?? [];
    if (own.length < level.shapes.length) return level;
    const { clusters } = anchorClusters(own, { count: level.shapes.length, seed });
    return { ...level, shapes: clusters.map(({ shape }) => shape) };
  });
}

/** The logarithm of the side of a square of its area. */
const side = ([height, width]: Shape) => Math.log2(height * width) / 2;
