import { describe, expect, it } from 'vitest';
import { type EvaluationBatch, type EvaluationOptions, evaluationBatches } from '../../src/data/batchEvaluation.ts';
import { inverse, placeBox } from '../../src/data/placement.ts';
import type { Sample } from '../../src/data/sample.ts';

const samples: readonly Sample[] = Array.from({ length: 5 }, (_, i) => ({
  id: `I${i}`,
  width: 40,
  height: 20,
  objects: [
    { box: [-2, 30, 18, 44], visible: [0, 30, 18, 40], label: 'person' },
    { box: [0, 0, 1, 1], label: 'people', ignore: 'people' },
  ],
  image: async () => ({ width: 40, height: 20, data: new Uint8Array(2400).fill(20 * (i + 1)) }),
}));

async function all(of: readonly Sample[], options: Partial<EvaluationOptions> = {}): Promise<EvaluationBatch[]> {
  const made: EvaluationBatch[] = [];
  for await (const batch of evaluationBatches(of, { size: [20, 20], batch: 2, fill: [7, 7, 7], ...options }))
    made.push(batch);
  return made;
}

describe('evaluation batches', () => {
  it('hold every sample once, in order, and pad the last', async () => {
    const made = await all(samples);
    expect(made.map(({ ids }) => ids)).toEqual([['I0', 'I1'], ['I2', 'I3'], ['I4']]);
    expect(made.map(({ valid }) => valid)).toEqual([2, 2, 1]);
    const last = made[2];
    expect(last?.images).toHaveLength(2 * 20 * 20 * 3);
    expect(last?.images[0]).toBe(100);
    expect(new Set(last?.images.subarray(1200))).toEqual(new Set([7])); // the padding
    expect([last?.objects.length, last?.placements.length, last?.samples.length]).toEqual([1, 1, 1]);
  });

  it('fit the image and leave its objects whole, whatever leaves it', async () => {
    const [batch] = await all(samples);
    expect(batch?.images[10 * 20 * 3]).toBe(7); // 20x40 letterboxed to 10x20: the margin begins at line 10
    expect(batch?.objects[1]).toEqual([
      { box: [-1, 15, 9, 22], visible: [0, 15, 9, 20], label: 'person' },
      { box: [0, 0, 0.5, 0.5], label: 'people', ignore: 'people' },
    ]);
  });

  it('bring a detection back to pixels of the original', async () => {
    const [batch] = await all(samples, { at: 'centre' });
    const [placement] = batch?.placements ?? [];
    expect(placement?.offsetY).toBe(5);
    expect(placement && placeBox([5, 10, 15, 20], inverse(placement))).toEqual([0, 20, 20, 40]);
  });

  it('take a batch larger than the data set, and refuse an empty one', async () => {
    expect((await all(samples, { batch: 8 })).map(({ valid }) => valid)).toEqual([5]);
    expect(() => evaluationBatches([], { size: [20, 20], batch: 2 })).toThrow(
      /evaluationBatches: there are no samples/,
    );
    expect(() => evaluationBatches(samples, { size: [20, 20], batch: 1.5 })).toThrow(/batch is 1.5/);
    expect(() => evaluationBatches(samples, { size: [20, -1], batch: 1 })).toThrow(/size is \[20, -1\]/);
  });

  it('name a sample that cannot be read', async () => {
    const broken = samples.map((sample, i) =>
      i === 3 ? { ...sample, image: () => Promise.reject(new Error('cut short')) } : sample,
    );
    await expect(all(broken)).rejects.toThrow('I3 (image 1 of batch 1): cut short');
  });

  it('end with the reason of their signal', async () => {
    await expect(all(samples, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
