import type { Annotation } from '../core/annotation.ts';
import { keyedRandom } from '../core/random.ts';
import { type Canvas, canvasOf, move } from './augmentCanvas.ts';
import { resizedCrop, ssdCrop } from './augmentCrop.ts';
import { mixup, mosaic } from './augmentMix.ts';
import { flip, scaleJitter, zoomOut } from './augmentMove.ts';
import { blur, colour, cutOut, exposure, photometric } from './augmentPaint.ts';
import type { Random } from './augmentRandom.ts';
import type { Augmentation } from './augmentSteps.ts';
import { type FitOptions, placementFor } from './letterbox.ts';
import type { Size } from './placement.ts';

/** What is known of an image without its pixels. */
export interface Outline {
  /** Pixels. */
  readonly size: Size;
  readonly objects: readonly Annotation[];
}

/** Images that a plan can be made of. */
export interface Album {
  /** Another image than one, by a number that is drawn. */
  readonly other: (image: number, drawn: number) => number;
  readonly outline: (image: number) => Outline;
}

export interface PlanOptions extends FitOptions {
  /** Height and width of the input, pixels. */
  readonly size: Size;
  /** What happens to the image before it is fitted into the input, in order. */
  readonly steps: readonly Augmentation[];
  /** Share of the run that is over, 0 to 1; a step with an `until` rests from there on. Default 0. */
  readonly progress?: number;
}

/**
 * What augmentations make of an image, not drawn yet: a canvas of the input's size. Needs no pixels. Each step takes one
 * number of `random` and has a stream of its own, so that no step's numbers depend on the options of another.
 */
export function plan(image: number, random: Random, album: Album, options: PlanOptions): Canvas {
  const { size, steps, progress = 0 } = options;
  const canvas = after(image, steps, random);
  return move(canvas, placementFor(canvas.size, size, options), size);

  function after(number: number, those: readonly Augmentation[], numbers: Random): Canvas {
    const outline = album.outline(number);
    return those.reduce(
      (canvas, step, i) => {
        const own = keyedRandom(numbers(), step.name);
        const other = (draw: Random) => {
          return after(album.other(number, draw()), those.slice(0, i), keyedRandom(draw(), 'other'));
        };
        const rests = 'until' in step && progress >= (step.until ?? 1);
        return rests ? canvas : apply(canvas, step, own, options, other);
      },
      canvasOf(outline.size, outline.objects, number),
    );
  }
}

function apply(
  canvas: Canvas,
  step: Augmentation,
  random: Random,
  options: PlanOptions,
  other: (random: Random) => Canvas,
) {
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
      return scaleJitter(canvas, step, random, options.size);
    case 'mosaic':
      return mosaic(canvas, step, random, options.size, other);
    case 'mixup':
      return mixup(canvas, step, random, options, other);
    case 'blur':
      return blur(canvas, step, random);
    case 'cutOut':
      return cutOut(canvas, step, random);
  }
}
