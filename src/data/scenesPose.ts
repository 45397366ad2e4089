import type { Figure } from './scenesFigure.ts';

/** A joint: shares of the height, to the figure's right, up, and forward. */
export type Joint = readonly [right: number, up: number, forward: number];

export interface Limb {
  /** Hip or shoulder, knee or elbow, ankle or hand. */
  readonly joints: readonly [Joint, Joint, Joint];
}

export interface Pose {
  readonly legs: readonly [left: Limb, right: Limb];
  readonly arms: readonly [left: Limb, right: Limb];
  /** The tip of each foot. */
  readonly toes: readonly [left: Joint, right: Joint];
}

const hip = 0.52;
const thigh = 0.245;
const shin = 0.235;
const shoulder = 0.815;
const upperArm = 0.165;
const foreArm = 0.155;

/**
 * Somebody who walks: `phase` in radians, a full turn being two steps. The lower foot stands on the ground.
 */
export function walkingPose(figure: Figure, phase: number): Pose {
  const legs = [legAt(figure, phase, -1), legAt(figure, phase + Math.PI, 1)] as const;
  const lowest = Math.min(...legs.map(({ limb }) => limb.joints[2][1]));
  const drop = 0.04 - lowest;
  const move = ([right, up, forward]: Joint): Joint => [right, up + drop, forward];
  const moved = (limb: Limb): Limb => {
    const [a, b, c] = limb.joints;
    return { joints: [move(a), move(b), move(c)] };
  };
  return {
    legs: [moved(legs[0].limb), moved(legs[1].limb)],
    arms: [moved(armAt(figure, phase + Math.PI, -1)), moved(armAt(figure, phase, 1))],
    toes: [move(legs[0].toe), move(legs[1].toe)],
  };
}

function legAt({ stride, build }: Figure, phase: number, side: -1 | 1) {
  const swing = stride * Math.sin(phase);
  const bend = 0.08 + 0.9 * stride * 2 * Math.max(0, Math.cos(phase)) ** 2; // while the leg comes forward
  const x = side * 0.052 * build;
  const top: Joint = [x, hip, 0];
  const knee: Joint = [x, hip - thigh * Math.cos(swing), thigh * Math.sin(swing)];
  const lower = swing - bend;
  const ankle: Joint = [x * 0.9, knee[1] - shin * Math.cos(lower), knee[2] + shin * Math.sin(lower)];
  const tilt = Math.max(-0.9, lower + 0.25);
  const toe: Joint = [x * 1.15, ankle[1] - 0.022 + 0.075 * Math.sin(Math.min(0, tilt)), ankle[2] + 0.085];
  return { limb: { joints: [top, knee, ankle] } satisfies Limb, toe };
}

function armAt({ stride, build, hand }: Figure, phase: number, side: -1 | 1): Limb {
  const x = side * 0.118 * build;
  const busy = side > 0 && hand !== 'swings';
  const swing = busy ? (hand === 'phone' ? 0.1 : -0.12) : 0.85 * stride * Math.sin(phase);
  const bend = busy ? (hand === 'phone' ? 2.1 : 0.75) : 0.3 + 0.25 * Math.max(0, Math.sin(phase));
  const top: Joint = [x, shoulder - 0.015, 0];
  const elbow: Joint = [x * 1.12, top[1] - upperArm * Math.cos(swing), upperArm * Math.sin(swing)];
  const lower = swing + bend;
  const inward = hand === 'pocket' && busy ? -side * 0.03 : 0;
  const wrist: Joint = [x * 1.1 + inward, elbow[1] - foreArm * Math.cos(lower), elbow[2] + foreArm * Math.sin(lower)];
  return { joints: [top, elbow, wrist] };
}

/** Somebody on a bicycle: leaning forward, hands on the bar, feet on the pedals. `phase` turns the pedals. */
export function cyclingPose(phase: number): Pose {
  const leg = (side: -1 | 1): Limb => {
    const turn = phase + (side > 0 ? Math.PI : 0);
    const foot: Joint = [side * 0.06, 0.19 + 0.09 * Math.cos(turn), 0.06 + 0.09 * Math.sin(turn)];
    const top: Joint = [side * 0.05, 0.57, -0.1];
    const knee: Joint = [side * 0.07, (foot[1] + top[1]) / 2 + 0.05, (foot[2] + top[2]) / 2 + 0.13];
    return { joints: [top, knee, foot] };
  };
  const arm = (side: -1 | 1): Limb => ({
    joints: [
      [side * 0.115, 0.82, 0.08],
      [side * 0.14, 0.7, 0.16],
      [side * 0.13, 0.63, 0.3],
    ],
  });
  const toe = ({ joints }: Limb): Joint => [joints[2][0], joints[2][1] - 0.02, joints[2][2] + 0.08];
  const legs = [leg(-1), leg(1)] as const;
  return { legs, arms: [arm(-1), arm(1)], toes: [toe(legs[0]), toe(legs[1])] };
}
