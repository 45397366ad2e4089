import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import type { Augmentation } from '../../src/data/augmentSteps.ts';
import { imageCache } from '../../src/data/batchCache.ts';
import { type Batch, type BatchOptions, batches } from '../../src/data/batches.ts';
import { loadersOver } from '../../src/data/loadersPool.ts';
import type { Sample } from '../../src/data/sample.ts';
import { encodePng } from '../../src/node/images.ts';
import { fileImage, loadingWorkers, threadOf } from '../../src/node/loadingWorkers.ts';

const [height, width] = [40, 60];
const home = mkdtempSync(join(tmpdir(), 'pyramidion-loading-'));
afterAll(() => rmSync(home, { recursive: true }));

/** Ten files of noise, and two samples that are painted here. */
const samples: Sample[] = Array.from({ length: 12 }, (_, i) => {
  const painted = async () => ({ height, width, data: noise(i) });
  const image = i < 10 ? fileImage({ at: join(home, `${i}.png`), height, width }) : painted;
  return { id: `I${i}`, height, width, objects: [{ box: [4, 6, 34, 20], label: `of ${i}` }], image };
});
const noise = (key: number) => {
  const random = keyedRandom('noise', key);
  return Uint8Array.from({ length: 3 * height * width }, () => 256 * random());
};
beforeAll(async () => {
  for (let i = 0; i < 10; i++)
    writeFileSync(join(home, `${i}.png`), await encodePng({ height, width, data: noise(i) }));
  writeFileSync(join(home, 'cut.png'), await encodePng({ height, width, data: noise(0) }));
  truncateSync(join(home, 'cut.png'), 900);
});

const augment: readonly Augmentation[] = [
  { name: 'scaleJitter' },
  { name: 'colour', brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.1 },
  { name: 'mosaic', probability: 0.5 },
  { name: 'mixup' },
  { name: 'blur' },
  { name: 'cutOut' },
  { name: 'flip' },
];
const base: BatchOptions = { size: [32, 48], batch: 4, seed: 1, epoch: 0, augment };

async function all(of: readonly Sample[], options: Partial<BatchOptions> = {}): Promise<Omit<Batch, 'samples'>[]> {
  const made: Omit<Batch, 'samples'>[] = [];
  for await (const { samples: _, ...rest } of batches(of, { ...base, ...options })) made.push(rest);
  return made;
}

describe('batches by threads', { timeout: 60_000 }, () => {
  it.each([0, 1, 2])('have the same bits with %i of them, with a cache or without', async (count) => {
    const plain = await all(samples);
    const workers = loadingWorkers({ count });
    expect(await all(samples, { workers })).toEqual(plain);
    const cache = imageCache({ bytes: 1e6 });
    for (const epoch of [0, 1, 0])
      expect(await all(samples, { workers, cache, epoch })).toEqual(
        epoch === 0 ? plain : await all(samples, { epoch }),
      );
    expect(cache.bytes()).toBe(12 * 3 * height * width);
    workers.dispose();
  });

  it('name an image that is gone or cut as batches here do, or put the same others in its place', async () => {
    const wrong: Readonly<Record<number, string>> = { 3: 'gone.png', 7: 'cut.png' };
    const of = samples.map((sample, i) => {
      const name = wrong[i];
      return name === undefined ? sample : { ...sample, image: fileImage({ at: join(home, name), height, width }) };
    });
    const workers = loadingWorkers({ count: 2 });
    for (const bad of [3, 7]) {
      const one = of.filter((_, i) => i === bad);
      const options = { batch: 1, augment: [] };
      const here = await all(one, options).catch((error: unknown) => error);
      const there = await all(one, { ...options, workers }).catch((error: unknown) => error);
      expect(String(there)).toBe(String(here));
      expect(there).toMatchObject({ cause: { name: 'FormatError' } });
      expect(String(there)).toMatch(
        /batches: I\d \(image 0 of batch 0, epoch 0\): .*(gone.png is missing|cut.png: 900 bytes)/,
      );
    }
    const onBad = vi.fn();
    expect(await all(of, { workers, onBad })).toEqual(await all(of, { onBad: () => {} }));
    expect(new Set(onBad.mock.calls.map(([id]) => id))).toEqual(new Set(['I3', 'I7']));
    workers.dispose();
  });

  it('end with an error when a thread does, and do not wait for ever', async () => {
    const dying = threadOf(new URL('data:text/javascript,process.exit(9)'));
    await expect(all(samples, { workers: loadersOver([dying]) })).rejects.toThrow(
      'batches: a worker that loads images ended by itself: it left with 9',
    );
    const broken = threadOf(new URL('data:text/javascript,throw new Error("out of luck")'));
    await expect(all(samples, { workers: loadersOver([broken]) })).rejects.toThrow(/ended by itself: out of luck/);
  });

  it("stop with the signal's reason", async () => {
    const workers = loadingWorkers({ count: 1 });
    const controller = new AbortController();
    const epoch = batches(samples, { ...base, workers, signal: controller.signal });
    await epoch.next();
    const next = epoch.next();
    controller.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
    workers.dispose();
  });

  it('refuse a count that cannot be', () => {
    expect(() => loadingWorkers({ count: -1 })).toThrow('loadingWorkers: count is -1; it must be a whole number');
  });

  it('keep no process alive, but while one waits for them it lives', () => {
    const program = `
      import { batches } from 'pyramidion/data';
      import { loadingWorkers } from 'pyramidion/node';
      import { fileImage } from './src/node/loadingWorkers.ts';
      const image = fileImage({ at: ${JSON.stringify(join(home, '0.png'))}, height: ${height}, width: ${width} });
      const sample = { id: 'a', height: ${height}, width: ${width}, objects: [], image };
      for await (const { ids } of batches([sample], { size: [8, 8], batch: 1, seed: 0, epoch: 0, workers: loadingWorkers({ count: 2 }) }))
        console.log('read', ids[0]);`;
    const options = ['--conditions=pyramidion-source', '--import', 'tsx', '--input-type=module', '-e', program];
    expect(execFileSync(process.execPath, options, { encoding: 'utf8', timeout: 50_000 })).toBe('read a\n');
  });
});
