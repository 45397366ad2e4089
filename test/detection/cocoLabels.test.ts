import { expect, it } from 'vitest';
import { cocoLabels80, cocoLabels90 } from '../../src/detection/cocoLabels.ts';

it("has COCO's names, 90 by id and 80 that are marked", () => {
  expect([new Set(cocoLabels90).size, new Set(cocoLabels80).size]).toEqual([90, 80]);
  // instances_val2017.json: category ids of some names
  for (const [name, id] of Object.entries({ person: 1, 'stop sign': 13, bench: 15, backpack: 27, handbag: 31 }))
    expect(cocoLabels90[id - 1]).toBe(name);
  for (const [name, id] of Object.entries({ 'wine glass': 46, 'dining table': 67, toilet: 70, tv: 72, toothbrush: 90 }))
    expect(cocoLabels90[id - 1]).toBe(name);
  expect([cocoLabels80[11], cocoLabels80[79]]).toEqual(['stop sign', 'toothbrush']);
});
