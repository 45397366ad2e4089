import type { Box } from '../core/annotation.ts';
import { type Boxes, boxAt, boxCount, clipBoxes } from './boxes.ts';
import { type CandidateOptions, findCandidates } from './candidates.ts';
import { type Coder, decodeInto, ssdCoder } from './coder.ts';
import { descending } from './order.ts';
import { checkSuppression, suppression } from './suppression.ts';

/** What is reported of what a network says. Plain data. */
export interface PostprocessRule {
  /** How logits become scores. Default `softmax`. */
  readonly activation?: 'softmax' | 'sigmoid';
  /** Whether the logits begin with a `column` for the background; a softmax needs one. Default `column`. */
  readonly background?: 'column' | 'none';
  /** Only scores above this are reported. Default 0.01. */
  readonly scoreAbove?: number;
  /** The best of each class that enter the suppression. Default 400. */
  readonly candidates?: number | 'all';
  /** A box that overlaps a better one of its class by more than this IoU is dropped. Default 0.45. */
  readonly iouAbove?: number;
  /** The most boxes of an image. Default 200. */
  readonly keep?: number;
}

/** The pedestrian baseline's. @see MLPD, src/model.py, detect */
export const baselinePostprocess = {
  scoreAbove: 0.1,
  candidates: 'all',
  iouAbove: 0.425,
  keep: 200,
} as const satisfies PostprocessRule;

export interface PostprocessOptions extends PostprocessRule {
  /** [n, 4], pixels of the input. */
  readonly anchors: Boxes;
  /** Boxes are cut to it, pixels. */
  readonly inputSize: readonly [height: number, width: number];
  /** Default SSD's. */
  readonly coder?: Coder;
  /** Where the picture lies in the input: boxes that lie wholly beside it, in its padding, do not count. Default: it fills it. */
  readonly within?: Box;
}

/** What was found in one image, from the best. */
export interface Found {
  /** [k, 4], pixels of the input. */
  readonly boxes: Float32Array;
  /** [k], 0 to 1. */
  readonly scores: Float32Array;
  /** [k], from 1 on; 0 would be the background. */
  readonly classes: Int32Array;
}

/**
 * Turns the predictions of one image into boxes: scores, the best candidates of each class, greedy suppression class by
 * class. Boxes are decoded when their turn comes, and it ends when `keep` are kept. Of equal scores the first class, then
 * the first anchor comes first.
 *
 * @param predictions codes [n, 4] and logits [n, c] of the n anchors
 * @throws RangeError for numbers that do not go together or are not finite
 * @see Liu et al., SSD, 2016, section 3.1
 */
export function postprocess(
  { boxes: codes, logits }: { readonly boxes: Float32Array; readonly logits: Float32Array },
  options: PostprocessOptions,
): Found {
  const { anchors, inputSize, coder = ssdCoder, iouAbove = 0.45, keep = 200 } = options;
  const [top, left, bottom, right] = options.within ?? [0, 0, ...inputSize];
  const { activation = 'softmax', background = 'column', scoreAbove = 0.01, candidates = 400 } = options;
  checkSuppression('postprocess', iouAbove, keep);
  const columns = check(codes, logits, anchors, { activation, background, scoreAbove, candidates });

  const found = findCandidates(logits, columns, { activation, background, scoreAbove, candidates });
  const offer = suppression(iouAbove);
  const kept: { box: Float64Array; place: number }[] = [];
  for (const place of keep > 0 ? descending(found.scores) : []) {
    const anchor = found.anchors[place] ?? 0;
    const decoded = new Float64Array(4);
    decodeInto(decoded, 0, codes, anchors, anchor, coder);
    const box = clipBoxes(decoded, inputSize);
    if (box.some(Number.isNaN))
      throw new RangeError(`postprocess: the code of anchor ${anchor} is NaN; the weights or the image are not finite`);
    const [y1, x1, y2, x2] = boxAt(box, 0);
    if (!(y2 > y1 && x2 > x1)) continue; // outside the image. torchvision reports it, as a line
    if (y2 <= top || x2 <= left || y1 >= bottom || x1 >= right) continue;
    if (offer([y1, x1, y2, x2], found.classes[place] ?? 0)) kept.push({ box, place });
    if (kept.length >= keep) break;
  }
  return {
    boxes: Float32Array.from(kept.flatMap(({ box }) => [...box])),
    scores: Float32Array.from(kept, ({ place }) => found.scores[place] ?? 0),
    classes: Int32Array.from(kept, ({ place }) => found.classes[place] ?? 0),
  };
}

/** Columns of the logits. */
function check(
  codes: Float32Array,
  logits: Float32Array,
  anchors: Boxes,
  { activation, background, scoreAbove, candidates }: CandidateOptions,
): number {
  const count = boxCount('postprocess: anchors', anchors);
  const columns = logits.length / count;
  const least = background === 'column' ? 2 : 1;
  if (count === 0 || codes.length !== 4 * count || !(Number.isInteger(columns) && columns >= least))
    throw new RangeError(
      `postprocess: ${count} anchors, ${codes.length} numbers of boxes and ${logits.length} logits of one image; ` +
        `an anchor must have 4 and at least ${least}`,
    );
  if (activation === 'softmax' && background === 'none')
    throw new RangeError("postprocess: a softmax needs a column for the background; give background: 'column'");
  if (!(scoreAbove >= 0 && scoreAbove < 1))
    throw new RangeError(`postprocess: scoreAbove is ${scoreAbove}; it must be from 0 to below 1`);
  if (candidates !== 'all' && !(Number.isInteger(candidates) && candidates >= 1))
    throw new RangeError(`postprocess: candidates is ${candidates}; it must be a whole number of at least 1, or 'all'`);
  return columns;
}
