import type { PixelBox } from './pixelBox.ts';

/** An object in one frame of a `.vbb`. */
export interface VbbBox {
  /** Which of the objects, from 1. */
  readonly id: number;
  /** Its whole extent. */
  readonly pos: PixelBox;
  /** What can be seen of it; all zero says nothing, which means all. */
  readonly posv: PixelBox;
  /** Whether something hides a part. */
  readonly occl: boolean;
  /** A state of the labelling tool. */
  readonly lock: boolean;
}

/** An object over the frames of a `.vbb`. */
export interface VbbObject {
  readonly id: number;
  readonly label: string;
  /** Its first frame, from 1. */
  readonly start: number;
  /** Its last frame, itself included. */
  readonly end: number;
  /** A state of the labelling tool. */
  readonly hide: boolean;
}

/** A video's annotation: Piotr Dollar's "video bounding box". @see vbb.m of the Caltech pedestrian code */
export interface Vbb {
  readonly objects: readonly VbbObject[];
  /** The boxes of each frame, in the file's order; frame f of the file's own count is at f - 1. */
  readonly frames: readonly (readonly VbbBox[])[];
  /** When somebody worked on it, MATLAB's days. */
  readonly log: readonly number[];
}
