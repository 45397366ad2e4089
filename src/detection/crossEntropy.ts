import {
  cast,
  exp,
  expandDims,
  log,
  max,
  mul,
  softmax,
  sub,
  sum,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { compositeOp } from '../ops/composite.ts';
import { oneHotClasses } from './oneHotClasses.ts';

/**
 * How surprised a softmax is by the right class: log(sum(exp(x))) - x[class]. [b, n, c], [b, n] int32 -> [b, n].
 * A class below 0 is read as 0: weigh it by nothing. Its gradient, softmax less the right class, keeps the logits.
 *
 * @throws RangeError if they do not fit
 */
export const softmaxCrossEntropy = (logits: Tensor3D, classes: Tensor2D): Tensor2D =>
  crossEntropyOp({ logits, classes: cast(classes, 'float32') }, {}).y;

const crossEntropyOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionSoftmaxCrossEntropy',
  body: ({ logits, classes }: { logits: Tensor3D; classes: Tensor2D }) => {
    const shifted = sub(logits, max(logits, -1, true)); // [b, n, c], at most 0
    const total = log(sum(exp(shifted), -1));
    return { y: sub<Tensor2D>(total, sum(mul(shifted, oneHotClasses(classes, logits.shape[2])), -1)) };
  },
  shapes: ({ logits, classes }) => {
    if (logits.length !== 3 || `${classes}` !== `${logits.slice(0, 2)}`)
      throw new RangeError(
        `softmaxCrossEntropy: logits are [${logits}] and classes [${classes}]; they must be [b, n, c] and [b, n]`,
      );
    return { y: classes };
  },
  gradient: {
    saves: ['logits', 'classes'],
    of: ({ y: dy }, { logits, classes }) => ({
      logits: () => mul(sub(softmax(logits), oneHotClasses(classes, logits.shape[2])), expandDims(dy, -1)),
      classes: () => mul(classes, 0), // a name has no slope
    }),
  },
});
