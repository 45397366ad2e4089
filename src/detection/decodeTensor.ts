import { add, concat, exp, minimum, mul, slice, sub, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { type Coder, ssdCoder } from './coder.ts';

/**
 * `decode` as tensor ops, with a gradient: for losses of boxes, traces and exports.
 * [b, n, 4] as [ty, tx, th, tw], [n, 4] -> [b, n, 4] as [y1, x1, y2, x2], pixels.
 *
 * @throws RangeError for codes that are not one an anchor
 */
export function decodeTensor(codes: Tensor3D, anchors: Tensor2D, coder: Coder = ssdCoder): Tensor3D {
  if (codes.rank !== 3 || codes.shape[2] !== 4 || `${anchors.shape}` !== `${codes.shape.slice(1)}`)
    throw new RangeError(
      `decodeTensor: codes are [${codes.shape}] and anchors [${anchors.shape}]; they must be [b, n, 4] and [n, 4]`,
    );
  const [y, x, height, width] = coder.variances;
  return tidy(() => {
    const [near, far] = [slice(anchors, [0, 0], [-1, 2]), slice(anchors, [0, 2], [-1, 2])]; // [n, 2]
    const sides = sub(far, near);
    const centres = add(mul(add(near, far), 0.5), mul(mul(slice(codes, [0, 0, 0], [-1, -1, 2]), [y, x]), sides));
    const growth = minimum(mul(slice(codes, [0, 0, 2], [-1, -1, 2]), [height, width]), coder.largest);
    const halves = mul(mul(exp(growth), 0.5), sides); // [b, n, 2]
    return concat<Tensor3D>([sub(centres, halves), add(centres, halves)], 2);
  });
}
