import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { setBackend, type Tensor4D, tensor3d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { block } from '../../src/core/block.ts';
import type { Predictions } from '../../src/core/levels.ts';
import { detect } from '../../src/detect/detect.ts';
import { plainCoder } from '../../src/detection/coder.ts';
import type { PostprocessRule } from '../../src/detection/postprocess.ts';
import { predict } from '../../src/model/predict.ts';
import { evaluate } from '../../src/train/evaluate.ts';
import { plain } from './stub.ts';

const inputSize = [40, 60] as const;
const image = plain(40, 60, 100);
/** Of sigmoids, without a column for the background, codes without variances: as the models of the families are. */
function sigmoids(rule: PostprocessRule = {}) {
  const [score, other] = [0.8, 0.3].map((p) => Math.log(p / (1 - p)));
  const run = (images: Tensor4D): Predictions =>
    tidy(() => {
      const [batch] = images.shape;
      const all = (one: number[]) => Array.from({ length: batch }, () => one).flat();
      return {
        boxes: tensor3d(all([0.5, 0, 0, 0, 0, 0, 0, 0]), [batch, 2, 4]), // half of its height down
        logits: tensor3d(all([score ?? 0, -9, -9, other ?? 0]), [batch, 2, 2]),
      };
    });
  return Object.assign(block({}, run), {
    inputSize,
    anchors: Float32Array.from([0, 0, 20, 10, 10, 30, 30, 50]),
    labels: ['person', 'car'],
    coder: plainCoder,
    rule: { activation: 'sigmoid', background: 'none', scoreAbove: 0.1, ...rule } as const,
  });
}
const person = { label: 'person', score: expect.closeTo(0.8, 5), box: [10, 0, 30, 10] };
const car = { label: 'car', score: expect.closeTo(0.3, 5), box: [10, 30, 30, 50] };

beforeAll(async () => {
  await setBackend('cpu');
});

describe("a model's own coder and rule", () => {
  it('are how its predictions are read, by detect', async () => {
    expect(await detect(sigmoids(), image)).toEqual([person, car]);
    expect(await detect(sigmoids({ keep: 1 }), image)).toEqual([person]);
  });
  it('give way to what is asked for, field by field', async () => {
    expect(await detect(sigmoids(), image, { scoreAbove: 0.5 })).toEqual([person]);
    expect(await detect(sigmoids({ keep: 1 }), image, { keep: 7 })).toEqual([person, car]);
    await expect(detect(sigmoids({ iouAbove: 2 }), image)).rejects.toThrow(/detect: iouAbove is 2/);
    await expect(detect(sigmoids(), image, { background: 'column' })).rejects.toThrow(/must give \[1, 2, 3\]/);
  });
  it('are how predict and evaluate read them, too', async () => {
    const images = tensor4d(new Float32Array(2 * 40 * 60 * 3), [2, 40, 60, 3]);
    const found = await predict(sigmoids(), images);
    expect(found.map(({ classes }) => [...classes])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect((await predict(sigmoids(), images, { scoreAbove: 0.5 })).map(({ classes }) => [...classes])).toEqual([
      [1],
      [1],
    ]);
    const sample = { id: 'a', width: 60, height: 40, objects: [], image: async () => image };
    const { images: judged } = await evaluate(sigmoids(), [sample]);
    expect(judged[0]?.detections).toEqual([person, car]);
    const { images: sure } = await evaluate(sigmoids(), [sample], { rule: { scoreAbove: 0.5 } });
    expect(sure[0]?.detections).toEqual([person]);
  });
});
