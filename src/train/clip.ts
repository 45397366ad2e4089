import {
  abs,
  add,
  addN,
  clipByValue,
  div,
  max,
  maximum,
  minimum,
  mul,
  type Scalar,
  sqrt,
  square,
  stack,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';

/** How long gradients are together: the root of the sum of squares, the sum, or the largest of their sizes. */
export type JointNorm = 'length' | 'sum' | 'largest';

/**
 * The factor that brings the joint norm of gradients to at most `norm`: min(1, norm / (||g|| + 1e-6)).
 *
 * @throws RangeError for no gradients, or a norm that is not positive
 */
export function clipFactor(gradients: Iterable<Tensor>, norm: number, by: JointNorm = 'length'): Scalar {
  if (!(norm > 0)) throw new RangeError(`clipByNorm: norm is ${norm}; it must be above 0`);
  return tidy(() => {
    const sizes = Array.from(gradients, (gradient) => tidy(() => part[by](gradient)));
    if (sizes.length === 0) throw new RangeError('clipByNorm: there are no gradients');
    const all = by === 'largest' ? max<Scalar>(stack(sizes)) : addN<Scalar>(sizes);
    return minimum<Scalar>(1, div(norm, add(by === 'length' ? sqrt(all) : all, 1e-6)));
  });
}

/** What each gradient adds to a norm. */
const part: Readonly<Record<JointNorm, (gradient: Tensor) => Scalar>> = {
  length: (gradient) => sum<Scalar>(square(gradient)),
  sum: (gradient) => sum<Scalar>(abs(gradient)),
  largest: (gradient) => max<Scalar>(abs(gradient)),
};

/**
 * Scales all gradients together so that their joint norm is at most `norm`: g * min(1, norm / (||g|| + 1e-6)).
 *
 * @throws RangeError for no gradients, or a norm that is not positive
 * @see PyTorch, clip_grad_norm_
 */
export function clipByNorm<K>(
  gradients: ReadonlyMap<K, Tensor>,
  norm: number,
  by: JointNorm = 'length',
): ReadonlyMap<K, Tensor> {
  const factor = clipFactor(gradients.values(), norm, by);
  const clipped = new Map(Array.from(gradients, ([key, gradient]): [K, Tensor] => [key, mul(gradient, factor)]));
  factor.dispose();
  return clipped;
}

/** What is cut of each gradient by itself. Plain data: part of a recipe. */
export type Clip =
  /** Every number to at most `most` to either side. @see PyTorch, clip_grad_value_ */
  | { readonly name: 'value'; readonly most: number }
  /** The gradient of a weight to a length of at most `most`. @see Keras, clipnorm */
  | { readonly name: 'norm'; readonly most: number }
  /**
   * The gradient of each output, or of each channel of a depthwise filter, to at most `most` times the length of its weights,
   * which counts as at least `epsilon`. Default 0.01 and 1e-3. @see Brock et al., NFNets, 2021; timm, adaptive_clip_grad
   */
  | { readonly name: 'adaptive'; readonly most?: number; readonly epsilon?: number };

/** @throws RangeError for a name or a number that cannot be */
export function checkClip(where: string, clip: Clip): void {
  const names: readonly string[] = ['value', 'norm', 'adaptive'];
  if (!names.includes(clip.name))
    throw new RangeError(`${where}: there is no clip '${clip.name}'; there are ${names.join(', ')}`);
  const { most = 0.01 } = clip;
  if (!(most > 0)) throw new RangeError(`${where}: clip.most is ${most}; it must be above 0`);
  if (clip.name === 'adaptive' && !((clip.epsilon ?? 1e-3) > 0))
    throw new RangeError(`${where}: clip.epsilon is ${clip.epsilon}; it must be above 0`);
}

/** The gradient of one weight after a clip. Any shape, the same. */
export function clipped(clip: Clip, value: Tensor, gradient: Tensor): Tensor {
  switch (clip.name) {
    case 'value':
      return clipByValue(gradient, -clip.most, clip.most);
    case 'norm':
      return tidy(() => {
        const length = sqrt(sum(square(gradient)));
        return mul(gradient, div(clip.most, maximum(length, clip.most)));
      });
    case 'adaptive':
      return tidy(() => {
        const { most = 0.01, epsilon = 1e-3 } = clip;
        const axes = unitAxes(value.shape);
        const length = (x: Tensor) => sqrt(sum(square(x), axes, true));
        const longest = mul(maximum(length(value), epsilon), most);
        return mul(gradient, minimum(1, div(longest, maximum(length(gradient), 1e-6))));
      });
  }
}

/** The axes that a unit is made of: all but that of the outputs, which depthwise filters [k, k, c, 1] have in c. */
function unitAxes(shape: readonly number[]): number[] {
  const last = shape.length - 1;
  if (shape.length < 2) return [...shape.keys()];
  const [height = 1, width = 1] = shape;
  const depthwise = shape.length === 4 && shape[last] === 1 && height * width > 1;
  return [...shape.keys()].filter((axis) => axis !== (depthwise ? 2 : last));
}
