import type { Colour } from './scenesCanvas.ts';
import type { Joint } from './scenesPose.ts';

/** Where a figure stands in the picture and how it is turned. */
export interface Stand {
  /** The ground under it, pixels. */
  readonly x: number;
  readonly y: number;
  /** Its height, pixels. */
  readonly size: number;
  /** Radians: 0 walks away from us, pi towards us, pi / 2 to the right. */
  readonly turn: number;
  /** Light and haze: what a colour looks like there. */
  readonly look: (colour: Colour) => Colour;
  /** How far the shoulders are before the hips, share of the height. */
  readonly lean: number;
}

/** A joint in the picture: pixels, and how much nearer than the figure's axis, shares of its height. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly near: number;
}

export function spotOf({ x, y, size, turn }: Stand, [right, up, forward]: Joint): Spot {
  const across = right * Math.cos(turn) + forward * Math.sin(turn);
  return { x: x + size * across, y: y - size * up, near: right * Math.sin(turn) - forward * Math.cos(turn) };
}

/** A colour in shade or light. */
export function scaled([r, g, b]: Colour, by: number): Colour {
  return [r * by, g * by, b * by];
}
