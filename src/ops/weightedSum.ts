import { add, mul, reshape, slice, stack, sum, type Tensor, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import { compositeOp } from './composite.ts';

/**
 * Adds maps, each times a weight: the fusion of BiFPN. n maps [b, h, w, c], [n] -> [b, h, w, c].
 *
 * @throws RangeError if the maps differ in shape, or there is not a weight for each
 * @see Tan et al., EfficientDet, 2020, section 3.3
 */
export const weightedSum = (maps: readonly Tensor4D[], weights: Tensor1D): Tensor4D =>
  weightedSumOp([...maps, weights], {}).y;

const at = (weights: Tensor, i: number) => reshape(slice(weights, [i], [1]), []);
const split = <T>(inputs: readonly T[]): { maps: readonly T[]; weights: T } => {
  const weights = inputs.at(-1);
  if (weights === undefined || inputs.length < 2) throw new RangeError('weightedSum: no maps were given');
  return { maps: inputs.slice(0, -1), weights };
};

const weightedSumOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionWeightedSum',
  body: (inputs: readonly Tensor[]) => {
    const { maps, weights } = split(inputs);
    return { y: maps.map((map, i) => mul<Tensor4D>(map, at(weights, i))).reduce((a, b) => add(a, b)) };
  },
  shapes: (inputs) => {
    const { maps, weights } = split(Object.values(inputs));
    const [first = []] = maps;
    if (maps.some((map) => `${map}` !== `${first}`))
      throw new RangeError(`weightedSum: maps are [${maps.join('], [')}]; resize them to one shape first`);
    if (`${weights}` !== `${maps.length}`)
      throw new RangeError(
        `weightedSum: ${maps.length} maps but weights of shape [${weights}]; give a vector of ${maps.length}`,
      );
    return { y: first };
  },
  gradient: {
    saves: 'all',
    of: ({ y: dy }, saved) => {
      const { maps, weights } = split(Object.values<Tensor>(saved));
      const ofMap = (i: number) => () => scaleByOp({ dy, weights }, { index: i }).dx;
      const ofMaps: { [input: string]: () => Tensor } = Object.fromEntries(maps.map((_, i) => [i, ofMap(i)]));
      return { ...ofMaps, [maps.length]: () => weightsGradOp([...maps, dy], {}).dweights };
    },
  },
});

/** dy * weights[index]. */
const scaleByOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionWeightedSumMapGrad',
  body: ({ dy, weights }: { dy: Tensor; weights: Tensor }, { index }: { index: number }) => ({
    dx: mul(dy, at(weights, index)),
  }),
  shapes: ({ dy }) => ({ dx: dy }),
});

/** Sum of dy * map for each map; dy comes last. */
const weightsGradOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionWeightedSumWeightGrad',
  body: (inputs: readonly Tensor[]) => {
    const dy = split(inputs).weights;
    return { dweights: stack(split(inputs).maps.map((map) => sum(mul(map, dy)))) };
  },
  shapes: (inputs) => ({ dweights: [Object.values(inputs).length - 1] }),
});
