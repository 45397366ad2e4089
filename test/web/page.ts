/** What the tests of this folder find in the page. */
import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { detect } from '../../src/detect/detect.ts';
import { decodeImage, readImage } from '../../src/web.ts';
import { cornersOf } from '../detect/corners.ts';
import { places, stub } from '../detect/stub.ts';

const seen: string[] = [];
const model = stub((pixels) => {
  seen.push(cornersOf({ height: 40, width: 60, data: Uint8Array.from(pixels) }));
  return places.map((_, i) => [i === 0 ? 1 : 0, 0.9]);
});
setBackend('cpu');
Object.assign(globalThis, {
  cornersOf,
  decodeImage,
  detect,
  model,
  readImage,
  seen,
  tensors: () => memory().numTensors,
});
