import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Golden } from './formula.ts';
import type { VggBackbone } from './zoo.ts';

/** What a VGG's backbone answers by torchvision's names: the maps behind its pools; the last is its output. Run within `tidy`. */
export function vggAnswersOf(
  backbone: VggBackbone,
  input: Tensor4D,
  { outputs }: Pick<Golden, 'outputs'>,
): ReadonlyMap<string, Tensor> {
  const maps = Object.values<Tensor4D>(backbone(input)); // C1 to C5
  const names = Object.keys(outputs); // features.4, features.9, ..., out
  return new Map(names.map((name, i) => [name, maps[Math.min(i, maps.length - 1)] ?? input]));
}
