import { describe, expect, it } from 'vitest';
import type { Annotation, Box } from '../../src/core/annotation.ts';
import { bytesSource } from '../../src/data/byteSource.ts';
import { caltechVideo } from '../../src/data/caltechVideo.ts';
import type { Sample } from '../../src/data/sample.ts';
import { scenes } from '../../src/data/scenes.ts';
import type { ScenesOptions } from '../../src/data/scenesOptions.ts';
import { openSeq } from '../../src/data/seq.ts';
import { scenesToCaltech, toCaltech } from '../../src/data/toCaltech.ts';
import { readVbb } from '../../src/data/vbbRead.ts';

const small: ScenesOptions = { seed: 1, size: [96, 144], sequences: 4, framesPerSequence: 3 };
const many: ScenesOptions = { seed: 2, size: [120, 160], sequences: 120, framesPerSequence: 1 };
const noDecoder = () => Promise.reject(new Error('a raw frame needs no decoder'));
const height = ([y1, , y2]: Box) => y2 - y1;
const area = ([y1, x1, y2, x2]: Box) => (y2 - y1) * (x2 - x1);
const everything = (samples: readonly Sample[]) => samples.flatMap(({ objects }) => objects);

/** The part of one box that another covers, as intersection over union. */
function overlap(a: Box, b: Box): number {
  const inter =
    Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  return inter / (area(a) + area(b) - inter);
}

describe('scenes', () => {
  it('are the same bits in any order, and however many there are', async () => {
    const one = scenes(small);
    const other = scenes({ ...small, sequences: 9 });
    const backwards = [...one.keys()].reverse();
    const images = new Map<number, Uint8Array>();
    for (const i of backwards) images.set(i, (await other[i]?.image())?.data ?? new Uint8Array());
    for (const [i, sample] of one.entries()) {
      expect(Buffer.compare((await sample.image()).data, images.get(i) ?? new Uint8Array())).toBe(0);
      expect(sample.objects).toEqual(other[i]?.objects);
    }
  });

  it('of another seed, and of another first sequence, are other scenes', async () => {
    const pixels = async (options: ScenesOptions) => (await scenes(options)[0]?.image())?.data;
    const here = await pixels(small);
    expect(await pixels({ ...small, seed: 2 })).not.toEqual(here);
    expect(await pixels({ ...small, first: 100 })).not.toEqual(here);
    const later = scenes({ ...small, first: 2, sequences: 1 });
    expect(await later[0]?.image()).toEqual(await scenes(small)[2 * 3]?.image());
    expect(later[0]?.id).toBe('scenes-1/V002/I00000');
  });

  it('say the same of their objects before and after they are painted', async () => {
    for (const [i, sample] of scenes(small).entries()) {
      const fresh = scenes(small)[i];
      await fresh?.image();
      expect(fresh?.objects).toEqual(sample.objects);
    }
  });

  it('are images of the size that was asked for', async () => {
    const [sample] = scenes({ ...small, size: [100, 250] });
    const image = await sample?.image();
    expect(image).toMatchObject({ height: 100, width: 250 });
    expect(image?.data.length).toBe(3 * 100 * 250);
  });

  it('have boxes within the image, on whole pixels, and visible boxes within those', () => {
    const found = everything(scenes(many));
    expect(found.length).toBeGreaterThan(200);
    for (const { box, visible = box } of found) {
      const [y1, x1, y2, x2] = box;
      expect(box.every(Number.isInteger)).toBe(true);
      expect(y1 >= 0 && x1 >= 0 && y2 <= 120 && x2 <= 160 && y1 < y2 && x1 < x2).toBe(true);
      expect(visible[0] >= y1 && visible[1] >= x1 && visible[2] <= y2 && visible[3] <= x2).toBe(true);
      expect(area(visible)).toBeGreaterThan(0);
    }
  });

  it('show people between the two heights, and call the smaller ones doubtful', () => {
    const samples = scenes({ ...many, size: [240, 320] });
    const whole = everything(samples).filter(
      ({ box, visible, label }) => !visible && label !== 'ignore' && box[2] < 238 && box[0] > 1,
    );
    const tall = (label: string) => whole.filter((o) => o.label === label).map(({ box }) => height(box));
    // 50 to 200 of 480 rows are 25 to 100 of 240; .9 is where doubt begins;
    // walking adds up to .12, and a companion may be nearer.
    expect(Math.min(...tall('person'))).toBeGreaterThanOrEqual(22);
    expect(Math.max(...tall('person'))).toBeLessThanOrEqual(130);
    expect(Math.max(...tall('person?'))).toBeLessThanOrEqual(24);
    const sorted = tall('person').sort((a, b) => a - b);
    const [low = 0, high = 0] = [sorted[Math.floor(sorted.length * 0.1)], sorted[Math.floor(sorted.length * 0.9)]];
    expect(high / low).toBeGreaterThan(2); // near and far
  });

  it('hold what a detector meets: occlusion, groups, doubtful and ignored people, frames without anybody', () => {
    const samples = scenes(many);
    const found = everything(samples);
    const share = (test: (o: Annotation) => boolean) => found.filter(test).length / found.length;
    expect(share((o) => o.label === 'person')).toBeGreaterThan(0.5);
    for (const label of ['people', 'person?', 'ignore']) expect(share((o) => o.label === label)).toBeGreaterThan(0.01);
    expect(share((o) => o.occlusion === 'partial')).toBeGreaterThan(0.05);
    expect(share((o) => o.occlusion === 'heavy')).toBeGreaterThan(0.02);
    const empty = samples.filter(({ objects }) => objects.length === 0).length / samples.length;
    expect(empty).toBeGreaterThan(0.02);
    expect(empty).toBeLessThan(0.35);
  });

  it('have no habit of place: boxes of one scene tell little of another', () => {
    const lists = scenes(many).map(({ objects }) => objects.filter((o) => o.label === 'person').map((o) => o.box));
    let truths = 0;
    let hits = 0;
    lists.forEach((boxes, i) => {
      const others = lists[(i + 1) % lists.length] ?? [];
      truths += boxes.length;
      hits += boxes.filter((box) => others.some((other) => overlap(box, other) >= 0.5)).length;
    });
    expect(hits / truths).toBeLessThan(0.08); // were it high, a detector could learn the places alone
  });

  it('walk their people: a track moves a little from frame to frame and keeps its person', () => {
    const samples = scenes({ ...small, size: [240, 320], sequences: 12, framesPerSequence: 4 });
    let moved = 0;
    let pairs = 0;
    for (let i = 1; i < samples.length; i++) {
      if (i % 4 === 0) continue; // another sequence
      for (const now of samples[i]?.objects ?? []) {
        const before = samples[i - 1]?.objects.find(({ track }) => track === now.track);
        if (before === undefined || now.label !== 'person' || before.label !== 'person') continue;
        pairs++;
        if (before.box.some((edge, e) => edge !== now.box[e])) moved++;
        expect(Math.abs(height(now.box) - height(before.box))).toBeLessThan(0.5 * height(before.box));
      }
    }
    expect(pairs).toBeGreaterThan(40);
    expect(moved / pairs).toBeGreaterThan(0.8);
  });

  it('tell of cyclists as they are asked to', () => {
    const labels = (cyclists: 'ignore' | 'label' | 'none') =>
      everything(scenes({ ...many, cyclists })).filter(({ label }) => label === 'cyclist');
    expect(labels('label').length).toBeGreaterThan(4);
    expect(labels('label')[0]).not.toHaveProperty('ignore');
    expect(labels('ignore').length).toBe(0);
    expect(labels('none').length).toBe(0);
  });

  it.each<[Partial<ScenesOptions>, string]>([
    [{ size: [16, 100] }, 'scenes: size is [16, 100]; both sides must be 32 or more'],
    [{ sequences: -1 }, 'scenes: sequences is -1; it must be a whole number from 0 to 99999'],
    [{ framesPerSequence: 0 }, 'scenes: framesPerSequence is 0'],
    [{ people: [3, 2] }, 'scenes: people[1] is 2; it must be a whole number from 3 to 60'],
    [{ heights: [200, 50] }, 'scenes: heights is [200, 50]; it must rise, from 8 to 440'],
    [{ secondsPerFrame: Number.NaN }, 'scenes: secondsPerFrame is NaN; it must be 0 to 60'],
  ])('refuse %o', (options, message) => {
    expect(() => scenes({ ...small, ...options })).toThrow(message);
  });
});

