import { describe, expect, it, vi } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { baselineAugmentation, ssdAugmentation } from '../../src/data/augmentSteps.ts';
import { imageCache } from '../../src/data/batchCache.ts';
import { type Batch, type BatchOptions, batches } from '../../src/data/batches.ts';
import { batchCount } from '../../src/data/batchOrder.ts';
import { inverse, placeBox } from '../../src/data/placement.ts';
import type { Sample } from '../../src/data/sample.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Samples of 20x30 pixels, each of a grey of its own, that take `delay(i)` milliseconds to decode. */
function makeSamples(
  count: number,
  delay: (i: number) => number = () => 0,
  onDecode: (id: string) => void = () => {},
): Sample[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `set00/I${i}`,
    width: 30,
    height: 20,
    objects: [{ box: [4, 6, 14, 16], label: 'person' }],
    image: async () => {
      onDecode(`set00/I${i}`);
      const wait = delay(i);
      if (wait > 0) await sleep(wait);
      return { width: 30, height: 20, data: new Uint8Array(20 * 30 * 3).fill(10 * i) };
    },
  }));
}

const base: BatchOptions = { size: [10, 15], batch: 4, seed: 1, epoch: 0 };

async function all(samples: readonly Sample[], options: Partial<BatchOptions> = {}): Promise<Batch[]> {
  const made: Batch[] = [];
  for await (const batch of batches(samples, { ...base, ...options })) made.push(batch);
  return made;
}
const idsOf = (made: readonly Batch[]) => made.flatMap(({ ids }) => ids);
/** All that a batch says, without the samples' functions. */
const said = (made: readonly Batch[]) => made.map(({ samples: _, ...rest }) => rest);

describe('batches', () => {
  it('are images of the size, 0-255 RGB, with ids, objects in pixels of the input and the way back', async () => {
    const [batch] = await all(makeSamples(4), { shuffle: false });
    expect(batch?.images).toHaveLength(4 * 10 * 15 * 3);
    expect(batch?.images[3 * 10 * 15 * 3]).toBeCloseTo(30, 4); // the fourth image's grey
    expect(batch?.ids).toEqual(['set00/I0', 'set00/I1', 'set00/I2', 'set00/I3']);
    expect(batch?.objects[2]).toEqual([{ box: [2, 3, 7, 8], label: 'person' }]); // half of [4, 6, 14, 16]
    const [placement] = batch?.placements ?? [];
    expect(placement && placeBox([2, 3, 7, 8], inverse(placement))).toEqual([4, 6, 14, 16]);
    expect(batch?.samples[1]?.id).toBe('set00/I1');
  });

  it('hold each sample once, in an order of the seed and the epoch', async () => {
    const samples = makeSamples(12);
    const first = idsOf(await all(samples));
    expect([...first].sort()).toEqual(samples.map(({ id }) => id).sort());
    expect(first).toEqual(idsOf(await all(samples)));
    expect(first).not.toEqual(idsOf(await all(samples, { epoch: 1 })));
    expect(first).not.toEqual(idsOf(await all(samples, { seed: 2 })));
    expect(idsOf(await all(samples, { shuffle: false }))).toEqual(samples.map(({ id }) => id));
  });

  it('put every sample anywhere, given enough epochs', async () => {
    const samples = makeSamples(4);
    const seen = new Set<string>();
    for (let epoch = 0; epoch < 100; epoch++)
      idsOf(await all(samples, { epoch })).forEach((id, place) => void seen.add(`${id} ${place}`));
    expect(seen.size).toBe(16); // 4 samples, 4 places
  });

  it('have the same bits whatever the timing, the look-ahead and the cache', async () => {
    const augment = [...baselineAugmentation, ...ssdAugmentation];
    const plain = said(await all(makeSamples(12), { augment }));
    const random = keyedRandom('delays');
    const delays = Array.from({ length: 12 }, () => 4 * random());
    expect(
      said(
        await all(
          makeSamples(12, (i) => delays[i] ?? 0),
          { augment, ahead: 3 },
        ),
      ),
    ).toEqual(plain);
    expect(
      said(
        await all(
          makeSamples(12, (i) => 4 - i / 3),
          { augment, ahead: 0 },
        ),
      ),
    ).toEqual(plain);
    const cache = imageCache({ bytes: 5 * 1800 });
    const samples = makeSamples(12);
    expect(said(await all(samples, { augment, cache }))).toEqual(plain);
    expect(said(await all(samples, { augment, cache }))).toEqual(plain);
  });

  it('augment a sample anew in each epoch', async () => {
    const samples = makeSamples(1);
    const options = { batch: 1, augment: [{ name: 'scaleJitter' }] } as const;
    const epochs = await Promise.all(
      [0, 1, 2].map(async (epoch) => (await all(samples, { ...options, epoch }))[0]?.placements[0]?.scaleX),
    );
    expect(new Set(epochs).size).toBe(3);
  });

  it('resume in the middle of an epoch with the same bits', async () => {
    const samples = makeSamples(12);
    const augment = baselineAugmentation;
    const whole = await all(samples, { augment });
    expect(said(await all(samples, { augment, from: 2 }))).toEqual(said(whole.slice(2)));
    expect(await all(samples, { augment, from: 3 })).toEqual([]);
    expect(() => batches(samples, { ...base, from: 4 })).toThrow(
      /from is 4; the epoch has 3 batches, so it must be 0 to 3/,
    );
  });

  it('leave out what does not fill a batch, or refill it from the start of the epoch, augmented otherwise', async () => {
    const samples = makeSamples(6);
    expect(await all(samples)).toHaveLength(1);
    const refilled = await all(samples, { last: 'refill', augment: [{ name: 'scaleJitter' }] });
    expect(refilled).toHaveLength(2);
    expect(refilled[1]?.ids.slice(2)).toEqual(refilled[0]?.ids.slice(0, 2));
    expect(refilled[1]?.placements[2]).not.toEqual(refilled[0]?.placements[0]);
    expect([batchCount(6, { batch: 4 }), batchCount(6, { batch: 4, last: 'refill' })]).toEqual([1, 2]);
  });

  it('refuse what cannot be, at the call, with the numbers', () => {
    const call =
      (count: number, options: Partial<BatchOptions> = {}) =>
      () =>
        batches(makeSamples(count), { ...base, ...options });
    expect(call(0)).toThrow(/batches: there are no samples/);
    expect(call(3)).toThrow(/batch is 4 but there are 3 samples; use a batch of at most 3/);
    expect(call(3, { last: 'refill' })).toThrow(/use a batch of at most 3/);
    expect(call(4, { batch: 0 })).toThrow(/batch is 0; it must be a whole number of at least 1 image/);
    expect(call(4, { size: [10.5, 15] })).toThrow(/batches: size is \[10.5, 15\]/);
    expect(call(4, { ahead: -1 })).toThrow(/ahead is -1; it must be a whole number of at least 0/);
    expect(call(4, { augment: [{ name: 'flip', probability: 2 }] })).toThrow(/batches: step 0, flip: probability is 2/);
    expect(call(4, { fill: [0, 0, -1] })).toThrow(/fill is \[0,0,-1\]/);
    expect(call(4, { leastSide: -1 })).toThrow(/leastSide is -1/);
  });
});

