import { type Boxes, boxCount } from './boxes.ts';

/** How a box is written relative to an anchor. */
export interface Coder {
  /** What each of [ty, tx, th, tw] is divided by. */
  readonly variances: readonly [y: number, x: number, height: number, width: number];
  /** The largest logarithm of a side's growth that is decoded; without it one wild number makes an infinite box. */
  readonly largest: number;
}

/** ln(1000 / 16): a box grows to at most 62.5 times its anchor. */
const largest = Math.log(1000 / 16);

/** SSD's, and torchvision's weights 10, 10, 5, 5. */
export const ssdCoder: Coder = { variances: [0.1, 0.1, 0.2, 0.2], largest };

/** Without variances: EfficientDet, and the older of the pedestrian baselines. */
export const plainCoder: Coder = { variances: [1, 1, 1, 1], largest };

/** torchvision's form of a coder: weights multiply where variances divide. @throws RangeError for one not above 0 */
export function weightedCoder(weights: readonly [y: number, x: number, height: number, width: number]): Coder {
  if (!weights.every((weight) => weight > 0 && Number.isFinite(weight)))
    throw new RangeError(`weightedCoder: weights are [${weights}]; each must be above 0`);
  const [y, x, height, width] = weights;
  return { variances: [1 / y, 1 / x, 1 / height, 1 / width], largest };
}

/**
 * Writes boxes relative to anchors. [n, 4], [n, 4] -> [n, 4] as [ty, tx, th, tw]: centres over the anchor's sides,
 * logarithms of sides, each divided by its variance.
 *
 * @throws RangeError for a box without an area or for boxes that are not one an anchor
 * @see Ren et al., Faster R-CNN, 2015, equation 2
 */
export function encode(boxes: Boxes, anchors: Boxes, coder: Coder = ssdCoder): Float32Array {
  const count = pairs('encode', 'boxes', boxes, anchors);
  const codes = new Float32Array(4 * count);
  for (let i = 0; i < count; i++) encodeInto(codes, i, boxes, i, anchors, coder);
  return codes;
}

/**
 * Reads boxes relative to anchors. [n, 4] as [ty, tx, th, tw], [n, 4] -> [n, 4]. Boxes may leave the image.
 *
 * @throws RangeError for codes that are not one an anchor
 */
export function decode(codes: Boxes, anchors: Boxes, coder: Coder = ssdCoder): Float32Array {
  const count = pairs('decode', 'codes', codes, anchors);
  const boxes = new Float32Array(4 * count);
  for (let i = 0; i < count; i++) decodeInto(boxes, i, codes, anchors, i, coder);
  return boxes;
}

function pairs(where: string, name: string, given: Boxes, anchors: Boxes): number {
  const [count, wanted] = [boxCount(`${where}: ${name}`, given), boxCount(`${where}: anchors`, anchors)];
  if (count !== wanted) throw new RangeError(`${where}: ${count} ${name} for ${wanted} anchors; give one an anchor`);
  return count;
}

/** Code `to` of `codes` becomes box `from` of `boxes`, relative to anchor `to`. */
export function encodeInto(codes: Boxes, to: number, boxes: Boxes, from: number, anchors: Boxes, coder: Coder): void {
  const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = boxes.subarray(4 * from, 4 * from + 4);
  const [top = 0, left = 0, bottom = 0, right = 0] = anchors.subarray(4 * to, 4 * to + 4);
  if (!(y2 > y1 && x2 > x1))
    throw new RangeError(
      `encode: box ${from} is [${[y1, x1, y2, x2]}]; it must be higher and wider than 0, leave it out`,
    );
  const [height, width] = [bottom - top, right - left];
  const [varianceY, varianceX, varianceHeight, varianceWidth] = coder.variances;
  codes[4 * to] = (y1 + y2 - top - bottom) / 2 / height / varianceY;
  codes[4 * to + 1] = (x1 + x2 - left - right) / 2 / width / varianceX;
  codes[4 * to + 2] = Math.log((y2 - y1) / height) / varianceHeight;
  codes[4 * to + 3] = Math.log((x2 - x1) / width) / varianceWidth;
}

/** Box `to` of `boxes` becomes what code `from` says of anchor `from`. */
export function decodeInto(boxes: Boxes, to: number, codes: Boxes, anchors: Boxes, from: number, coder: Coder): void {
  const at = 4 * from;
  const [top, left] = [anchors[at] ?? 0, anchors[at + 1] ?? 0];
  const [height, width] = [(anchors[at + 2] ?? 0) - top, (anchors[at + 3] ?? 0) - left];
  const [varianceY, varianceX, varianceHeight, varianceWidth] = coder.variances;
  const y = top + height * (0.5 + (codes[at] ?? 0) * varianceY);
  const x = left + width * (0.5 + (codes[at + 1] ?? 0) * varianceX);
  const halfHeight = (height / 2) * Math.exp(Math.min((codes[at + 2] ?? 0) * varianceHeight, coder.largest));
  const halfWidth = (width / 2) * Math.exp(Math.min((codes[at + 3] ?? 0) * varianceWidth, coder.largest));
  boxes[4 * to] = y - halfHeight;
  boxes[4 * to + 1] = x - halfWidth;
  boxes[4 * to + 2] = y + halfHeight;
  boxes[4 * to + 3] = x + halfWidth;
}
