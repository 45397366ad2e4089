import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FormatError } from '../../src/data/formatError.ts';
import { scenes } from '../../src/data/scenes.ts';
import type { ScenesOptions } from '../../src/data/scenesOptions.ts';
import { openSeq } from '../../src/data/seq.ts';
import { describeSkipped } from '../../src/data/skipped.ts';
import { vbbOf } from '../../src/data/vbbAnnotations.ts';
import { writeVbb } from '../../src/data/vbbWrite.ts';
import { caltech } from '../../src/node/caltech.ts';
import { fileSource, writeFileAtomic } from '../../src/node/files.ts';
import { decodeImage } from '../../src/node/images.ts';
import { pennFudan } from '../../src/node/pennFudan.ts';
import { writeScenes } from '../../src/node/scenes.ts';
import { sharedData } from '../data/shared.ts';

const options: ScenesOptions = { seed: 3, size: [64, 96], sequences: 2, framesPerSequence: 6, people: [2, 5] };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pyramidion-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A Caltech folder of its own for a test, which may damage it. */
async function published(name: string): Promise<string> {
  const root = join(folder, name);
  await writeScenes(root, options, { set: 'set00' });
  await writeScenes(root, { ...options, first: 10 }, { set: 'set06' });
  return root;
}

describe('caltech', () => {
  it('gives back what was written, by set and video', async () => {
    const { samples, skipped } = await caltech(await published('whole'), { skip: 1 });
    expect(skipped).toEqual([]);
    expect(samples.map(({ id }) => id).slice(5, 8)).toEqual([
      'set00/V000/I00005',
      'set00/V001/I00000',
      'set00/V001/I00001',
    ]);
    const originals = [...scenes(options), ...scenes({ ...options, first: 10 })];
    expect(samples.length).toBe(24);
    for (const [i, sample] of samples.entries()) {
      const boxes = (of: typeof sample | undefined) =>
        of?.objects.map(({ box, visible, label, ignore }) => ({ box, visible, label, ignore }));
      expect(boxes(sample)).toEqual(boxes(originals[i]));
    }
    const image = await samples[7]?.image();
    const original = await originals[7]?.image();
    const apart = Array.from(image?.data ?? [], (value, i) => Math.abs(value - (original?.data[i] ?? 0)));
    expect(apart.reduce((sum, value) => sum + value, 0) / apart.length).toBeLessThan(8); // a JPEG of quality 90 and noise
  });

  it('takes the frames of the protocol: 29, 59, ... of 0 to 59 at skip 30', async () => {
    const root = join(folder, 'protocol');
    await writeScenes(root, { ...options, sequences: 1, framesPerSequence: 61, size: [32, 32] }, { set: 'set06' });
    expect((await caltech(root)).samples.map(({ id }) => id)).toEqual(['set06/V000/I00029', 'set06/V000/I00059']);
  });

  it('takes sets, videos and frames as asked, and leaves out what is another set', async () => {
    const root = await published('chosen');
    const ids = async (more: Parameters<typeof caltech>[1]) =>
      (await caltech(root, { skip: 1, ...more })).samples.map(({ id }) => id);
    const validation = [{ set: 'set00', video: 'V001', frames: [1, 2] }] as const;
    expect(await ids({ only: validation })).toEqual(['set00/V001/I00001', 'set00/V001/I00002']);
    const rest = await ids({ except: validation });
    expect(rest.length).toBe(22);
    expect(rest).not.toContain('set00/V001/I00001');
    expect(await ids({ sets: ['set06'], except: [{ set: 'set06', video: 'V000' }] })).toHaveLength(6);
    expect(await ids({ only: [{ set: 'set06' }] })).toHaveLength(12);
    await expect(ids({ sets: 'train' })).rejects.toThrow(/has no set01; it has set00, set06/);
  });

  it('reads the layout of the devkit, with its sets below videos', async () => {
    const root = await published('devkit');
    await mkdir(join(root, 'videos'));
    for (const set of ['set00', 'set06']) await rename(join(root, set), join(root, 'videos', set));
    expect((await caltech(root, { skip: 1 })).samples.length).toBe(24);
  });

  it('says that a folder is another kind of folder', async () => {
    await expect(caltech(folder)).rejects.toThrow(
      /has no folders set00, set01, .*; give the one that has, as published/,
    );
    await expect(caltech(join(folder, 'nowhere'))).rejects.toThrow(/nowhere has no folders set00/);
  });

  describe('where something is wrong', () => {
    it('names the file, or leaves the video out and counts it', async () => {
      const root = await published('damaged');
      const file = join(root, 'annotations/set00/V001.vbb');
      await writeFile(file, (await readFile(file)).subarray(0, 500));
      await expect(caltech(root, { skip: 1 })).rejects.toThrow(/V001\.vbb: byte \d+: .*was the file cut\?/);
      const { samples, skipped } = await caltech(root, { skip: 1, onBad: 'skip' });
      expect(samples.length).toBe(18);
      expect(skipped.map(({ where }) => where)).toEqual(['set00/V001']);
      expect(describeSkipped(skipped)).toMatch(/^1 skipped: set00\/V001 \(.*V001\.vbb/);
    });

    it('names the frame behind a cut, when it is looked at, or leaves those behind it out', async () => {
      const root = await published('cut');
      const file = join(root, 'set00/V000.seq');
      const bytes = await readFile(file);
      const seq = await openSeq(await fileSource(file));
      const { offset } = await seq.place(4);
      await writeFile(file, bytes.subarray(0, offset + 10));
      const { samples } = await caltech(root, { skip: 1 });
      await expect(samples[4]?.image()).rejects.toThrow(/V000\.seq: frame 4, at byte \d+, gives its length as/);
      await expect(samples[3]?.image()).resolves.toMatchObject({ width: 96 });
      const left = await caltech(root, { skip: 1, onBad: 'skip' });
      expect(left.skipped.map(({ where }) => where)).toEqual(['set00/V000/I00004', 'set00/V000/I00005']);
      expect(left.samples.length).toBe(22);
    });

    it('names a box that is outside, and its frame', async () => {
      const root = await published('outside');
      const file = join(root, 'annotations/set00/V000.vbb');
      const frames = Array.from({ length: 6 }, (_, f) => [
        { box: [10, f === 3 ? 96 : 10, 30, f === 3 ? 104 : 18] as const, label: 'person', track: 1 },
      ]);
      await writeFile(file, writeVbb(vbbOf(frames)));
      const message = 'set00/V000/I00003: object 1 (person) is at [y1 x1 y2 x2] = [10 96 30 104]; the image is 64x96';
      await expect(caltech(root, { skip: 1 })).rejects.toThrow(message);
      await expect(caltech(root, { skip: 1 })).rejects.toBeInstanceOf(FormatError);
      const { skipped, samples } = await caltech(root, { skip: 1, onBad: 'skip' });
      expect(skipped).toEqual([{ where: 'set00/V000/I00003', reason: message }]);
      expect(samples.length).toBe(23);
    });

    it('keeps a frame without objects, or counts it out', async () => {
      const root = await published('empty');
      await writeFile(join(root, 'annotations/set00/V000.vbb'), writeVbb(vbbOf([[], [], [], [], [], []])));
      expect((await caltech(root, { skip: 1 })).samples.length).toBe(24);
      const { skipped } = await caltech(root, { skip: 1, empty: 'skip', only: [{ set: 'set00', video: 'V000' }] });
      expect(skipped.length).toBe(6);
      expect(describeSkipped(skipped, 1)).toBe('6 skipped: set00/V000/I00000 (no objects), and 5 more');
    });

    it('compares the frames of video and annotation', async () => {
      const root = await published('other');
      await writeFile(join(root, 'annotations/set06/V000.vbb'), writeVbb(vbbOf([[], []])));
      await expect(caltech(root)).rejects.toThrow(
        'set06/V000: the .seq has 6 frames, the .vbb 2; are they of one video?',
      );
      await rm(join(root, 'annotations/set06/V000.vbb'));
      await expect(caltech(root)).rejects.toThrow(/V000\.vbb is missing; set06\/V000\.seq has no annotation/);
    });
  });
});

describe('fileSource', () => {
  it('reads at any place, many at a time, and past the end what there is', async () => {
    const path = join(folder, 'bytes');
    await writeFile(
      path,
      Uint8Array.from({ length: 1000 }, (_, i) => i),
    );
    const source = await fileSource(path);
    expect(source.size).toBe(1000);
    const reads = await Promise.all([900, 3, 500].map((offset) => source.read(offset, 2)));
    expect(reads.map((bytes) => [...bytes])).toEqual([
      [132, 133],
      [3, 4],
      [244, 245],
    ]); // modulo 256
    expect((await source.read(998, 10)).length).toBe(2);
    expect((await source.read(2000, 10)).length).toBe(0);
  });

  it('is closed a moment after its last read and opens again', async () => {
    const path = join(folder, 'closing');
    await writeFile(path, 'abc');
    const source = await fileSource(path);
    await source.read(0, 1);
    await new Promise((done) => setTimeout(done, 300));
    expect(new TextDecoder().decode(await source.read(1, 2))).toBe('bc');
  });
});

describe('writeFileAtomic', () => {
  it('makes folders, replaces what is there and leaves nothing beside it', async () => {
    const path = join(folder, 'deep/er/file.txt');
    await writeFileAtomic(path, 'one');
    await writeFileAtomic(path, new TextEncoder().encode('two'));
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await readdir(join(folder, 'deep/er'))).toEqual(['file.txt']);
  });

  it('leaves the file as it was, and nothing beside it, where it fails', async () => {
    const taken = join(folder, 'taken');
    await mkdir(join(taken, 'full'), { recursive: true });
    await expect(writeFileAtomic(taken, 'x')).rejects.toThrow();
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('writeScenes', () => {
  it('stops between two files when it is told to', async () => {
    const root = join(folder, 'stopped');
    const stop = new AbortController();
    const written: string[] = [];
    const onFile = (path: string) => {
      written.push(path);
      stop.abort(new Error('enough'));
    };
    await expect(writeScenes(root, options, { onFile, signal: stop.signal })).rejects.toThrow('enough');
    expect(written).toEqual(['set00/V000.seq']);
  });
});

describe('pennFudan', () => {
  const data = sharedData('penn-fudan');

  it.skipIf(data.absent)('reads the 170 images and 423 people (where the shared data lie)', async () => {
    const { samples, skipped } = await pennFudan(data.path);
    expect([samples.length, skipped.length]).toEqual([170, 0]);
    expect(samples.reduce((sum, { objects }) => sum + objects.length, 0)).toBe(423);
    expect(samples[0]).toMatchObject({ id: 'FudanPed00001', width: 559, height: 536 });
    expect(samples[0]?.objects[0]).toEqual({ box: [181, 159, 431, 302], label: 'person' }); // (160, 182) - (302, 431)
    expect((await samples[0]?.image())?.data.length).toBe(559 * 536 * 3);
    expect((await pennFudan(data.path, { only: ['FudanPed00007'] })).samples.map(({ id }) => id)).toEqual([
      'FudanPed00007',
    ]);
    await expect(pennFudan(data.path, { only: ['x'] })).rejects.toThrow(/there is no x among the 170 images/);
  });

  it('says that a folder is another kind, and names or counts a file that is wrong', async () => {
    const root = join(folder, 'penn');
    await expect(pennFudan(root)).rejects.toThrow(/penn has no Annotation\/\*\.txt; give the folder PennFudanPed/);
    await writeFileAtomic(join(root, 'Annotation/A.txt'), 'nothing');
    await expect(pennFudan(root)).rejects.toThrow(/A\.txt: there is no line "# Compatible/);
    expect((await pennFudan(root, { onBad: 'skip' })).skipped.map(({ where }) => where)).toEqual(['A']);
  });
});

describe('a real video', () => {
  const video = sharedData('caltech/peds30.seq');

  it.skipIf(video.absent)('decodes from its file, frame by frame (where the shared data lie)', async () => {
    const seq = await openSeq(await fileSource(video.path), { name: 'peds30.seq' });
    const frame = await seq.frame(29);
    const image = await decodeImage(frame.bytes);
    expect([image.height, image.width]).toEqual([480, 640]);
    const mean = image.data.reduce((sum, value) => sum + value, 0) / image.data.length;
    expect(mean).toBeGreaterThan(40); // a street by day, not a grey or black frame
    expect(mean).toBeLessThan(200);
  });

  it.skipIf(video.absent)('is a Caltech folder with an annotation beside it (where the shared data lie)', async () => {
    const root = join(folder, 'peds');
    await writeFileAtomic(join(root, 'set00/V000.seq'), video.read());
    const frames = Array.from({ length: 30 }, () => [
      { box: [100, 100, 200, 140] as const, label: 'person', track: 1 },
    ]);
    await writeFileAtomic(join(root, 'annotations/set00/V000.vbb'), writeVbb(vbbOf(frames)));
    const { samples } = await caltech(root);
    expect(samples.map(({ id }) => id)).toEqual(['set00/V000/I00029']);
    expect(await samples[0]?.image()).toMatchObject({ width: 640, height: 480 });
  });
});