describe('scenesToCaltech', () => {
  it('writes files from which the same pixels and boxes come back', async () => {
    const files = new Map<string, Uint8Array>();
    for await (const { path, bytes } of scenesToCaltech(small, { set: 'set07' })) files.set(path, bytes);
    expect([...files.keys()].slice(0, 3)).toEqual(['set07/V000.seq', 'annotations/set07/V000.vbb', 'set07/V001.seq']);
    const originals = scenes(small);
    for (let v = 0; v < 4; v++) {
      const seq = await openSeq(bytesSource(files.get(`set07/V00${v}.seq`) ?? new Uint8Array()));
      const vbb = await readVbb(files.get(`annotations/set07/V00${v}.vbb`) ?? new Uint8Array());
      const { samples } = await caltechVideo(seq, vbb, { name: 'v', decode: noDecoder, skip: 1 });
      expect(samples.length).toBe(3);
      for (const [f, sample] of samples.entries()) {
        const original = originals[3 * v + f];
        const plain = (objects: readonly Annotation[] = []) => objects.map(({ track: _, ...rest }) => rest);
        expect(plain(sample.objects)).toEqual(plain(original?.objects));
        expect(Buffer.compare((await sample.image()).data, (await original?.image())?.data ?? new Uint8Array())).toBe(
          0,
        );
      }
    }
  });

  it('refuses a set that the format does not know, and samples of two sizes', async () => {
    await expect(scenesToCaltech(small, { set: 'train' }).next()).rejects.toThrow(
      'set is "train"; it must be set00 to set99',
    );
    const mixed = [...scenes({ ...small, sequences: 1 }), ...scenes({ ...small, size: [64, 64], sequences: 1 })];
    await expect(toCaltech(mixed)).rejects.toThrow('scenes-1/V000/I00000 is 64x64 but scenes-1/V000/I00000 is 96x144');
    await expect(toCaltech([])).rejects.toThrow('there are no samples');
  });
});
