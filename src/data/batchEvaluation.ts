import { canvasOf, move } from './augmentCanvas.ts';
import { placeAnnotation } from './augmentObjects.ts';
import { drawingOf, render } from './augmentRender.ts';
import { type AheadOptions, checkAhead, inOrder } from './batchAhead.ts';
import type { ImageCache } from './batchCache.ts';
import { decode } from './batchDecode.ts';
import type { Batch } from './batches.ts';
import { checkBatch } from './batchOrder.ts';
import { checkFit, type FitOptions, placementFor } from './letterbox.ts';
import { checkSize, type Size } from './placement.ts';
import type { Sample } from './sample.ts';

/** A batch for evaluation: `ids`, `samples`, `objects` and `placements` are of its valid images, its first ones. */
export interface EvaluationBatch extends Batch {
  /** Images that are of the data set; those after them pad the batch and mean nothing. */
  readonly valid: number;
}

export interface EvaluationOptions extends FitOptions, AheadOptions {
  /** Height and width of the input, pixels. */
  readonly size: Size;
  /** Images in a batch. */
  readonly batch: number;
  /** Images that are decoded already. Default none. */
  readonly cache?: ImageCache;
}

/**
 * All samples once, in their order, unchanged but for the fit into the input. Objects stay whole, cut by nothing. The
 * last batch is padded with the margin's colour.
 *
 * @throws RangeError at the call for options that cannot be; while iterating, the signal's reason, or an Error that names
 * the sample that cannot be read
 */
export function evaluationBatches(
  samples: readonly Sample[],
  options: EvaluationOptions,
): AsyncGenerator<EvaluationBatch, void, undefined> {
  const { size, batch, cache, fill = [127, 127, 127] } = options;
  checkSize('evaluationBatches: size', size);
  checkFit('evaluationBatches', options);
  checkAhead('evaluationBatches', options);
  checkBatch('evaluationBatches', samples.length, batch);
  const stride = size[0] * size[1] * 3;

  async function make(index: number, signal: AbortSignal): Promise<EvaluationBatch> {
    const chosen = samples.slice(index * batch, (index + 1) * batch);
    const images = new Float32Array(batch * stride);
    const place = async (sample: Sample, i: number) => {
      signal.throwIfAborted();
      const image = await decode(sample, `image ${i} of batch ${index}`, { cache });
      signal.throwIfAborted();
      const placement = placementFor([image.height, image.width], size, options);
      render(
        () => image,
        drawingOf(move(canvasOf([image.height, image.width], []), placement, size), options),
        images,
        i * stride,
      );
      return placement;
    };
    const placements = await Promise.all(chosen.map(place));
    for (let at = chosen.length * stride; at < images.length; at += 3) images.set(fill, at);
    return {
      index,
      size,
      images,
      valid: chosen.length,
      ids: chosen.map((sample) => sample.id),
      samples: chosen,
      objects: chosen.map(({ objects }, i) => {
        const placement = placements[i];
        return placement ? objects.map((object) => placeAnnotation(object, placement)) : [];
      }),
      placements,
    };
  }
  return inOrder(Math.ceil(samples.length / batch), make, options);
}
