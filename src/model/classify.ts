import { type Tensor2D, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import type { RgbImage } from '../data/image.ts';
import type { Size } from '../data/placement.ts';
import { type Resampling, resample, tapsOf } from '../data/resample.ts';
import { checkMaxPixels, type ReadImage } from '../detect/detectPhotograph.ts';
import { type ImageSource, nameOf, readSource } from '../detect/detectSource.ts';
import { largest } from '../detection/order.ts';

/** What classifying needs of a classifier. */
export interface ClassifyModel {
  (images: Tensor4D): Tensor2D;
  readonly inputSize: readonly [height: number, width: number];
  readonly labels?: readonly string[];
}

export interface ClassifyOptions {
  /** Names of the classes, in the order of the logits. Default the model's, if it has them. */
  readonly labels?: readonly string[];
  /** How many classes are given. Default 5. */
  readonly top?: number;
  /** `crop`: its middle, undistorted, as the published accuracies are measured; `squash`: the whole, each axis by its own scale. Default `crop`. */
  readonly fit?: 'crop' | 'squash';
  /** Of a crop: the share of the photograph's shorter side that is seen, where the input is square. Default 0.875. */
  readonly share?: number;
  /** How pixels of another size are made. Default `antialias`. */
  readonly method?: Resampling;
  /** Runs in the model's place: the same model compiled. */
  readonly run?: (images: Tensor4D) => Tensor2D | Promise<Tensor2D>;
  /** A photograph with more pixels is refused before it is decoded. Default 100 million. */
  readonly maxPixels?: number;
  /** Decodes files. Default: the browser, in Node sharp. */
  readonly read?: ReadImage;
}

/** One class of a photograph. */
export interface Classified {
  /** Undefined where there are no labels. */
  readonly label: string | undefined;
  /** Of its logit, from 0. */
  readonly index: number;
  /** By softmax over all classes. */
  readonly probability: number;
}

/**
 * Says what a photograph shows: reads it in any form that `detect` reads, fits it into the model's input and runs the model.
 * One image -> its likeliest classes, from the likeliest.
 *
 * @throws TypeError for what is no image or no classifier, RangeError for an option that cannot be or labels of another number
 * than the logits, FormatError for a file that cannot be decoded; Error for logits that are no numbers
 */
export async function classify(
  model: ClassifyModel,
  image: ImageSource,
  options: ClassifyOptions = {},
): Promise<Classified[]> {
  checkOptions(model, options);
  const { labels = model.labels, top = 5, maxPixels = 1e8, read, run = model } = options;
  const reading = { name: `classify${nameOf(image)}`, maxPixels, fitTo: model.inputSize, ...(read ? { read } : {}) };
  const pixels = fitted(await readSource(image, reading), model.inputSize, options);
  const logits = await numbers(run, pixels, model.inputSize);
  if (labels !== undefined && labels.length !== logits.length)
    throw new RangeError(`classify: there are ${labels.length} labels, but the model has ${logits.length} classes`);

  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(most) || logits.some(Number.isNaN))
    throw new Error('classify: the logits are not finite; look at the weights that were loaded');
  const shares = Float64Array.from(logits, (x) => Math.exp(x - most));
  const sum = shares.reduce((a, b) => a + b, 0);
  return Array.from(largest(shares, top), (index) => ({
    label: labels?.[index],
    index,
    probability: (shares[index] ?? 0) / sum,
  }));
}

/** The input of a photograph, [h * w * 3] in 0-255; sides and places in whole pixels, as image libraries crop. */
function fitted(
  image: RgbImage,
  [height, width]: Size,
  { fit = 'crop', share = 0.875, method = 'antialias' }: ClassifyOptions,
): Float32Array {
  const scale = Math.max(height / image.height, width / image.width) / share;
  const taps = (length: number, to: number) => {
    const side = fit === 'squash' ? to : Math.max(to, Math.round(length * scale)); // of the whole photograph
    return tapsOf(method, { length, from: 0, to, scale: side / length, offset: -Math.round((side - to) / 2) });
  };
  const pixels = new Float32Array(height * width * 3);
  const axes = { rows: taps(image.height, height), columns: taps(image.width, width) };
  resample(image, axes, pixels, { start: 0, stride: 3 * width });
  return pixels;
}

/** Logits of one image, on the host. Leaves no tensor, also when it fails. */
async function numbers(
  run: (images: Tensor4D) => Tensor2D | Promise<Tensor2D>,
  pixels: Float32Array,
  [height, width]: Size,
): Promise<Float32Array> {
  const input = tensor4d(pixels, [1, height, width, 3]);
  try {
    const logits = await run(input);
    try {
      if (logits.shape.length !== 2 || logits.shape[0] !== 1)
        throw new RangeError(`classify: the model gives [${logits.shape}] for one image; it must give [1, classes]`);
      return await logits.data<'float32'>();
    } finally {
      logits.dispose();
    }
  } finally {
    input.dispose();
  }
}

const fits: readonly string[] = ['crop', 'squash'];
const methods: readonly string[] = ['nearest', 'bilinear', 'antialias', 'area'];

function checkOptions(model: ClassifyModel, options: ClassifyOptions): void {
  const { top = 5, fit = 'crop', share = 0.875, method = 'antialias', maxPixels = 1e8 } = options;
  if (!(typeof model === 'function' && Array.isArray(model.inputSize)))
    throw new TypeError(
      'classify: the model is no classifier: it must be a function with an inputSize, as efficientNetB0({ classes: 1000 }) ' +
        'makes it; give a compiled function in options.run',
    );
  if (!(Number.isInteger(top) && top >= 1))
    throw new RangeError(`classify: top is ${top}; it must be a whole number of at least 1`);
  if (!fits.includes(fit))
    throw new RangeError(`classify: fit is ${JSON.stringify(fit)}; it may be ${fits.join(', ')}`);
  if (!methods.includes(method))
    throw new RangeError(`classify: method is ${JSON.stringify(method)}; it may be ${methods.join(', ')}`);
  if (!(share > 0 && share <= 1)) throw new RangeError(`classify: share is ${share}; it must be above 0 and at most 1`);
  checkMaxPixels('classify', maxPixels);
}
