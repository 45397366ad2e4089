import type { Box } from '../core/annotation.ts';
import { type Boxes, boxAt, boxCount } from './boxes.ts';
import { type CandidateRule, type Candidates, candidateOptions, findCandidates } from './candidates.ts';
import { checkCandidates } from './candidatesCheck.ts';
import { type Coder, decodeInto, ssdCoder } from './coder.ts';
import { type MatrixDecay, matrixNms } from './matrixNms.ts';
import { descending } from './order.ts';
import { type Softening, softNms } from './softNms.ts';
import { checkSuppression, suppression } from './suppression.ts';

/** What becomes of a box that overlaps a better one: it is dropped, or its score falls, in turns or by one look at each pair. */
export type Suppression = { readonly name: 'hard' } | Softening | ({ readonly name: 'matrix' } & MatrixDecay);

/** What is reported of what a network says. Plain data: every field on its own, so that `{ ...torchvisionSsd, keep: 10 }` is a rule too. */
export interface PostprocessRule extends CandidateRule {
  /** Default `hard`. */
  readonly suppression?: Suppression;
  /** Of a `hard` suppression: a box that overlaps a better one by more than this IoU is dropped. Default 0.45. */
  readonly iouAbove?: number;
  /** Which boxes see each other: those of a `class`, or `all`. Default `class`. */
  readonly among?: 'class' | 'all';
  /** The most boxes of an image. Default 200. */
  readonly keep?: number;
  /** Whether boxes are cut to the `input`. Default `input`. */
  readonly clip?: 'input' | 'none';
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
  /** Pixels. */
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
 * Turns the predictions of one image into boxes: scores, the best candidates, suppression. Boxes that are dropped are
 * decoded when their turn comes, and it ends when `keep` are kept. Of equal scores the first class, then the first anchor
 * comes first; of candidates that are not chosen class by class, the first anchor, then the first class.
 *
 * @param predictions codes [n, 4] and logits [n, c] of the n anchors
 * @throws RangeError for numbers that do not go together or are not finite
 * @see Liu et al., SSD, 2016, section 3.1
 */
export function postprocess(
  { boxes: codes, logits }: { readonly boxes: Float32Array; readonly logits: Float32Array },
  options: PostprocessOptions,
): Found {
  const { anchors, iouAbove = 0.45, keep = 200, suppression: method = { name: 'hard' } } = options;
  checkSuppression('postprocess', iouAbove, keep);
  const rule = candidateOptions(options);
  const count = boxCount('postprocess: anchors', anchors);
  const columns = checkCandidates({ codes: codes.length, logits: logits.length, anchors: count }, rule);
  const found = findCandidates(logits, columns, rule);
  const decode = decoder(codes, found, options);
  return method.name === 'hard'
    ? dropping(found, decode, { iouAbove, keep, among: options.among ?? 'class' })
    : lowering(found, decode, { method, scoreAbove: rule.scoreAbove, keep, among: options.among ?? 'class' });
}

/** The box of a candidate; undefined where nothing of it counts. */
type Decode = (place: number) => Box | undefined;

function decoder(codes: Float32Array, found: Candidates, options: PostprocessOptions): Decode {
  const { anchors, inputSize, coder = ssdCoder, within, clip = 'input' } = options;
  const [height, width] = inputSize;
  const decoded = new Float64Array(4); // one for all candidates
  const corner = (i: number, anchor: number, most: number): number => {
    const value = decoded[i] ?? 0;
    if (Number.isNaN(value))
      throw new RangeError(`postprocess: the code of anchor ${anchor} is NaN; the weights or the image are not finite`);
    return clip === 'input' ? Math.min(Math.max(value, 0), most) : value;
  };
  return (place) => {
    const anchor = found.anchors[place] ?? 0;
    decodeInto(decoded, 0, codes, anchors, anchor, coder);
    const [y1, x1] = [corner(0, anchor, height), corner(1, anchor, width)];
    const [y2, x2] = [corner(2, anchor, height), corner(3, anchor, width)];
    if (!(y2 > y1 && x2 > x1)) return undefined; // outside the image. torchvision reports it, as a line
    if (within && (y2 <= within[0] || x2 <= within[1] || y1 >= within[2] || x1 >= within[3])) return undefined;
    return [y1, x1, y2, x2];
  };
}

function dropping(
  found: Candidates,
  decode: Decode,
  { iouAbove, keep, among }: Required<Pick<PostprocessRule, 'iouAbove' | 'keep' | 'among'>>,
): Found {
  const offer = suppression(iouAbove);
  const kept: { box: Box; place: number }[] = [];
  for (const place of keep > 0 ? descending(found.scores) : []) {
    const box = decode(place);
    if (box && offer(box, among === 'class' ? (found.classes[place] ?? 0) : 0)) kept.push({ box, place });
    if (kept.length >= keep) break;
  }
  return {
    boxes: Float32Array.from(kept.flatMap(({ box }) => box)),
    scores: Float32Array.from(kept, ({ place }) => found.scores[place] ?? 0),
    classes: Int32Array.from(kept, ({ place }) => found.classes[place] ?? 0),
  };
}

interface Lowering extends Required<Pick<PostprocessRule, 'scoreAbove' | 'keep' | 'among'>> {
  readonly method: Exclude<Suppression, { readonly name: 'hard' }>;
}

function lowering(found: Candidates, decode: Decode, { method, among, ...limits }: Lowering): Found {
  const all = Array.from(found.scores, (score, place) => ({
    score,
    kind: found.classes[place] ?? 0,
    box: decode(place),
  }));
  const seen = all.flatMap(({ box, ...rest }) => (box ? [{ box, ...rest }] : []));
  const boxes = Float64Array.from(seen.flatMap(({ box }) => box));
  const scores = Float64Array.from(seen, ({ score }) => score);
  const classes = Int32Array.from(seen, ({ kind }) => kind);
  const options = { ...limits, ...(among === 'class' ? { classes } : {}) };
  const left =
    method.name === 'matrix'
      ? matrixNms(boxes, scores, { ...method, ...options })
      : softNms(boxes, scores, { ...method, ...options });
  return {
    boxes: Float32Array.from([...left.indices].flatMap((i) => boxAt(boxes, i))),
    scores: Float32Array.from(left.scores),
    classes: left.indices.map((i) => classes[i] ?? 0),
  };
}
