import type { Brush, Colour } from './scenesCanvas.ts';
import { capsule, polygon } from './scenesShapes.ts';
import { type Stand, scaled, spotOf } from './scenesStand.ts';

/** Paints an open umbrella; it hides what is behind it and belongs to nobody's box. */
export function paintUmbrella(brush: Brush, colour: Colour, stand: Stand): void {
  const { size, look } = stand;
  const top = spotOf(stand, [0.06, 1.12, 0.04]);
  const hand = spotOf(stand, [0.1, 0.68, 0.14]);
  capsule(brush, [top.x, top.y, 0.006 * size], [hand.x, hand.y, 0.006 * size], look([60, 60, 62]));
  const [wide, tall] = [0.27 * size, 0.13 * size];
  const points = Array.from({ length: 11 }, (_, i) => {
    const angle = (Math.PI * i) / 10;
    return [top.x - wide * Math.cos(angle), top.y + tall - tall * Math.sin(angle)];
  });
  polygon(brush, points.flat(), look(scaled(colour, 1.1)), look(scaled(colour, 0.75)));
}
