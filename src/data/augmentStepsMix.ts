import type { Rgb } from './augmentCanvas.ts';
import type { Range } from './augmentStepsMove.ts';

/**
 * Four images in four cells that meet at a point, in a canvas of the input's size: this one in one of them, others of the
 * data set in the rest, each letterboxed into the input, then smaller by a factor of its own that is even in its
 * logarithm, somewhere in its cell: inside it where it is smaller, covering it where it is larger, each axis for itself.
 * The others go through the steps before this one, with numbers of their own. Objects of all four are objects.
 *
 * @see YOLOv4, section 3.3
 */
export interface Mosaic {
  readonly name: 'mosaic';
  /** Default 1. */
  readonly probability?: number;
  /** Where the cells meet, shares of the height and the width. Default [.25, .75]. */
  readonly centre?: Range;
  /** Default [.5, 1]. */
  readonly scale?: Range;
  /** Colour beside the images. Default 127. */
  readonly fill?: Rgb;
  /** Share of the run after which it rests, so that the end trains on whole images, as in YOLOX. Default 1: never. */
  readonly until?: number;
}

/**
 * Another image of the data set over this one, each fitted into the input. It goes through the steps before this one, with
 * numbers of its own. Objects of both are objects, and each counts as much as any other, however strong its image is.
 *
 * @see mixup for detection: Zhang 2019, Bag of Freebies, section 3.1; boxes without weights as in YOLOX and YOLOv5
 */
export interface Mixup {
  readonly name: 'mixup';
  /** Default .5. */
  readonly probability?: number;
  /** How much of the other image shows. Default [.4, .6], about as wide as YOLOv5's Beta(32, 32). */
  readonly share?: Range;
  /** Colour beside the images. Default 127. */
  readonly fill?: Rgb;
  /** Share of the run after which it rests. Default 1: never. */
  readonly until?: number;
}
