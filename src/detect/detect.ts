import { Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { air } from '../core/air.ts';
import type { Detection } from '../core/annotation.ts';
import type { Predictions } from '../core/levels.ts';
import { inOrder } from '../data/batchAhead.ts';
import { checkFit, type FitOptions } from '../data/letterbox.ts';
import { type PostprocessRule, postprocess } from '../detection/postprocess.ts';
import { type Reading, readingOf } from '../detection/reading.ts';
import { checkSuppression } from '../detection/suppression.ts';
import { placeOf, toDetections } from '../detection/toDetections.ts';
import type { LocalTarget } from '../trace/target.ts';
import { fastest } from './detectEngine.ts';
import { drawInto, type Placed, placePhotograph } from './detectFit.ts';
import { checkMaxPixels, type ReadImage } from './detectPhotograph.ts';
import { type RunDetector, runDetector } from './detectRun.ts';
import { type ImageSource, nameOf, readSource } from './detectSource.ts';
import { tensorImages } from './detectTensor.ts';

/** What detecting needs of a detector. A model of a family brings its coder and its rule. */
export interface DetectModel extends Reading {
  (images: Tensor4D): Predictions;
  readonly anchors: Float32Array;
  readonly inputSize: readonly [height: number, width: number];
  readonly labels: readonly string[];
}

/**
 * What is reported, by `PostprocessRule`: `scoreAbove`, `iouAbove`, `keep` and others, each before the model's own; and how it
 * is found.
 */
export interface DetectOptions extends PostprocessRule {
  /** How the photograph fits into the input: as in training. Default `letterbox`. */
  readonly fit?: 'letterbox' | 'stretch' | FitOptions;
  /** Photographs of a list that the model sees at a time; more than one helps a GPU. Default 1. */
  readonly batch?: number;
  /** Our engine that the model runs on, as `await workerEngine()`. Default: the shared one, in the place of tfjs's CPU backends. */
  readonly on?: LocalTarget;
  /** Runs in the model's place: the same model compiled. Default: the model on our engine, in the place of tfjs's CPU backends. */
  readonly run?: RunDetector;
  /** A photograph with more pixels is refused before it is decoded. Default 100 million. */
  readonly maxPixels?: number;
  /** Decodes files. Default: the browser, in Node sharp. */
  readonly read?: ReadImage;
  /** Ends the work; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Finds objects in photographs: reads them, fits them into the model's input, runs it, and brings the best boxes back.
 * One image -> its detections, from the best; a list or a tensor [b, h, w, 3] -> a list of them, in the same order.
 * Boxes are in pixels of the upright photograph, cut to it. Photographs of a list are read while the model runs.
 *
 * @throws TypeError for what is no image or no detector, RangeError for an option or a tensor that cannot be, FormatError
 * for a file that cannot be decoded or has too many pixels, each naming the image; the signal's reason
 */
export function detect(
  model: DetectModel,
  images: readonly ImageSource[] | Tensor4D,
  options?: DetectOptions,
): Promise<Detection[][]>;
export function detect(model: DetectModel, image: ImageSource, options?: DetectOptions): Promise<Detection[]>;
export async function detect(
  model: DetectModel,
  given: ImageSource | readonly ImageSource[] | Tensor4D,
  options: DetectOptions = {},
): Promise<Detection[] | Detection[][]> {
  const fit = typeof options.fit === 'string' ? { fit: options.fit } : (options.fit ?? {});
  checkOptions(model, fit, options);
  options.signal?.throwIfAborted();
  if (given instanceof Tensor && given.rank === 4) {
    const images = await tensorImages('detect', given);
    return detectAll(model, images, fit, options);
  }
  if (isList(given)) return detectAll(model, given, fit, options);
  const [found = []] = await detectAll(model, [given], fit, options, true);
  return found;
}

const isList = (given: unknown): given is readonly ImageSource[] => Array.isArray(given);

async function detectAll(
  model: DetectModel,
  sources: readonly unknown[],
  fit: FitOptions,
  options: DetectOptions,
  single = false,
): Promise<Detection[][]> {
  const { inputSize, anchors, labels } = model;
  const { batch = 1, maxPixels = 1e8, read, signal } = options;
  const run = options.run ?? (await fastest(model, options.on));
  const reading = readingOf(model, options);
  const columns = labels.length + ((reading.background ?? 'column') === 'column' ? 1 : 0);
  const stride = inputSize[0] * inputSize[1] * 3;

  async function make(index: number, stop: AbortSignal): Promise<{ pixels: Float32Array; placed: Placed[] }> {
    const chosen = sources.slice(index * batch, (index + 1) * batch);
    const pixels = new Float32Array(chosen.length * stride);
    const placed = chosen.map(async (source, i) => {
      const name = `detect${single ? '' : `: image ${index * batch + i}`}${nameOf(source)}`;
      const image = await readSource(source, { name, maxPixels, fitTo: inputSize, ...(read ? { read } : {}) });
      stop.throwIfAborted();
      const place = placePhotograph(image, inputSize, fit);
      drawInto(pixels, i * stride, image, place, inputSize, fit);
      return place;
    });
    return { pixels, placed: await Promise.all(placed) };
  }

  const found: Detection[][] = [];
  const ahead = { ahead: 1, ...(signal ? { signal } : {}) };
  for await (const { pixels, placed } of inOrder(Math.ceil(sources.length / batch), make, ahead)) {
    const size = { batch: placed.length, inputSize, anchors: anchors.length / 4, columns };
    const { boxes, logits } = await runDetector(run, pixels, size);
    for (const [i, place] of placed.entries()) {
      const [own, ownLogits] = [boxes[i] ?? new Float32Array(), logits[i] ?? new Float32Array()];
      const within = placeOf(place.size, place.placement);
      const best = postprocess({ boxes: own, logits: ownLogits }, { ...reading, anchors, inputSize, within });
      found.push(toDetections(best, { labels, ...place }));
    }
    await air();
    signal?.throwIfAborted();
  }
  return found;
}

function checkOptions(model: DetectModel, fit: FitOptions, options: DetectOptions): void {
  const { batch = 1, maxPixels = 1e8 } = options;
  if (!(typeof model === 'function' && model.anchors && model.inputSize && model.labels))
    throw new TypeError(
      'detect: the model is no detector: it must be a function with anchors, inputSize and labels, as detector({ ... }) ' +
        'makes it; give a compiled function in options.run',
    );
  checkFit('detect', fit);
  const { iouAbove = 0.45, keep = 200 } = readingOf(model, options);
  checkSuppression('detect', iouAbove, keep);
  checkMaxPixels('detect', maxPixels);
  if (!(Number.isInteger(batch) && batch >= 1))
    throw new RangeError(`detect: batch is ${batch}; it must be a whole number of at least 1 image`);
}
