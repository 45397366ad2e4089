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
import { checkSuppression } from '../detection/suppression.ts';
import { factsOf } from './facts.ts';

/** What ONNX's own suppression can do of a rule. */
type ExportedRule = Pick<
  PostprocessRule,
  'activation' | 'background' | 'scoreAbove' | 'candidates' | 'iouAbove' | 'keep'
>;

export interface DetectionsOptions extends ExportedRule {
  /** [n, 4], pixels of the input. Default the detector's. */
  readonly anchors?: Float32Array;
  /** Boxes are cut to it, pixels. Default the detector's. */
  readonly inputSize?: readonly [height: number, width: number];
  /** Default SSD's. */
  readonly coder?: Coder;
}

/** The same with nothing left open. */
export type DetectionsRule = Required<DetectionsOptions>;

/** Fills in what a detector knows and what the library's post-processing has by default. @throws RangeError as that does */
export function detectionsOf(run: object, options: DetectionsOptions): DetectionsRule {
  const facts = factsOf(run);
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
  checkSuppression(where, iouAbove, keep);
  if (!Number.isInteger(keep) || keep < 1)
    throw new RangeError(`${where}: keep is ${keep}; it must be a whole number of at least 1`);
  if (!(scoreAbove >= 0 && scoreAbove < 1))
    throw new RangeError(`${where}: scoreAbove is ${scoreAbove}; it must be from 0 to below 1`);
  if (candidates !== 'all' && !(Number.isInteger(candidates) && candidates >= 1))
    throw new RangeError(`${where}: candidates is ${candidates}; it must be a whole number of at least 1, or 'all'`);
  return { anchors, inputSize, coder, activation, background, scoreAbove, candidates, iouAbove, keep };
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
