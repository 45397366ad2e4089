import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { expectTypeOf, it } from 'vitest';
import type { Detection } from '../../src/core/annotation.ts';
import { type DetectModel, detect } from '../../src/detect/detect.ts';
import type { Detector } from '../../src/model/detector.ts';

declare const model: DetectModel;
declare const detectorOfAnyLevels: Detector<'C3' | 'C4', 'P3' | 'P4'>;
declare const image: Tensor3D;
declare const images: Tensor4D;
declare const picture: HTMLImageElement;
declare const video: HTMLVideoElement;
declare const frame: VideoFrame;
declare const canvas: HTMLCanvasElement;
declare const bitmap: ImageBitmap;
declare const pixels: ImageData;

it('gives the detections of one photograph, whatever it is', () => {
  expectTypeOf(detect(model, 'street.jpg')).resolves.toEqualTypeOf<Detection[]>();
  expectTypeOf(detect(model, image)).resolves.toEqualTypeOf<Detection[]>();
  expectTypeOf(detect(model, new Blob())).resolves.toEqualTypeOf<Detection[]>();
  for (const source of [picture, video, frame, canvas, bitmap, pixels])
    expectTypeOf(detect(model, source)).resolves.toEqualTypeOf<Detection[]>();
});
it('gives a list for a list and for a tensor of four axes', () => {
  expectTypeOf(detect(model, ['a.jpg', image, picture])).resolves.toEqualTypeOf<Detection[][]>();
  expectTypeOf(detect(model, images)).resolves.toEqualTypeOf<Detection[][]>();
});
it('takes any detector, and the same compiled', () => {
  expectTypeOf(detect).toBeCallableWith(detectorOfAnyLevels, 'a.jpg', { run: detectorOfAnyLevels });
});
it('takes no tensor of other axes, and no number', () => {
  // @ts-expect-error
  detect(model, 5);
  // @ts-expect-error
  detect(model, [[image]]);
});