describe('looking ahead', () => {
  it.each([0, 1, 2])('decodes %i batches beside the one in use, and no more', async (ahead) => {
    const decoded: string[] = [];
    const epoch = batches(
      makeSamples(40, undefined, (id) => void decoded.push(id)),
      { ...base, ahead },
    );
    await epoch.next();
    await sleep(5);
    expect(decoded).toHaveLength(4 * (1 + ahead));
    await epoch.next();
    await sleep(5);
    expect(decoded).toHaveLength(4 * (2 + ahead));
    await epoch.return();
  });

  it('stops when the consumer stops: not even substitutes are decoded any more', async () => {
    const decoded: string[] = [];
    const samples = makeSamples(40).map((sample, i) => ({
      ...sample,
      image: async () => {
        decoded.push(sample.id);
        if (i < 4) return sample.image();
        await sleep(3);
        throw new Error('cut short');
      },
    }));
    for await (const _ of batches(samples, { ...base, shuffle: false, onBad: () => {} })) break;
    const before = decoded.length;
    await sleep(20);
    expect(decoded).toHaveLength(before);
  });
});

describe('an abort', () => {
  it("ends the epoch at once with the signal's reason, even in the middle of a decode", async () => {
    const controller = new AbortController();
    const epoch = batches(
      makeSamples(8, () => 10_000),
      { ...base, signal: controller.signal },
    );
    const first = epoch.next();
    setTimeout(() => controller.abort(new Error('enough')), 5);
    await expect(first).rejects.toThrow('enough');
    expect(await epoch.next()).toEqual({ done: true, value: undefined });
  });

  it('before the start decodes nothing', async () => {
    const decode = vi.fn();
    const epoch = batches(makeSamples(8, undefined, decode), {
      ...base,
      signal: AbortSignal.abort(new Error('never')),
    });
    await expect(epoch.next()).rejects.toThrow('never');
    expect(decode).not.toHaveBeenCalled();
  });
});

