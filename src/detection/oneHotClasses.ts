import { cast, maximum, oneHot, type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';

/**
 * A one in the column of each class. [b, n] of whole numbers -> [b, n, columns] float32. Classes below 0 are read as 0.
 * The columns are made as int32: asked for float32, tfjs's wasm backend writes the bits of int32, 1.4e-45 for each one.
 */
export function oneHotClasses(classes: Tensor2D, columns: number): Tensor3D {
  const indices: Tensor = cast(maximum(classes, 0), 'int32');
  return cast<Tensor3D>(oneHot(indices, columns, 1, 0, 'int32') as Tensor3D, 'float32');
}
