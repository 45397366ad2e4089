import type { Lowerings } from '../plan/emit.ts';
import { arrangeLowerings } from './arrange.ts';
import { joinLowerings } from './arrangeJoin.ts';
import { constantLowerings } from './constant.ts';
import { convolutionLowerings } from './convolution.ts';
import { depthwiseLowerings } from './depthwise.ts';
import { elementwiseLowerings } from './elementwise.ts';
import { gradientMapsLowerings } from './gradientMaps.ts';
import { gradientNormLowerings } from './gradientNorm.ts';
import { gradientWindowLowerings } from './gradientWindow.ts';
import { indexLowerings } from './indexRows.ts';
import { mobileLowerings } from './mobile.ts';
import { normLowerings } from './norm.ts';
import { orderLowerings } from './order.ts';
import { poolLowerings } from './pool.ts';
import { reduceLowerings } from './reduce.ts';
import { resizeLowerings } from './resize.ts';
import { softmaxLowerings } from './softmax.ts';
import { squeezeLowerings } from './squeeze.ts';

/** Everything that the engine can run, by the kernel's name. */
export const lowerings: Lowerings = {
  ...arrangeLowerings,
  ...joinLowerings,
  ...constantLowerings,
  ...convolutionLowerings,
  ...depthwiseLowerings,
  ...elementwiseLowerings,
  ...gradientMapsLowerings,
  ...gradientNormLowerings,
  ...gradientWindowLowerings,
  ...indexLowerings,
  ...mobileLowerings,
  ...normLowerings,
  ...orderLowerings,
  ...poolLowerings,
  ...reduceLowerings,
  ...resizeLowerings,
  ...softmaxLowerings,
  ...squeezeLowerings,
};
