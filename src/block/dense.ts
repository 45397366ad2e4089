import { matMul, type Tensor2D } from '@tensorflow/tfjs-core';
import { type Block, block } from '../core/block.ts';
import { denseUniform, type Initializer } from '../core/initializers.ts';
import { weight } from '../core/weight.ts';
import { biasAdd } from '../ops/biasAdd.ts';

export interface DenseOptions {
  /** Numbers of the output. */
  readonly units: number;
  /** First numbers of the matrix. Default U(-l, l), l = 1 / sqrt(units), as EfficientNet's last layer has it. */
  readonly initial?: Initializer;
}

/** A sum of all inputs for each output, and a bias. [b, c] -> [b, units]; its matrix is [c, units]. */
export function dense({ units, initial = denseUniform }: DenseOptions): Block<Tensor2D, Tensor2D> {
  const kernel = weight({ initial });
  const bias = weight();
  return block({ kernel, bias }, (x: Tensor2D) =>
    biasAdd(matMul<Tensor2D>(x, kernel.as([x.shape[1], units])), bias.as([units])),
  );
}
