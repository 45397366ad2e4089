import type { Annotation } from '../core/annotation.ts';
import { keyedRandom } from '../core/random.ts';
import { type Canvas, canvasOf, move } from './augmentCanvas.ts';
import { checkAugmentations } from './augmentCheck.ts';
import { resizedCrop, ssdCrop } from './augmentCrop.ts';
import { flip, scaleJitter, zoomOut } from './augmentMove.ts';
import { type CutOptions, checkCut, settle } from './augmentObjects.ts';
import { colour, exposure, photometric } from './augmentPaint.ts';
import type { Random } from './augmentRandom.ts';
import { render } from './augmentRender.ts';
import type { Augmentation } from './augmentSteps.ts';
import type { RgbImage } from './image.ts';
import { checkFit, type FitOptions, placementFor } from './letterbox.ts';
import { checkSize, type Placement, type Size } from './placement.ts';
import { checkImage } from './resize.ts';

export interface AugmentOptions extends FitOptions, CutOptions {
  /** Height and width of the input, pixels. */
  readonly size: Size;
  /** What happens to the image before it is fitted into the input, in order. */
  readonly steps: readonly Augmentation[];
  /** Uniform numbers in [0, 1), one for each step: no step's numbers depend on the options of another. */
  readonly random: Random;
}

/** An image as a network sees it. */
export interface Augmented {
  /** [height * width * 3], 0-255 RGB. */
  readonly pixels: Float32Array;
  /** In pixels of the input. */
  readonly objects: readonly Annotation[];
  /** From the original into the input. */
  readonly placement: Placement;
}

/**
 * Augments an image and brings it to the input's size. However many steps move it, the pixels are sampled once, straight
 * into the input; changes of colour run over the result.
 *
 * @throws RangeError for a size, an image or a step's value that cannot be, TypeError for a step that does not exist
 */
export function augment(image: RgbImage, objects: readonly Annotation[], options: AugmentOptions): Augmented {
  const { size, steps } = options;
  checkSize('augment: size', size);
  checkAugmentations('augment', steps);
  checkFit('augment', options);
  checkCut('augment', options);
  const pixels = new Float32Array(size[0] * size[1] * 3);
  return { pixels, ...augmentInto(image, objects, options, pixels, 0) };
}

/** As `augment`, of checked options, into the numbers of `pixels` from `start` on. */
export function augmentInto(
  image: RgbImage,
  objects: readonly Annotation[],
  options: AugmentOptions,
  pixels: Float32Array,
  start: number,
): Omit<Augmented, 'pixels'> {
  const { size, steps, random, method = 'antialias', fill = [127, 127, 127] } = options;
  checkImage('augment', image);
  const changed = steps.reduce(
    (canvas, step) => apply(canvas, step, keyedRandom(random(), step.name), size),
    canvasOf([image.height, image.width], objects),
  );
  const canvas = move(changed, placementFor(changed.size, size, options), size);
  render(image, canvas, { method, fill }, pixels, start);
  return { objects: settle(canvas, options), placement: canvas.placement };
}

function apply(canvas: Canvas, step: Augmentation, random: Random, size: Size): Canvas {
  switch (step.name) {
    case 'flip':
      return flip(canvas, step, random);
    case 'colour':
      return colour(canvas, step, random);
    case 'photometric':
      return photometric(canvas, step, random);
    case 'exposure':
      return exposure(canvas, step, random);
    case 'resizedCrop':
      return resizedCrop(canvas, step, random);
    case 'ssdCrop':
      return ssdCrop(canvas, step, random);
    case 'zoomOut':
      return zoomOut(canvas, step, random);
    case 'scaleJitter':
      return scaleJitter(canvas, step, random, size);
  }
}
