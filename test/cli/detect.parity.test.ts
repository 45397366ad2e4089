import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { iou } from '../../src/detection/overlaps.ts';
import { ownFolder, run } from './run.ts';

const shared = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const weights = `${shared}weights/efficientdet-lite0-penn-fudan.safetensors`;
const there = existsSync(weights) && existsSync(`${shared}penn-fudan/PNGImages`);
const at = ownFolder();

describe.skipIf(!there)('parity of the program (needs ../shared/data)', () => {
  it("detects by a published detector's description, with effdet's weights under effdet's names", async () => {
    const description = {
      format: 'pyramidion-model/1',
      family: 'efficientDetLite0',
      variant: 'timmTf', // as effdet's weights are; the pixels of the recipe
      standardize: { mean: [127, 127, 127], deviation: [128, 128, 128] },
      labels: ['person'],
      anchors: { ratios: [[1.56, 0.64]] },
    };
    await writeFile(at('m.json'), JSON.stringify(description));
    const photograph = `${shared}penn-fudan/PNGImages/FudanPed00002.png`;
    const named = ['--model', at('m.json'), '--weights', weights];
    const { code, out, err } = await run(['detect', photograph, ...named, '--json']);
    expect([code, err]).toEqual([0, '']);
    const { detections } = JSON.parse(out);
    const golden = JSON.parse(await readFile(weights.replace('.safetensors', '.json'), 'utf8'));
    const [[x1, y1, x2, y2, score]] = golden.detections.images.FudanPed00002;
    expect(detections.length).toBeLessThanOrEqual(100); // EfficientDet's own rule, not SSD's
    expect(Math.abs(detections[0].score - score)).toBeLessThan(0.05); // reduced with antialias here, without there
    expect(iou(detections[0].box, [y1, x1, y2, x2])).toBeGreaterThan(0.94); // likewise
  }, 20_000);
});
