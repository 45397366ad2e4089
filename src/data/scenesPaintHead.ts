import type { Brush, Colour } from './scenesCanvas.ts';
import type { Figure } from './scenesFigure.ts';
import { capsule, ellipse } from './scenesShapes.ts';
import { type Stand, spotOf } from './scenesStand.ts';

/** Paints head, face and hair; the face is seen as far as it is turned to us. */
export function paintHead(brush: Brush, figure: Figure, stand: Stand): void {
  const { size, turn, look, lean } = stand;
  const facing = -Math.cos(turn); // 1 towards us
  const aside = Math.sin(turn); // 1 looks to the right
  const head = spotOf(stand, [0, 0.93, lean + 0.015]);
  const [wide, tall] = [0.048 * size * (1 + 0.08 * Math.abs(aside)), 0.064 * size];
  const skin = look(figure.skin);
  const hair = look(figure.hairStyle === 'hood' ? figure.top : figure.hair);
  ellipse(brush, [head.x, head.y], [wide, tall], skin);
  if (figure.hairStyle !== 'bald') paintHair(brush, figure, stand, hair);
  if (facing > -0.5) {
    const cover = Math.min(1, 0.62 + 0.38 * facing);
    const shift = aside * (0.6 - 0.25 * Math.max(0, facing));
    ellipse(brush, [head.x + wide * shift, head.y + 0.2 * tall], [wide * 0.84 * cover, tall * 0.72], skin);
    if (wide > 4 && facing > 0.15) paintEyes(brush, stand, head.x + wide * aside * 0.45, head.y, wide);
  }
  if (figure.hairStyle === 'hat') paintHat(brush, figure, stand, head.x, head.y);
}

function paintEyes(brush: Brush, { look, turn }: Stand, x: number, y: number, wide: number): void {
  const dark = look([40, 32, 30]);
  const apart = wide * 0.36 * Math.max(0.3, -Math.cos(turn));
  for (const side of [-1, 1]) ellipse(brush, [x + side * apart, y + 0.1 * wide], [wide * 0.11, wide * 0.09], dark);
}

function paintHair(brush: Brush, figure: Figure, stand: Stand, colour: Colour): void {
  const { size, lean } = stand;
  const cap = spotOf(stand, [0, 0.945, lean - 0.004]);
  const full = figure.hairStyle === 'hood' ? 1.14 : 1;
  ellipse(brush, [cap.x, cap.y], [0.051 * size * full, 0.057 * size * full], colour);
  if (figure.hairStyle === 'hood') {
    const neck = spotOf(stand, [0, 0.87, lean - 0.02]);
    capsule(brush, [cap.x, cap.y, 0.05 * size], [neck.x, neck.y, 0.045 * size], colour);
  }
  if (figure.hairStyle === 'bun') {
    const bun = spotOf(stand, [0, 0.975, lean - 0.05]);
    ellipse(brush, [bun.x, bun.y], [0.026 * size, 0.026 * size], colour);
  }
}

function paintHat(brush: Brush, figure: Figure, stand: Stand, x: number, y: number): void {
  const { size, look } = stand;
  const colour = look(figure.bagColour);
  ellipse(brush, [x, y - 0.04 * size], [0.052 * size, 0.032 * size], colour);
  const brim = spotOf(stand, [0, 0.955, stand.lean + 0.05]);
  capsule(brush, [x, y - 0.026 * size, 0.01 * size], [brim.x, brim.y, 0.008 * size], colour);
}

/** Paints hair that falls on the back. */
export function paintLongHair(brush: Brush, figure: Figure, stand: Stand): void {
  const top = spotOf(stand, [0, 0.935, stand.lean - 0.02]);
  const low = spotOf(stand, [0, 0.8, stand.lean - 0.045]);
  const hair = stand.look(figure.hair);
  capsule(brush, [top.x, top.y, 0.052 * stand.size], [low.x, low.y, 0.045 * stand.size], hair);
}
