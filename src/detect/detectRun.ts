import type { Tensor4D } from '@tensorflow/tfjs-core';
import { tensor4d } from '@tensorflow/tfjs-core';
import type { Predictions } from '../core/levels.ts';
import type { Size } from '../data/placement.ts';
import { perImage } from '../detection/perImage.ts';

/** Runs a detector: RGB in 0-255, [b, h, w, 3] -> predictions, at once or later. It frees what it makes besides. */
export type RunDetector = (images: Tensor4D) => Predictions | Promise<Predictions>;

/** What a network says of a batch, on the host. */
export interface Numbers {
  /** [n * 4] for each image. */
  readonly boxes: readonly Float32Array[];
  /** [n * classes] for each image. */
  readonly logits: readonly Float32Array[];
}

/**
 * Runs a detector over pixels on the host, [b * h * w * 3], and reads what it says. Leaves no tensor, also when it fails.
 *
 * @throws RangeError for predictions that are not of these images, `columns` classes and `anchors` anchors
 */
export async function runDetector(
  run: RunDetector,
  pixels: Float32Array,
  { batch, inputSize, anchors, columns }: { batch: number; inputSize: Size; anchors: number; columns: number },
): Promise<Numbers> {
  const input = tensor4d(pixels, [batch, ...inputSize, 3]);
  try {
    const { boxes, logits } = await run(input);
    try {
      for (const [name, tensor, last] of [
        ['boxes', boxes, 4],
        ['logits', logits, columns],
      ] as const)
        if (`${tensor.shape}` !== `${[batch, anchors, last]}`)
          throw new RangeError(
            `detect: for ${batch} images of ${inputSize.join('x')} the model gives ${name} [${tensor.shape.join(', ')}]; ` +
              `by its anchors and labels it must give [${batch}, ${anchors}, ${last}]`,
          );
      const [codes, numbers] = await Promise.all([boxes.data<'float32'>(), logits.data<'float32'>()]);
      return { boxes: perImage(codes, batch), logits: perImage(numbers, batch) };
    } finally {
      boxes.dispose();
      logits.dispose();
    }
  } finally {
    input.dispose();
  }
}
