import { reshape, type Tensor2D, type Tensor3D, tensor2d, tile } from '@tensorflow/tfjs-core';
import { plainCoder } from './coder.ts';
import { decodeTensor } from './decodeTensor.ts';
import { completeIouLoss, distanceIouLoss, generalizedIouLoss, iouLoss, type OverlapLoss } from './overlapLosses.ts';

/** A loss of how predicted and true boxes overlap. Plain data. */
export interface EfficientDetOverlap {
  /** IoU, GIoU, DIoU or CIoU. */
  readonly name: 'iou' | 'generalized' | 'distance' | 'complete';
  /** How much it counts. Default 1. */
  readonly weight?: number;
}

const losses: Readonly<Record<EfficientDetOverlap['name'], OverlapLoss>> = {
  iou: iouLoss,
  generalized: generalizedIouLoss,
  distance: distanceIouLoss,
  complete: completeIouLoss,
};

/**
 * How far the boxes of codes and of targets are apart. [b, n, 4], [b, n, 4] -> [b, n]. Without anchors they are read relative
 * to a square of side 1, which changes neither IoU nor GIoU. Sides grow to at most 62.5 times the anchor's.
 *
 * @throws RangeError where `distance` or `complete` has no anchors
 */
export function overlapDistances(
  { boxes, targets, anchors }: { boxes: Tensor3D; targets: Tensor3D; anchors?: Tensor2D },
  name: EfficientDetOverlap['name'],
): Tensor2D {
  const [b, n] = boxes.shape;
  if (anchors === undefined && (name === 'distance' || name === 'complete'))
    throw new RangeError(
      `efficientDetLoss: the overlap ${name} depends on the anchors' form; give anchors, [${n}, 4], with the inputs, or take 'generalized'`,
    );
  const relative = anchors ?? tile(tensor2d([[-0.5, -0.5, 0.5, 0.5]]), [n, 1]);
  const flat = (codes: Tensor3D): Tensor2D => reshape(decodeTensor(codes, relative, plainCoder), [b * n, 4]);
  return reshape(losses[name](flat(boxes), flat(targets)), [b, n]);
}