describe('an image that cannot be read', () => {
  const broken = (count: number, bad: readonly number[]) =>
    makeSamples(count).map((sample, i) =>
      bad.includes(i) ? { ...sample, image: () => Promise.reject(new Error('the JPEG ends early')) } : sample,
    );

  it('fails the epoch in its turn, naming the sample, its place and the reason', async () => {
    const epoch = batches(broken(12, [6]), { ...base, shuffle: false });
    expect((await epoch.next()).value?.index).toBe(0); // the look-ahead met it already
    await expect(epoch.next()).rejects.toThrow('batches: set00/I6 (image 2 of batch 1, epoch 0): the JPEG ends early');
  });

  it('gives its cause', async () => {
    const error = await all(broken(4, [0])).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ cause: { message: 'the JPEG ends early' } });
  });

  it('is told and replaced on request, by the same other one in every run', async () => {
    const bad: string[] = [];
    const onBad = (id: string, error: unknown) => void bad.push(`${id}: ${error instanceof Error}`);
    const first = await all(broken(12, [6]), { shuffle: false, onBad, augment: baselineAugmentation });
    expect(bad).toEqual(['set00/I6: true']);
    expect(idsOf(first)).toHaveLength(12);
    expect(idsOf(first)).not.toContain('set00/I6');
    expect(said(await all(broken(12, [6]), { shuffle: false, onBad, augment: baselineAugmentation }))).toEqual(
      said(first),
    );
  });

  it('fails the epoch after all when the substitutes cannot be read either', async () => {
    const onBad = vi.fn();
    await expect(all(broken(4, [0, 1, 2, 3]), { batch: 1, onBad, ahead: 0 })).rejects.toThrow(/the JPEG ends early/);
    expect(onBad.mock.calls.map(([id]) => id).sort()).toEqual(['set00/I0', 'set00/I1', 'set00/I2', 'set00/I3']);
  });

  it('is one of another size than its annotations say, or of other bytes than its size', async () => {
    const [sample] = makeSamples(1);
    const wrong = (width: number, bytes: number) => [
      {
        id: 'odd',
        width: 30,
        height: 20,
        objects: [],
        image: async () => ({ width, height: 20, data: new Uint8Array(bytes) }),
      },
    ];
    expect(sample).toBeDefined();
    await expect(all(wrong(40, 40 * 20 * 3), { batch: 1 })).rejects.toThrow(
      /odd .*the image is 20x40 but its annotations are for 20x30/,
    );
    await expect(all(wrong(30, 30 * 20), { batch: 1 })).rejects.toThrow(/odd .*20x30 has 600 bytes/);
  });
});

describe('a cache of images', () => {
  it('decodes a small data set once', async () => {
    const decoded: string[] = [];
    const samples = makeSamples(8, undefined, (id) => void decoded.push(id));
    const cache = imageCache({ bytes: 8 * 1800 }); // 20 * 30 * 3 each
    for (const epoch of [0, 1, 2]) await all(samples, { cache, epoch });
    expect(decoded).toHaveLength(8);
    expect(cache.bytes()).toBe(14400);
    cache.clear();
    expect(cache.bytes()).toBe(0);
    await all(samples, { cache });
    expect(decoded).toHaveLength(16);
  });

  it('keeps what it has when it is full, so that a scan of more than it holds still meets it', async () => {
    const decoded: string[] = [];
    const samples = makeSamples(8, undefined, (id) => void decoded.push(id));
    const cache = imageCache({ bytes: 6 * 1800 + 100 });
    for (const epoch of [0, 1]) await all(samples, { cache, epoch });
    expect(decoded).toHaveLength(8 + 2);
    expect(cache.bytes()).toBeLessThanOrEqual(6 * 1800 + 100);
  });

  it('does not keep a failure', async () => {
    let fails = true;
    const [sample] = makeSamples(1);
    const flaky: Sample = {
      id: 'flaky',
      width: 30,
      height: 20,
      objects: [],
      image: () =>
        fails
          ? Promise.reject(new Error('busy'))
          : Promise.resolve({ width: 30, height: 20, data: new Uint8Array(1800) }),
    };
    const cache = imageCache({ bytes: 1e6 });
    await expect(cache.image(flaky)).rejects.toThrow('busy');
    expect(cache.bytes()).toBe(0);
    fails = false;
    expect((await cache.image(flaky)).width).toBe(30);
    expect(sample && (await cache.image(sample)).data[0]).toBe(0);
  });

  it('knows samples, not names: two data sets may share an id', async () => {
    const cache = imageCache({ bytes: 1e6 });
    const [one] = makeSamples(1);
    const other = one && { ...one, image: async () => ({ width: 30, height: 20, data: new Uint8Array(1800).fill(9) }) };
    expect(one && (await cache.image(one)).data[0]).toBe(0);
    expect(other && (await cache.image(other)).data[0]).toBe(9);
  });

  it('refuses a bound that cannot be', () => {
    expect(() => imageCache({ bytes: Number.NaN })).toThrow(/imageCache: bytes is NaN; it must be at least 0/);
  });
});
