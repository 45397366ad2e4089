import type { Rgb } from './augmentCanvas.ts';

/** From and to, both possible. */
export type Range = readonly [low: number, high: number];

/** Mirrors left and right. */
export interface Flip {
  readonly name: 'flip';
  /** Default .5. */
  readonly probability?: number;
}

/**
 * A crop of other size and proportions that holds at least one object that counts whole; it may reach beyond the image.
 *
 * @see TT_RandomResizedCrop of sejong-rcv/MLPD-Multi-Label-Pedestrian-Detection; without such a crop after all tries the image stays as it is
 */
export interface ResizedCrop {
  readonly name: 'resizedCrop';
  /** Default .5. */
  readonly probability?: number;
  /** The crop's width over the image's; its area over the image's area lies in the same range. Default [.25, 4]. */
  readonly scale?: Range;
  /** The crop's proportions over the image's. Default [.8, 1.2]. */
  readonly ratio?: Range;
  /** Default 50. */
  readonly tries?: number;
  /** Colour beyond the image. Default black. */
  readonly fill?: Rgb;
}

/**
 * SSD's crop: an overlap is drawn, then a crop that overlaps at least one object by that much. Objects whose centre is
 * outside of it are lost.
 *
 * @see SSD, section 2.2, and torchvision's RandomIoUCrop for the numbers
 */
export interface SsdCrop {
  readonly name: 'ssdCrop';
  /** Default 1: the overlap of 1 is the chance that the image stays whole. */
  readonly probability?: number;
  /** Overlaps (IoU with the crop) to draw from; 1 leaves the image whole. Default [0, .1, .3, .5, .7, .9, 1]. */
  readonly overlaps?: readonly number[];
  /** Sides of the crop over the image's. Default [.3, 1]. */
  readonly scale?: Range;
  /** Width over height of the crop. Default [.5, 2]. */
  readonly ratio?: Range;
  /** Crops for each overlap that is drawn. Default 40. */
  readonly tries?: number;
  /** What a lost object becomes that is still partly in view. Default `background`, as in SSD. */
  readonly lost?: 'ignore' | 'background';
}

/** SSD's expansion: the image somewhere on a larger ground, so that objects become smaller. @see SSD, section 3.6 */
export interface ZoomOut {
  readonly name: 'zoomOut';
  /** Default .5. */
  readonly probability?: number;
  /** Sides of the ground over the image's. Default [1, 4]. */
  readonly ratio?: Range;
  /** Default the mean that SSD subtracts: [123, 117, 104]. */
  readonly fill?: Rgb;
}

/**
 * Letterboxed into the input, then smaller or larger by a factor that is even in its logarithm, somewhere in the input:
 * inside it where it is smaller, covering it where it is larger, each axis for itself.
 */
export interface ScaleJitter {
  readonly name: 'scaleJitter';
  /** Default 1. */
  readonly probability?: number;
  /** Default [.6, 1.6]. */
  readonly scale?: Range;
  /** Default 127. */
  readonly fill?: Rgb;
}
