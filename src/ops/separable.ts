import { matMul, reshape, type Tensor2D, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';

/** Applies a matrix down and one across: [b, h, w, c], [h', h], [w', w] -> [b, h', w', c]. */
export function separable(x: Tensor4D, down: Tensor2D, across: Tensor2D): Tensor4D {
  const [b, h, w, c] = x.shape;
  const [taller, wider] = [down.shape[0], across.shape[0]];
  const rows = matMul<Tensor3D>(reshape(down, [1, taller, h]), reshape(x, [b, h, w * c]));
  const columns = matMul<Tensor3D>(reshape(across, [1, wider, w]), reshape(rows, [b * taller, w, c]));
  return reshape(columns, [b, taller, wider, c]);
}
