import type { Rgb } from './augmentCanvas.ts';
import type { Range } from './augmentStepsMove.ts';

/** Brightness, contrast, saturation and hue in random order. @see torchvision's ColorJitter */
export interface Colour {
  readonly name: 'colour';
  /** Default 1. */
  readonly probability?: number;
  /** A factor of 1 - this to 1 + this. Default 0. */
  readonly brightness?: number;
  /** A factor of 1 - this to 1 + this, away from the mean grey of what is in view. Default 0. */
  readonly contrast?: number;
  /** A factor of 1 - this to 1 + this. Default 0. */
  readonly saturation?: number;
  /** A turn of up to this share of the circle, to either side, at most .5. Default 0. */
  readonly hue?: number;
}

/**
 * SSD's distortion: brightness, contrast, saturation, hue, or with contrast last; then a shuffle of the channels.
 *
 * @see SSD's data layer, and torchvision's RandomPhotometricDistort for the numbers
 */
export interface Photometric {
  readonly name: 'photometric';
  /** Of each of the five. Default .5. */
  readonly probability?: number;
  /** Default .125. */
  readonly brightness?: number;
  /** Default .5. */
  readonly contrast?: number;
  /** Default .5. */
  readonly saturation?: number;
  /** Default .05. */
  readonly hue?: number;
}

/** (pixel - pivot) * gain + pivot + shift for the whole canvas, not clipped to 0-255. */
export interface Exposure {
  readonly name: 'exposure';
  /** Default 1. */
  readonly probability?: number;
  /** Default [.8, 1.2]. */
  readonly gain?: Range;
  /** Default [-25, 25]. */
  readonly shift?: Range;
  /** Default 127. */
  readonly pivot?: number;
}

/** A Gaussian blur of all that is painted by then, in pixels of the input. @see torchvision's GaussianBlur */
export interface Blur {
  readonly name: 'blur';
  /** Default .5. */
  readonly probability?: number;
  /** Deviation, pixels of the input. Default [.1, 2]. */
  readonly sigma?: Range;
}

/**
 * Plain rectangles over the canvas. What they hide of an object is out of view: one of which too little is left becomes
 * what `cut` says.
 *
 * @see Zhong 2017, Random Erasing, and torchvision's RandomErasing for the numbers
 */
export interface CutOut {
  readonly name: 'cutOut';
  /** Default .5. */
  readonly probability?: number;
  /** How many rectangles. Default 1. */
  readonly count?: number;
  /** Area of each over the canvas's. Default [.02, .33]. */
  readonly area?: Range;
  /** Height over width, even in its logarithm. Default [.3, 3.3]. */
  readonly ratio?: Range;
  /** Default 127. */
  readonly fill?: Rgb;
}
