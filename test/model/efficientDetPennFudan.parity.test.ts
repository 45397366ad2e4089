import '@tensorflow/tfjs-layers';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { reshape, slice, type Tensor3D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Detection } from '../../src/core/annotation.ts';
import { dispose } from '../../src/core/model.ts';
import { evaluationBatches } from '../../src/data/batchEvaluation.ts';
import { postprocess } from '../../src/detection/postprocess.ts';
import { toDetections } from '../../src/detection/toDetections.ts';
import { cocoMetrics } from '../../src/evaluate/cocoMetrics.ts';
import { missRate } from '../../src/evaluate/missRate.ts';
import { plainProtocol } from '../../src/evaluate/protocol.ts';
import { efficientDetLite0 } from '../../src/model/efficientDetLite.ts';
import { pennFudan } from '../../src/node/pennFudan.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { compile } from '../../src/trace/compile.ts';
import { fromThere } from '../../src/weights/layout.ts';
import { effdet } from '../../src/weights/names/effdet.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';

interface Output {
  readonly output: 'class' | 'box';
  readonly level: string;
  readonly shape: readonly number[];
  readonly mean: number;
  readonly samples: readonly (readonly [index: number, value: number])[];
}

const shared = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const weights = `${shared}weights/efficientdet-lite0-penn-fudan.safetensors`;
const photographs = `${shared}penn-fudan`;
const readJson = (file: string) => JSON.parse(readFileSync(shared + file, 'utf8'));
const golden = existsSync(weights) ? readJson('weights/efficientdet-lite0-penn-fudan.json') : undefined;
const inputSize = [320, 320] as const;

/** The detector of the recipe: one class, three upright anchors a cell; every weight of the file, none left. */
function trained() {
  const model = efficientDetLite0({ labels: ['person'], anchors: { ratios: [[1.56, 0.64]] } });
  const { tensors } = readSafetensors(new Uint8Array(readFileSync(weights)));
  const entries = effdet.entries(model);
  expect([...entries.keys()].sort()).toEqual([...tensors.keys()].sort());
  for (const [name, { weight, layout }] of entries) {
    const values = tensors.get(name)?.values ?? new Float32Array();
    weight.write(fromThere(values, layout, weight.shape ?? []));
  }
  return model;
}

describe.skipIf(golden === undefined)(
  'the detector that the Penn-Fudan recipe trained (skipped where it is not at hand)',
  () => {
    let model: ReturnType<typeof trained>;
    beforeAll(async () => {
      await useBackend('wasm');
      model = trained();
    });
    afterAll(() => dispose(model));

    /** How far the maps of one image, [1, n, 4] and [1, n, 1], are from effdet's. */
    const farthest = (boxes: Tensor3D, logits: Tensor3D, outputs: readonly Output[]) =>
      Math.max(
        ...outputs.map(({ output, level, shape, mean, samples }) => {
          const at = model.maps.findIndex((map) => map.level === level);
          const row = model.maps.slice(0, at).reduce((sum, { height, width }) => sum + 3 * height * width, 0);
          const count = 3 * (shape[0] ?? 0) * (shape[1] ?? 0);
          const own = tidy(() => {
            const [all, columns] = output === 'class' ? [logits, 1] : [boxes, 4];
            return reshape(slice(all, [0, row, 0], [1, count, columns]), [-1]).dataSync<'float32'>();
          });
          const average = own.reduce((a, b) => a + b, 0) / own.length;
          return Math.max(
            Math.abs(average - mean),
            ...samples.map(([i, value]) => Math.abs((own[i] ?? Number.NaN) - value)),
          );
        }),
      );

    it('gives the same head outputs for the formula as input, within 1e-4', () => {
      const pixels = new Float32Array(320 * 320 * 3);
      for (let y = 0, at = 0; y < 320; y++)
        for (let x = 0; x < 320; x++) for (let c = 0; c < 3; c++) pixels[at++] = Math.sin((x + 2 * y) / 17 + c);
      tidy(() => {
        const { boxes, logits } = model.head(model.neck(model.backbone(tensor4d(pixels, [1, 320, 320, 3]))));
        expect(farthest(boxes, logits, golden.formulaInput.outputs)).toBeLessThan(1e-4);
      });
    });

    it.skipIf(!existsSync(photographs))(
      'finds the same people in the 50 test photographs: boxes within 0.1 pixel, scores within 1e-3; the same metrics',
      async () => {
        const { samples } = await pennFudan(photographs, {
          only: readJson('penn-fudan/split.json').test,
        });
        const fast = compile(model);
        const found: { id: string; truths: (typeof samples)[number]['objects']; detections: Detection[] }[] = [];
        for await (const batch of evaluationBatches(samples, { size: inputSize, batch: 1, method: 'bilinear' })) {
          const [sample] = batch.samples;
          const [placement] = batch.placements;
          if (!sample || !placement) throw new Error('a batch of one image has none');
          const input = tensor4d(batch.images, [1, ...inputSize, 3]);
          const { boxes, logits } = fast(input);
          const outputs = golden.photographs[sample.id];
          if (outputs) expect(farthest(boxes, logits, outputs)).toBeLessThan(1e-3); // pixels before: float32 of 0-255 and of bilinear shares
          const size = [sample.height, sample.width] as const;
          const best = postprocess(
            { boxes: boxes.dataSync<'float32'>(), logits: logits.dataSync<'float32'>() },
            {
              ...model.rule,
              candidates: 1000,
              scoreAbove: 0.01,
              coder: model.coder,
              anchors: model.anchors,
              // Boxes are cut to the photograph before the suppression.
              inputSize: [Math.round(placement.scaleY * size[0]), Math.round(placement.scaleX * size[1])],
            },
          );
          for (const tensor of [input, boxes, logits]) tensor.dispose();
          found.push({
            id: sample.id,
            truths: sample.objects,
            detections: toDetections(best, { labels: model.labels, size, placement }),
          });
        }
        fast.dispose();

        for (const { id, detections } of found) {
          const wanted: readonly (readonly number[])[] = golden.detections.images[id];
          expect(detections.filter(({ score }) => score >= 0.0495).length, id).toBe(wanted.length); // 0.050 in three digits
          wanted.forEach(([x1 = 0, y1 = 0, x2 = 0, y2 = 0, score = 0], i) => {
            const got = detections[i];
            expect(Math.abs((got?.score ?? 0) - score), `${id} ${i}`).toBeLessThan(1e-3);
            [y1, x1, y2, x2].forEach((corner, k) => {
              expect(Math.abs((got?.box[k] ?? 0) - corner), `${id} ${i}`).toBeLessThan(0.1);
            });
          });
        }
        const { AP, AP50, AP75 } = cocoMetrics(found);
        const { logAverage } = missRate(found, plainProtocol);
        const metrics = { AP, AP50, AP75, LAMR: logAverage };
        for (const [name, value] of Object.entries(metrics)) expect(value, name).toBeCloseTo(golden.metrics[name], 4);
      },
      60_000,
    );
  },
);
