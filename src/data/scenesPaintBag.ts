import type { Brush } from './scenesCanvas.ts';
import type { Figure } from './scenesFigure.ts';
import { capsule, ellipse, polygon } from './scenesShapes.ts';
import { type Spot, type Stand, scaled, spotOf } from './scenesStand.ts';

/** Paints a backpack on the back. */
export function paintBackpack(brush: Brush, figure: Figure, stand: Stand): void {
  const top = spotOf(stand, [0, 0.76, stand.lean - 0.095]);
  const low = spotOf(stand, [0, 0.64, stand.lean * 0.5 - 0.1]);
  const radius = stand.size * (0.055 + 0.025 * Math.abs(Math.cos(stand.turn)));
  capsule(brush, [top.x, top.y, radius], [low.x, low.y, radius * 1.05], stand.look(figure.bagColour));
  const pocket = spotOf(stand, [0, 0.65, stand.lean * 0.5 - 0.12]);
  if (Math.cos(stand.turn) > 0.2)
    ellipse(brush, [pocket.x, pocket.y], [radius * 0.7, radius * 0.5], stand.look(scaled(figure.bagColour, 0.8)));
}

/** Paints what hangs from a hand. */
export function paintHandBag(
  brush: Brush,
  figure: Figure,
  { x, y }: Spot,
  stand: Stand,
  kind: 'shopping' | 'handbag',
): void {
  const { size, look } = stand;
  const [half, tall] = kind === 'shopping' ? [0.06 * size, 0.14 * size] : [0.05 * size, 0.075 * size];
  const top = y + 0.05 * size;
  const colour = look(figure.bagColour);
  capsule(brush, [x, y, 0.005 * size], [x, top, 0.005 * size], look(scaled(figure.bagColour, 0.6)));
  polygon(
    brush,
    [x - half * 0.9, top, x + half * 0.9, top, x + half, top + tall, x - half, top + tall],
    colour,
    look(scaled(figure.bagColour, 0.8)),
  );
}
