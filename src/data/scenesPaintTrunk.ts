import type { Brush } from './scenesCanvas.ts';
import type { Figure } from './scenesFigure.ts';
import type { Pose } from './scenesPose.ts';
import { polygon } from './scenesShapes.ts';
import { type Spot, type Stand, scaled, spotOf } from './scenesStand.ts';

/** Half the width of a part of the trunk, pixels, as it is turned. */
function halfWidth({ size, turn }: Stand, broad: number, deep: number): number {
  return size * Math.hypot(broad * Math.cos(turn), deep * Math.sin(turn));
}

/** Paints what is from the shoulders to the hem. */
export function paintTrunk(brush: Brush, figure: Figure, pose: Pose, stand: Stand): void {
  const { size, look, y } = stand;
  const shoulders = spotOf(stand, [0, 0.83, stand.lean]);
  const waist = spotOf(stand, [0, 0.62, stand.lean * 0.4]);
  const hips = spotOf(stand, [0, pose.legs[0].joints[0][1], pose.legs[0].joints[0][2]]);
  const build = figure.build;
  const [wideTop, wideWaist, wideHips] = [
    halfWidth(stand, 0.125 * build, 0.072 * build),
    halfWidth(stand, 0.096 * build, 0.07 * build * build),
    halfWidth(stand, 0.106 * build, 0.082 * build),
  ];
  const top = look(figure.top);
  const shaded = look(scaled(figure.top, 0.86));
  if (figure.below === 'skirt' || figure.below === 'dress') paintSkirt(brush, figure, pose, stand, hips, wideHips);
  else {
    const seat = look(figure.bottom);
    const low = hips.y + 0.05 * size;
    polygon(
      brush,
      [
        waist.x - wideWaist,
        waist.y,
        waist.x + wideWaist,
        waist.y,
        hips.x + wideHips,
        hips.y,
        hips.x + 0.75 * wideHips,
        low,
        hips.x - 0.75 * wideHips,
        low,
        hips.x - wideHips,
        hips.y,
      ],
      seat,
    ); // prettier as one line
  }
  const long = figure.cut === 'coat';
  const hemY = long ? y - 0.33 * size : hips.y - (figure.below === 'dress' ? 0.06 : 0.0) * size;
  const flare = long ? 1.18 : 1;
  polygon(
    brush,
    [
      waist.x - wideWaist,
      waist.y - 2,
      waist.x + wideWaist,
      waist.y - 2,
      hips.x + wideHips * flare,
      hemY,
      hips.x - wideHips * flare,
      hemY,
    ],
    shaded,
    look(scaled(figure.top, 0.8)),
  );
  polygon(
    brush,
    [
      shoulders.x - 0.3 * wideTop,
      shoulders.y - 0.02 * size,
      shoulders.x + 0.3 * wideTop,
      shoulders.y - 0.02 * size,
      shoulders.x + wideTop,
      shoulders.y + 0.025 * size,
      shoulders.x + wideTop * 0.97,
      shoulders.y + 0.08 * size,
      waist.x + wideWaist,
      waist.y,
      waist.x - wideWaist,
      waist.y,
      shoulders.x - wideTop * 0.97,
      shoulders.y + 0.08 * size,
      shoulders.x - wideTop,
      shoulders.y + 0.025 * size,
    ],
    top,
    shaded,
  );
  paintFront(brush, figure, stand, shoulders, waist, wideTop, wideWaist, hemY);
}

/** A stripe across the chest, or an open coat with what is under it. */
function paintFront(
  brush: Brush,
  figure: Figure,
  stand: Stand,
  shoulders: Spot,
  waist: Spot,
  wideTop: number,
  wideWaist: number,
  hemY: number,
): void {
  if (figure.stripe === undefined) return;
  const colour = stand.look(figure.stripe);
  const facing = -Math.cos(stand.turn);
  if (figure.cut === 'shirt') {
    const at = (t: number) => ({
      x: shoulders.x + (waist.x - shoulders.x) * t,
      y: shoulders.y + (waist.y - shoulders.y) * t,
      half: (wideTop + (wideWaist - wideTop) * t) * 0.99,
    });
    const [high, low] = [at(0.42), at(0.62)];
    polygon(
      brush,
      [high.x - high.half, high.y, high.x + high.half, high.y, low.x + low.half, low.y, low.x - low.half, low.y],
      colour,
    );
  } else if (facing > 0.2) {
    const shift = 0.04 * stand.size * Math.sin(stand.turn);
    const half = 0.026 * stand.size * facing;
    polygon(
      brush,
      [
        shoulders.x + shift - half,
        shoulders.y,
        shoulders.x + shift + half,
        shoulders.y,
        waist.x + shift + 1.5 * half,
        hemY,
        waist.x + shift - 1.5 * half,
        hemY,
      ],
      colour,
    );
  }
}

function paintSkirt(brush: Brush, figure: Figure, pose: Pose, stand: Stand, hips: Spot, wideHips: number): void {
  const { size, look } = stand;
  const knees = pose.legs.map(({ joints }) => spotOf(stand, joints[1]).x);
  const spread = 0.045 * size;
  const left = Math.min(hips.x - wideHips * 1.1, Math.min(...knees) - spread);
  const right = Math.max(hips.x + wideHips * 1.1, Math.max(...knees) + spread);
  const hem = stand.y - figure.hem * size;
  const cloth = look(figure.bottom);
  polygon(
    brush,
    [
      hips.x - 0.85 * wideHips,
      hips.y - 0.08 * size,
      hips.x + 0.85 * wideHips,
      hips.y - 0.08 * size,
      hips.x + wideHips,
      hips.y,
      right,
      hem,
      left,
      hem,
      hips.x - wideHips,
      hips.y,
    ],
    cloth,
    look(scaled(figure.bottom, 0.85)),
  );
}
