import { existsSync } from 'node:fs';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { imageCache } from '../../src/data/batchCache.ts';
import { baselineAnchors } from '../../src/detection/baselineAnchors.ts';
import { averagePrecision } from '../../src/evaluate/averagePrecision.ts';
import { plainProtocol } from '../../src/evaluate/protocol.ts';
import { ssdHead } from '../../src/head/ssdHead.ts';
import { detector } from '../../src/model/detector.ts';
import { compose } from '../../src/neck/compose.ts';
import { lift } from '../../src/neck/lift.ts';
import { select } from '../../src/neck/select.ts';
import { pennFudan } from '../../src/node/pennFudan.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { evaluate } from '../../src/train/evaluate.ts';
import type { Recipe } from '../../src/train/recipe.ts';
import { train } from '../../src/train/train.ts';

const folder = new URL('../../../shared/data/penn-fudan', import.meta.url);

beforeAll(() => useBackend('wasm'));

describe.skipIf(!existsSync(folder))('the whole chain on photographs (needs ../shared/data)', () => {
  it('learns eight of them by heart: average precision above .95', { timeout: 300_000 }, async () => {
    const { samples } = await pennFudan(folder.pathname);
    const data = samples.slice(0, 8);
    const norm = { momentum: 0.9 };
    const levels = ['P4', 'P5'] as const;
    const model = detector({
      backbone: efficientNet({
        width: 0.5,
        depth: 0.4,
        strides: 'ladder',
        dropConnect: 0,
        variant: { name: 'fast', norm, padding: 'same' },
      }),
      neck: compose(select({ stages: ['C4', 'C5'] }), lift({ levels, channels: 64, norm })),
      head: ssdHead({
        levels,
        anchors: baselineAnchors({ sides: [32, 56], ratios: [0.35, 0.5] }),
        labels: ['person'],
      }),
      inputSize: [128, 128],
    });
    const recipe: Recipe = {
      name: 'by heart',
      optimizer: { name: 'rmsprop', decay: 0.9, momentum: 0.9, epsilon: 1e-3 },
      schedule: { name: 'multiStep', rate: 1e-3, at: [0.8], warmUp: 10 },
      clipNorm: 10,
      batch: 4,
      epochs: 100,
    };
    await train(model, { data, recipe, cache: imageCache({ bytes: 1e8 }) });
    const { images } = await evaluate(model, data);
    expect(averagePrecision(images, plainProtocol).value).toBeGreaterThan(0.95);
  });
});
