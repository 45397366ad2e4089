import { conv, type Foreign, type Rule } from './rules.ts';
import type { Spot } from './spot.ts';

/** Layers are numbered through: a convolution, a batch norm where there is one, ReLU; and a pool after each stage. */
export function vggLayer(at: Spot): Foreign {
  const [stage] = at.numbers;
  const normed = at.total('conv#/#/norm') > 0;
  const number = at.before('conv#/#') * (normed ? 3 : 2) + (stage - 1);
  return conv(`features.${number}`, normed ? `features.${number + 1}` : undefined);
}

/** VGG's convolutions as torchvision and timm call them. @see torchvision, models/vgg.py, make_layers */
export const vggFeatures: readonly Rule[] = [['conv#/#', vggLayer]];
