import {
  maximum,
  minimum,
  sigmoid,
  slice,
  softmax,
  Tensor,
  type Tensor3D,
  tensor1d,
  tensor2d,
  transpose,
} from '@tensorflow/tfjs-core';
import { type Coder, ssdCoder } from '../detection/coder.ts';
import { decodeTensor } from '../detection/decodeTensor.ts';
import type { PostprocessRule } from '../detection/postprocess.ts';
import { type Reading, readingOf } from '../detection/reading.ts';
import { checkSuppression } from '../detection/suppression.ts';
import { factsOf } from './facts.ts';

/**
 * A rule, each field before the detector's own. ONNX's own suppression drops boxes class by class, of candidates class by
 * class, and cuts boxes to the input: what a rule wants otherwise is refused, but where a single class makes it the same.
 */
export interface DetectionsOptions extends PostprocessRule {
  /** [n, 4], pixels of the input. Default the detector's. */
  readonly anchors?: Float32Array;
  /** Boxes are cut to it, pixels. Default the detector's. */
  readonly inputSize?: readonly [height: number, width: number];
  /** Default the detector's, else SSD's. */
  readonly coder?: Coder;
}

type Expressed = 'anchors' | 'inputSize' | 'coder' | 'activation' | 'background' | 'scoreAbove' | 'candidates';

/** What a graph expresses, with nothing left open. */
export type DetectionsRule = Required<Pick<DetectionsOptions, Expressed | 'iouAbove' | 'keep'>>;

/**
 * Fills in what a detector knows and what the library's post-processing has by default.
 *
 * @throws RangeError as that does, and for what a graph cannot express
 */
export function detectionsOf(run: object, given: DetectionsOptions): DetectionsRule {
  const facts = factsOf(run);
  const options: DetectionsOptions = readingOf(readingIn(run), given);
  const { anchors = facts.anchors, inputSize = facts.inputSize, coder = ssdCoder } = options;
  const { activation = 'softmax', background = 'column', scoreAbove = 0.01 } = options;
  const { candidates = 400, iouAbove = 0.45, keep = 200 } = options;
  const where = 'toOnnx: detections';
  if (anchors === undefined || inputSize === undefined)
    throw new RangeError(
      `${where}: ${anchors ? 'inputSize' : 'anchors'} is not known; export a detector, or give anchors and inputSize`,
    );
  const choose = (name: string, value: string, words: readonly string[]) => {
    if (!words.includes(value))
      throw new RangeError(`${where}: ${name} is ${JSON.stringify(value)}; it must be ${words.join(' or ')}`);
  };
  choose('activation', activation, ['softmax', 'sigmoid']);
  choose('background', background, ['column', 'none']);
  if (activation === 'softmax' && background === 'none')
    throw new RangeError(`${where}: a softmax needs a column for the background; give background: 'column'`);
  checkExpressed(where, { ...options, candidates }, facts.labels?.length === 1);
  checkSuppression(where, iouAbove, keep);
  if (!Number.isInteger(keep) || keep < 1)
    throw new RangeError(`${where}: keep is ${keep}; it must be a whole number of at least 1`);
  if (!(scoreAbove >= 0 && scoreAbove < 1))
    throw new RangeError(`${where}: scoreAbove is ${scoreAbove}; it must be from 0 to below 1`);
  if (candidates !== 'all' && !(Number.isInteger(candidates) && candidates >= 1))
    throw new RangeError(`${where}: candidates is ${candidates}; it must be a whole number of at least 1, or 'all'`);
  return { anchors, inputSize, coder, activation, background, scoreAbove, candidates, iouAbove, keep };
}

/** What the detector says of reading its predictions. */
function readingIn(run: object): Reading {
  const { coder, rule }: Reading = run;
  return { ...(coder ? { coder } : {}), ...(rule ? { rule } : {}) };
}

/** @throws RangeError for a field that a graph has no way to follow, with the word that it can */
function checkExpressed(where: string, rule: PostprocessRule, single: boolean): void {
  const { candidates, candidatesOf = 'class', classesOfAnchor = 'every', among = 'class' } = rule;
  const { suppression = { name: 'hard' }, clip = 'input' } = rule;
  const whole = candidatesOf === 'class' || candidates === 'all' || (single && candidatesOf === 'image');
  for (const [name, value, can, fits] of [
    ['candidatesOf', candidatesOf, 'class', whole],
    ['classesOfAnchor', classesOfAnchor, 'every', single || classesOfAnchor === 'every'],
    ['among', among, 'class', single || among === 'class'],
    ['suppression.name', suppression.name, 'hard', suppression.name === 'hard'],
    ['clip', clip, 'input', clip === 'input'],
  ] as const)
    if (!fits) {
      const [field] = name.split('.');
      const remedy = field === name ? `${name}: '${can}'` : `${field}: { name: '${can}' }`;
      throw new RangeError(
        `${where}: ${name} is '${value}', which a graph cannot express; give ${remedy} in its place, or export the model ` +
          'without detections and call postprocess',
      );
    }
}

/** What suppression chooses from, and whatever else the function gives. */
export interface Detected {
  /** [b, n, 4], [y1, x1, y2, x2], cut to the input. */
  readonly boxes: Tensor3D;
  /** [b, classes, n], without the background. */
  readonly scores: Tensor3D;
}

/** A function of `boxes` and `logits` as one of boxes in pixels and scores. @throws TypeError where it gives something else */
export function detected<In>(run: (input: In) => unknown, rule: DetectionsRule): (input: In) => Detected {
  const { anchors, inputSize, coder, activation, background } = rule;
  const [height, width] = inputSize;
  return (input) => {
    const { boxes: codes, logits, ...rest } = Object(run(input)) as { readonly [name: string]: unknown };
    if (!isRank3(codes) || !isRank3(logits) || ['scores', 'labels', 'images'].some((name) => name in rest))
      throw new TypeError(
        'toOnnx: detections: the function must give boxes [b, n, 4] and logits [b, n, classes], and no scores, labels or images; export it without detections',
      );
    const decoded = decodeTensor(codes, tensor2d(anchors, [anchors.length / 4, 4]), coder);
    const boxes = minimum<Tensor3D>(maximum(decoded, 0), tensor1d([height, width, height, width]));
    const all = activation === 'softmax' ? softmax(logits) : sigmoid(logits);
    const scores = background === 'column' ? slice(all, [0, 0, 1], [-1, -1, -1]) : all;
    return { ...rest, boxes, scores: transpose(scores, [0, 2, 1]) };
  };
}

const isRank3 = (value: unknown): value is Tensor3D => value instanceof Tensor && value.rank === 3;
