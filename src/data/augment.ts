import type { Annotation } from '../core/annotation.ts';
import { checkAugmentations, mixes } from './augmentCheck.ts';
import { type CutOptions, checkCut, settle } from './augmentObjects.ts';
import { type PlanOptions, plan } from './augmentPlan.ts';
import type { Random } from './augmentRandom.ts';
import { drawingOf, render } from './augmentRender.ts';
import type { RgbImage } from './image.ts';
import { checkFit } from './letterbox.ts';
import { checkSize, type Placement } from './placement.ts';
import { checkImage } from './resize.ts';

export interface AugmentOptions extends PlanOptions, CutOptions {
  /** Uniform numbers in [0, 1), one for each step: no step's numbers depend on the options of another. */
  readonly random: Random;
  /** Images that a mosaic or a mixup draws from; needed where one of the steps is one. */
  readonly others?: readonly Marked[];
}

/** An image with its objects. */
export interface Marked {
  readonly image: RgbImage;
  /** In pixels of the image. */
  readonly objects: readonly Annotation[];
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
 * @throws RangeError for a size, an image or a step's value that cannot be, or a mosaic or mixup without `others`;
 * TypeError for a step that does not exist
 */
export function augment(image: RgbImage, objects: readonly Annotation[], options: AugmentOptions): Augmented {
  const { size, steps, random, others = [] } = options;
  checkSize('augment: size', size);
  checkAugmentations('augment', steps);
  checkFit('augment', options);
  checkCut('augment', options);
  if (others.length === 0 && steps.some(mixes))
    throw new RangeError(`augment: ${steps.find(mixes)?.name} needs other images; give some as others`);
  const all = [{ image, objects }, ...others];
  for (const marked of all) checkImage('augment', marked.image);
  const album = {
    other: (_: number, drawn: number) => 1 + Math.floor(others.length * drawn),
    outline: (number: number) => {
      const marked = all[number] ?? { image, objects };
      return { size: [marked.image.height, marked.image.width] as const, objects: marked.objects };
    },
  };
  const canvas = plan(0, random, album, options);
  const pixels = new Float32Array(size[0] * size[1] * 3);
  render((number) => all[number]?.image ?? image, drawingOf(canvas, options), pixels);
  return { pixels, objects: settle(canvas, options), placement: canvas.photographs[0].placement };
}
