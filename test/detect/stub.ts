import { type Tensor4D, tensor3d, tidy } from '@tensorflow/tfjs-core';
import type { Predictions } from '../../src/core/levels.ts';

export const inputSize = [40, 60] as const;
/** Each is a box that the stub can find, pixels of the input; too far apart to suppress each other. */
export const places = [
  [4, 6, 20, 12],
  [10, 30, 30, 48],
  [0, 40, 16, 60],
] as const;
export const labels = ['person', 'cyclist'];

/** Logits of background and two classes whose softmax is `score` for class `kind`, and next to nothing for another object. */
const row = (kind: number, score: number) => {
  const other = 1e-4;
  const background = kind === 0 ? 1 - 2 * other : 1 - score - other;
  return [0, 1, 2].map((k) => Math.log(k === 0 ? background : k === kind ? score : other));
};

/** A detector that says what a test tells it: of each image, by its pixels, a score and class for every place. */
export function stub(
  say: (pixels: Float32Array, index: number) => readonly (readonly [kind: number, score: number])[],
) {
  const seen: number[][] = [];
  const run = (images: Tensor4D): Predictions =>
    tidy(() => {
      const [batch, height, width] = images.shape;
      seen.push([...images.shape]);
      const values = images.dataSync<'float32'>();
      const one = height * width * 3;
      const rows = Array.from({ length: batch }, (_, i) =>
        say(Float32Array.from(values.subarray(i * one, (i + 1) * one)), i).flatMap(([kind, score]) => row(kind, score)),
      );
      return {
        boxes: tensor3d(new Float32Array(batch * places.length * 4), [batch, places.length, 4]), // the anchors themselves
        logits: tensor3d(rows.flat(), [batch, places.length, 3]),
      };
    });
  return Object.assign(run, { anchors: Float32Array.from(places.flat()), inputSize, labels, seen });
}

/** Of the first place a person, of the second a cyclist, of the third nothing. */
export const fixed = () =>
  stub(() => [
    [1, 0.9],
    [2, 0.7],
    [0, 0.999],
  ]);

/** An image of one colour. */
export const plain = (height: number, width: number, value: number) => ({
  height,
  width,
  data: new Uint8Array(3 * height * width).fill(value),
});
