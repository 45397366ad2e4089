import { abs, add, exp, log1p, mul, neg, pow, relu, sigmoid, sub, type Tensor } from '@tensorflow/tfjs-core';
import { compositeOp } from '../ops/composite.ts';

export interface FocalOptions {
  /** Weight of the ones; the zeros get the rest of 1. `none` weighs nothing. Default 0.25. */
  readonly alpha?: number | 'none';
  /** How much a number that is right already is spared; 0 gives plain cross-entropy. Default 2. */
  readonly gamma?: number;
}

/**
 * Cross-entropy of sigmoids that spares what is right already: alpha * (1 - p)^gamma * -log(p), p of the right answer.
 * Any shape, the same; `right` is 1 or 0 everywhere. Never NaN for finite logits. Its gradient keeps what it was given.
 *
 * @throws RangeError if shapes differ, or alpha is outside 0 to 1, or gamma below 0
 * @see Lin et al., Focal loss, 2017, equation 5
 */
export function sigmoidFocal<T extends Tensor>(logits: T, right: T, { alpha = 0.25, gamma = 2 }: FocalOptions = {}): T {
  if (alpha !== 'none' && !(alpha >= 0 && alpha <= 1))
    throw new RangeError(`sigmoidFocal: alpha is ${alpha}; it must be from 0 to 1, or 'none'`);
  if (!(gamma >= 0 && Number.isFinite(gamma)))
    throw new RangeError(`sigmoidFocal: gamma is ${gamma}; it must be 0 or more`);
  const [one, zero] = alpha === 'none' ? [1, 1] : [alpha, 1 - alpha];
  return focalOp({ logits, right }, { one, zero, gamma }).y as T;
}

type Given = { logits: Tensor; right: Tensor };
type Attrs = { one: number; zero: number; gamma: number };

/** The logit of the right answer's side, the probability of the wrong answer, and its surprise -log(1 - wrong). */
function parts({ logits, right }: Given) {
  const side = sub(mul(right, 2), 1); // 1 or -1
  const z = mul(side, logits);
  const surprise = add(relu(neg(z)), log1p(exp(neg(abs(z))))); // log(1 + exp(-z)) that neither overflows nor cancels
  return { side, wrong: sigmoid(neg(z)), surprise };
}

const weigh = ({ right }: Given, { one, zero }: Attrs) => add(mul(right, one - zero), zero);

const focalOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionSigmoidFocal',
  body: (given: Given, attrs: Attrs) => {
    const { wrong, surprise } = parts(given);
    return { y: mul(weigh(given, attrs), mul(pow(wrong, attrs.gamma), surprise)) };
  },
  shapes: ({ logits, right }) => {
    if (`${logits}` !== `${right}`)
      throw new RangeError(`sigmoidFocal: logits are [${logits}] and right [${right}]; they must have one shape`);
    return { y: logits };
  },
  gradient: {
    saves: ['logits', 'right'],
    of: ({ y: dy }, given, attrs) => ({
      // d/dz wrong^gamma * surprise = -wrong^gamma * (gamma * (1 - wrong) * surprise + wrong)
      logits: () => {
        const { side, wrong, surprise } = parts(given);
        const slope = add(mul(mul(attrs.gamma, sub(1, wrong)), surprise), wrong);
        return mul(dy, mul(mul(weigh(given, attrs), neg(side)), mul(pow(wrong, attrs.gamma), slope)));
      },
      right: () => mul(given.right, 0), // an answer has no slope
    }),
  },
});
