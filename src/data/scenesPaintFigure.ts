import type { Brush } from './scenesCanvas.ts';
import type { Figure } from './scenesFigure.ts';
import { paintBackpack, paintHandBag } from './scenesPaintBag.ts';
import { paintHead, paintLongHair } from './scenesPaintHead.ts';
import { paintTrunk } from './scenesPaintTrunk.ts';
import type { Joint, Limb, Pose } from './scenesPose.ts';
import { capsule } from './scenesShapes.ts';
import { type Stand, scaled, spotOf } from './scenesStand.ts';

/** Paints somebody, what is far from us first. */
export function paintFigure(brush: Brush, figure: Figure, pose: Pose, stand: Stand): void {
  const spot = (joint: Joint) => spotOf(stand, joint);
  const middle = ({ joints }: Limb) => spot(joints[1]).near;
  const order = (limbs: readonly [Limb, Limb]) => (middle(limbs[0]) < middle(limbs[1]) ? [0, 1] : [1, 0]);
  const [farArm = 0, nearArm = 1] = order(pose.arms);
  const back = spot([0, 0, -0.1]).near;

  if (figure.bag === 'backpack' && back <= 0) paintBackpack(brush, figure, stand);
  if (figure.hairStyle === 'long' && back <= 0) paintLongHair(brush, figure, stand);
  paintArm(brush, figure, pose.arms[farArm], stand, farArm);
  for (const i of order(pose.legs)) paintLeg(brush, figure, pose, i, stand);
  paintNeck(brush, figure, stand);
  paintTrunk(brush, figure, pose, stand);
  paintHead(brush, figure, stand);
  if (figure.hairStyle === 'long' && back > 0) paintLongHair(brush, figure, stand);
  if (figure.bag === 'backpack' && back > 0) paintBackpack(brush, figure, stand);
  paintArm(brush, figure, pose.arms[nearArm], stand, nearArm);
}

function paintLeg(brush: Brush, figure: Figure, pose: Pose, i: number, stand: Stand): void {
  const leg = pose.legs[i];
  const tip = pose.toes[i];
  if (leg === undefined || tip === undefined) return;
  const { size, look } = stand;
  const [top, knee, ankle] = leg.joints.map((joint) => spotOf(stand, joint));
  const toe = spotOf(stand, tip);
  if (!top || !knee || !ankle) return;
  const dim = knee.near < 0 ? 0.86 : 1; // the far leg is in the near one's shadow
  const cloth = look(scaled(figure.bottom, dim));
  const skin = look(scaled(figure.skin, dim));
  const bare = figure.below === 'skirt' || figure.below === 'dress';
  const wide = size * figure.build;
  const upper = bare ? skin : cloth;
  const lower = bare || figure.below === 'shorts' ? skin : cloth;
  const thin = bare ? 0.85 : 1;
  capsule(brush, [ankle.x, ankle.y, 0.021 * size], [toe.x, toe.y, 0.016 * size], look(scaled(figure.shoes, dim)));
  capsule(brush, [knee.x, knee.y, 0.037 * wide * thin], [ankle.x, ankle.y - 0.01 * size, 0.026 * wide * thin], lower);
  capsule(brush, [top.x, top.y, 0.054 * wide * thin], [knee.x, knee.y, 0.039 * wide * thin], upper);
}

function paintArm(brush: Brush, figure: Figure, arm: Limb | undefined, stand: Stand, i: number): void {
  const [top, elbow, wrist] = (arm?.joints ?? []).map((joint) => spotOf(stand, joint));
  if (!top || !elbow || !wrist) return;
  const { size, look } = stand;
  const dim = elbow.near < 0 ? 0.84 : 0.96;
  const sleeve = look(scaled(figure.top, dim));
  const skin = look(scaled(figure.skin, dim));
  const wide = size * figure.build;
  const holds = i === 1 ? figure.bag : 'none';
  if (holds === 'shopping' || holds === 'handbag') paintHandBag(brush, figure, wrist, stand, holds);
  capsule(brush, [wrist.x, wrist.y, 0.018 * size], [wrist.x, wrist.y + 0.02 * size, 0.016 * size], skin);
  capsule(
    brush,
    [elbow.x, elbow.y, 0.025 * wide],
    [wrist.x, wrist.y, 0.019 * wide],
    figure.sleeves === 'long' ? sleeve : skin,
  );
  capsule(brush, [top.x, top.y, 0.034 * wide], [elbow.x, elbow.y, 0.027 * wide], sleeve);
}

function paintNeck(brush: Brush, figure: Figure, stand: Stand): void {
  const low = spotOf(stand, [0, 0.81, stand.lean]);
  const high = spotOf(stand, [0, 0.89, stand.lean + 0.01]);
  const radius = 0.03 * stand.size;
  capsule(brush, [low.x, low.y, radius], [high.x, high.y, radius], stand.look(scaled(figure.skin, 0.82)));
}
