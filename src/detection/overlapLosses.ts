import {
  add,
  atan2,
  div,
  maximum,
  minimum,
  mul,
  relu,
  slice,
  square,
  squeeze,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { withoutGradient } from './withoutGradient.ts';

/** How far each predicted box is from its true one. [n, 4], [n, 4] as [y1, x1, y2, x2] -> [n]. */
export type OverlapLoss = (predicted: Tensor2D, truth: Tensor2D) => Tensor1D;

/** Added to what is divided by. @see torchvision, ops/giou_loss.py */
const epsilon = 1e-7;

/** 1 - IoU, 0 to 1: flat where boxes do not touch. @throws RangeError for shapes that differ */
export const iouLoss: OverlapLoss = (predicted, truth) => loss('iouLoss', predicted, truth, ({ iou }) => sub(1, iou));

/**
 * 1 - IoU and the part of the hull that is in neither, 0 to 2: it draws apart boxes together.
 *
 * @throws RangeError for shapes that differ
 * @see Rezatofighi et al., GIoU, 2019; torchvision.ops.generalized_box_iou_loss
 */
export const generalizedIouLoss: OverlapLoss = (predicted, truth) =>
  loss('generalizedIouLoss', predicted, truth, ({ iou, union, hull }) => {
    const all = area(hull);
    return sub(add(1, div(sub(all, union), add(all, epsilon))), iou);
  });

/**
 * 1 - IoU and the squared distance of the centres over the hull's squared diagonal, 0 to 2.
 *
 * @throws RangeError for shapes that differ
 * @see Zheng et al., DIoU, 2020, equation 7; torchvision.ops.distance_box_iou_loss
 */
export const distanceIouLoss: OverlapLoss = (predicted, truth) => loss('distanceIouLoss', predicted, truth, distance);

/**
 * `distanceIouLoss` and a term for unlike aspect ratios, whose weight is no part of the gradient.
 *
 * @throws RangeError for shapes that differ
 * @see Zheng et al., DIoU, 2020, equation 10; torchvision.ops.complete_box_iou_loss
 */
export const completeIouLoss: OverlapLoss = (predicted, truth) =>
  loss('completeIouLoss', predicted, truth, (pair) => {
    const unlike = mul<Tensor2D>(square(sub(angle(pair.truth), angle(pair.predicted))), 4 / Math.PI ** 2);
    const weight = withoutGradient(() => div<Tensor2D>(unlike, add(sub(1 + epsilon, pair.iou), unlike)));
    return add(distance(pair), mul(weight, unlike));
  });

/** Two corners, [n, 2] each. */
interface Corners {
  readonly near: Tensor2D;
  readonly far: Tensor2D;
}

/** What the losses are made of; areas and ratios are [n, 1]. */
interface Pair {
  readonly predicted: Corners;
  readonly truth: Corners;
  /** The smallest box around both. */
  readonly hull: Corners;
  readonly union: Tensor2D;
  readonly iou: Tensor2D;
}

const corners = (boxes: Tensor2D): Corners => ({
  near: slice(boxes, [0, 0], [-1, 2]),
  far: slice(boxes, [0, 2], [-1, 2]),
});
const product = (sides: Tensor2D): Tensor2D => mul(slice(sides, [0, 0], [-1, 1]), slice(sides, [0, 1], [-1, 1]));
const area = ({ near, far }: Corners): Tensor2D => product(sub(far, near));

function loss(where: string, predicted: Tensor2D, truth: Tensor2D, of: (pair: Pair) => Tensor2D): Tensor1D {
  if (predicted.rank !== 2 || predicted.shape[1] !== 4 || `${truth.shape}` !== `${predicted.shape}`)
    throw new RangeError(
      `${where}: predicted boxes are [${predicted.shape}] and true ones [${truth.shape}]; both must be [n, 4]`,
    );
  return tidy(() => {
    const [a, b] = [corners(predicted), corners(truth)];
    const both = product(relu(sub(minimum(a.far, b.far), maximum(a.near, b.near))));
    const union = sub<Tensor2D>(add(area(a), area(b)), both);
    const hull = { near: minimum<Tensor2D>(a.near, b.near), far: maximum<Tensor2D>(a.far, b.far) };
    const iou = div<Tensor2D>(both, add(union, epsilon));
    return squeeze<Tensor1D>(of({ predicted: a, truth: b, hull, union, iou }), [1]);
  });
}

function distance({ predicted, truth, hull, iou }: Pair): Tensor2D {
  const apart = sub(add(predicted.near, predicted.far), add(truth.near, truth.far)); // twice that of the centres
  const diagonal = add(sum(square(sub(hull.far, hull.near)), 1, true), epsilon);
  return add(sub(1, iou), div(mul(sum(square(apart), 1, true), 0.25), diagonal));
}

/** That of a box's diagonal, [n, 1]. */
function angle({ near, far }: Corners): Tensor2D {
  const sides = sub<Tensor2D>(far, near);
  return atan2(slice(sides, [0, 1], [-1, 1]), slice(sides, [0, 0], [-1, 1]));
}
