/** Trains a small detector on painted street scenes, in a tab. */
import { baselineAnchors, bifpn, detector, efficientNet, type Recipe, ssdHead, train } from 'pyramidion';
import { scenes } from 'pyramidion/data';
import { useBackend } from 'pyramidion/engine';

const say = (line: string) => document.getElementById('out')?.append(`\n${line}`);
try {
  await useBackend('wasm');
  const model = detector({
    backbone: efficientNet({ width: 0.25, depth: 0.3 }),
    neck: bifpn({ from: 'P3', to: 'P5', channels: 16, cells: 1 }),
    head: ssdHead({
      levels: ['P3', 'P4', 'P5'],
      anchors: baselineAnchors({ sides: [13, 22, 36] }),
      labels: ['person'],
    }),
    inputSize: [128, 128],
  });
  const recipe: Recipe = {
    name: 'page',
    optimizer: { name: 'rmsprop', decay: 0.9, momentum: 0.9, epsilon: 1e-3 },
    schedule: { name: 'constant', rate: 0.001 },
    batch: 2,
    epochs: 1,
  };
  const data = scenes({
    seed: 1,
    size: [128, 128],
    sequences: 6,
    framesPerSequence: 1,
    heights: [90, 220],
    people: [1, 4],
  });
  await train(model, {
    data,
    recipe,
    onReport: (report) => {
      if (report.kind === 'step') say(`step ${report.step}: loss ${report.loss.total?.toFixed(3)}`);
    },
  });
  say(`passed, isolated: ${crossOriginIsolated}`);
} catch (error) {
  say(`failed: ${error}`);
}
