import { dispose, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import type { RgbImage } from '../data/image.ts';
import { writeFileAtomic } from '../node/files.ts';
import { encodePng } from '../node/images.ts';
import { drawMaps } from '../picture/drawMaps.ts';
import { compile } from '../trace/compile.ts';
import type { AnyDetector } from './modelFamily.ts';

/** Draws the maps that a model's head reads of pictures as they lie in its input: a file for each level. */
export interface MapDrawer {
  /** @param beside a picture's file, whose name the maps' begin with */
  readonly draw: (input: RgbImage, beside: string) => Promise<void>;
  readonly dispose: () => void;
}

export function mapDrawer(model: AnyDetector): MapDrawer {
  const run = compile((images: Tensor4D) => model.pyramid(images), { root: model, label: 'detect' });
  return {
    draw: async (input, beside) => {
      const images = tensor4d(input.data, [1, input.height, input.width, 3], 'float32');
      const maps = run(images);
      images.dispose();
      try {
        for (const [level, picture] of Object.entries(await drawMaps(maps, { over: input })))
          await writeFileAtomic(beside.replace(/\.png$/, `-${level}.png`), await encodePng(picture));
      } finally {
        dispose(maps);
      }
    },
    dispose: () => run.dispose(),
  };
}
