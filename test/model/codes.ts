import { gather, type Tensor3D } from '@tensorflow/tfjs-core';

/** Codes [ty, tx, th, tw] as the reference has them, [tx, ty, tw, th]. [b, n, 4] -> the same. */
export const xFirst = (codes: Tensor3D): Tensor3D => gather(codes, [1, 0, 3, 2], 2);
