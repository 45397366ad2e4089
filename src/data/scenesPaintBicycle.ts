import type { Brush } from './scenesCanvas.ts';
import type { Figure } from './scenesFigure.ts';
import { capsule, ellipse } from './scenesShapes.ts';
import { type Stand, scaled, spotOf } from './scenesStand.ts';

/** Paints a bicycle around its rider: the wheels and frame behind the legs, then what is before them. */
export function paintBicycle(brush: Brush, figure: Figure, stand: Stand, part: 'far' | 'near'): void {
  const { size, look, turn } = stand;
  const spot = (up: number, forward: number) => spotOf(stand, [0, up, forward]);
  const bar = (a: { x: number; y: number }, b: { x: number; y: number }, radius: number, by: number) =>
    capsule(brush, [a.x, a.y, radius * size], [b.x, b.y, radius * size], look(scaled(figure.bagColour, by)));
  const [back, front] = [spot(0.19, -0.3), spot(0.19, 0.33)];
  if (part === 'far') {
    const across = Math.max(0.19 * size * Math.abs(Math.sin(turn)), 0.014 * size);
    for (const hub of [back, front])
      ellipse(brush, [hub.x, hub.y], [across, 0.19 * size], look([34, 34, 36]), 0.024 * size);
    bar(spot(0.2, 0), back, 0.009, 1);
    bar(spot(0.46, -0.1), back, 0.009, 1);
    bar(spot(0.58, 0.27), front, 0.011, 1);
    return;
  }
  bar(spot(0.2, 0), spot(0.56, -0.12), 0.011, 0.9);
  bar(spot(0.2, 0), spot(0.52, 0.26), 0.011, 1.1);
  bar(spot(0.5, -0.1), spot(0.54, 0.26), 0.011, 1.1);
  const [left, right] = [spotOf(stand, [-0.13, 0.62, 0.28]), spotOf(stand, [0.13, 0.62, 0.28])];
  capsule(brush, [left.x, left.y, 0.01 * size], [right.x, right.y, 0.01 * size], look([40, 40, 42]));
}
