import { add, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { channelSum } from './channelSum.ts';
import { compositeOp } from './composite.ts';

/** Adds a number to each channel. [..., c], [c] -> [..., c]. @throws RangeError if the channels differ */
export function biasAdd<T extends Tensor>(x: T, bias: Tensor1D): T {
  return biasAddOp({ x, bias }, {}).y as T;
}

const biasAddOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionBiasAdd',
  body: ({ x, bias }: { x: Tensor; bias: Tensor1D }) => ({ y: add(x, bias) }),
  shapes: ({ x, bias }) => {
    if (bias.length !== 1 || x.at(-1) !== bias[0])
      throw new RangeError(
        `biasAdd: x is [${x}] and bias [${bias}]; bias must be one number for each of x's last axis`,
      );
    return { y: x };
  },
  gradient: {
    saves: [],
    of: ({ y: dy }) => ({ x: () => dy.clone(), bias: () => channelSum(dy) }),
  },
});
