import { ladder } from '../examples/ladder.ts';
import { forward } from './forward.ts';

/** The first and the last rung of the ladder, whose 3x3 convolutions tfjs does well, on our engine. */
export const run = (): Promise<{ ratio: number }> =>
  forward('engine-forward-ladder', [
    { name: 'rung 1 at 512x640', make: () => ladder.vggBaseline(), sides: [512, 640], rounds: 5 },
    { name: 'rung 7 at 512x640', make: () => ladder.weightedFpn(), sides: [512, 640], rounds: 5 },
  ]);
