import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { weights } from '../core/block.ts';
import { layerIn } from './asLayersModel.ts';

/** The weights of a LayersModel by their places in the detector: its own tensors, not to be disposed. */
export function getWeights(model: LayersModel): Record<string, Tensor> {
  const { block } = layerIn(model, 'getWeights');
  return Object.fromEntries([...weights(block)].map(([place, weight]) => [place, weight.read()]));
}

/**
 * Gives some or all weights other numbers, by place; the detector has them at once. The tensors stay the caller's.
 *
 * @throws RangeError for a place that is not there or another shape; nothing is changed then
 */
export function setWeights(model: LayersModel, values: { readonly [place: string]: Tensor }): void {
  const own = weights(layerIn(model, 'setWeights').block);
  for (const [place, { shape }] of Object.entries(values)) {
    const weight = own.get(place);
    if (weight === undefined) {
      const near = [...own.keys()].filter((name) => name.split('/').at(-1) === place.split('/').at(-1)).slice(0, 5);
      throw new RangeError(
        `setWeights: no weight at '${place}'; there are ${[...(near.length ? near : [...own.keys()].slice(0, 5))].join(', ')} ...`,
      );
    }
    if (`${weight.shape}` !== `${shape}`)
      throw new RangeError(`setWeights: ${place} is [${weight.shape}] but [${shape}] was given`);
  }
  for (const [place, tensor] of Object.entries(values)) own.get(place)?.write(tensor);
}
