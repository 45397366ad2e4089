import { efficientNetB0, efficientNetB4 } from 'pyramidion';
import { forward } from './forward.ts';

/** EfficientNets on our engine. */
export const run = (): Promise<{ ratio: number }> =>
  forward('engine-forward', [
    { name: 'B0 at 224', make: () => efficientNetB0(), sides: [224, 224], rounds: 24, torchvision: 'efficientnet_b0' },
    {
      name: 'B4 at 512x640',
      make: () => efficientNetB4(),
      sides: [512, 640],
      rounds: 7,
      torchvision: 'efficientnet_b4',
    },
  ]);
