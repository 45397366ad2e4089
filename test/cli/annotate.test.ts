import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { modelOf } from '../../src/cli/model.ts';
import { imageSize } from '../../src/data/imageSize.ts';
import { useBackend } from '../../src/engine.ts';
import { encodePng } from '../../src/node/images.ts';
import { writeScenes } from '../../src/node/scenes.ts';
import { saveWeights } from '../../src/weights/save.ts';
import { ownFolder, run, runUntil, smallModel } from './run.ts';

const at = ownFolder();
const seq = () => at('streets', 'set00', 'V000.seq');
const model = () => ['--model', at('m.json'), '--weights', at('w.safetensors')];
const grey = (height: number, width: number) =>
  encodePng({ width, height, data: new Uint8Array(3 * width * height).fill(90) });
const figures = (page: string) => [...page.matchAll(/<figure[^>]*data-id="([^"]*)"/g)].map(([, id]) => id);

beforeAll(async () => {
  await writeFile(at('m.json'), JSON.stringify(smallModel));
  await useBackend('wasm');
  await writeFile(at('w.safetensors'), await saveWeights(modelOf(smallModel, 'm.json')));
  await writeScenes(at('streets'), {
    seed: 3,
    size: [96, 128],
    sequences: 1,
    framesPerSequence: 5,
    people: [3, 3],
    heights: [150, 375],
  });
  await mkdir(at('frames'));
  for (const name of ['a', 'b']) await writeFile(at('frames', `${name}.png`), await grey(60, 80));
  await writeFile(at('other.png'), await grey(50, 80));
});

it('makes a page of a .seq that plays at its own rate, and a picture of each frame', async () => {
  const argv = ['annotate', seq(), ...model(), '--shown', '0', '--out', at('a.html'), '--images', at('drawn')];
  const { code, out, err } = await run(argv);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(
    /drawn: 5 frames, \d+ objects from 0 on\n.*a\.html: 5 frames, \d+ objects from 0 on, \d+\.\d MB\n$/,
  );
  const page = await readFile(at('a.html'), 'utf8');
  expect(figures(page)).toEqual(['I00000', 'I00001', 'I00002', 'I00003', 'I00004']);
  expect(page).toContain('data-rate="2.5"'); // a frame each .4 s, as scenes are written
  expect(page).not.toContain('data-missed'); // nobody said what is there
  expect(await readdir(at('drawn'))).toHaveLength(5);
  expect(imageSize(await readFile(at('drawn', 'I00004.jpg')), 'I00004.jpg')).toMatchObject({ width: 128, height: 96 });
});
it('takes every so many-th frame from one on, and plays them as fast as they were', async () => {
  const argv = ['annotate', seq(), ...model(), '--from', '1', '--every', '2', '--frames', '2', '--out', at('b.html')];
  expect((await run(argv)).code).toBe(0);
  const page = await readFile(at('b.html'), 'utf8');
  expect(figures(page)).toEqual(['I00001', 'I00003']);
  expect(page).toContain('data-rate="1.25"'); // of 2.5, every second one
});
it('shows what is missed where a data set says what is there', async () => {
  const argv = ['annotate', '--data', `caltech:${at('streets')},skip=1`, ...model(), '--out', at('c.html')];
  expect((await run(argv)).code).toBe(0);
  const page = await readFile(at('c.html'), 'utf8');
  expect(figures(page)).toHaveLength(5);
  expect(page).toContain('data-missed=""');
});
it('takes a folder, frames, and a list of them', async () => {
  await writeFile(at('list.txt'), '# the second alone\n\nframes/b.png\n');
  for (const [given, count] of [
    [[at('frames')], 2],
    [[at('frames', 'a.png'), at('frames', 'b.png')], 2],
    [[at('list.txt')], 1],
  ] as const) {
    expect((await run(['annotate', ...given, ...model(), '--out', at('d.html')])).err).toBe('');
    expect(figures(await readFile(at('d.html'), 'utf8'))).toHaveLength(count);
  }
});
it('keeps frames of the page as narrow as is asked, boxes in pixels of the frame', async () => {
  expect((await run(['annotate', seq(), ...model(), '--width', '32', '--out', at('e.html')])).code).toBe(0);
  const page = await readFile(at('e.html'), 'utf8');
  const [, jpeg = ''] = /src="data:image\/jpeg;base64,([^"]*)"/.exec(page) ?? [];
  expect(imageSize(Uint8Array.from(Buffer.from(jpeg, 'base64')), 'frame')).toMatchObject({ width: 32, height: 24 });
  expect(page).toContain('viewBox="0 0 128 96"');
});
it('says what is wrong, and writes nothing then', async () => {
  await writeFile(at('bad.txt'), 'frames/a.png\nframes/nope.png\n');
  await writeFile(at('cut.seq'), (await readFile(seq())).subarray(0, 3000));
  for (const [argv, code, message] of [
    [[seq()], 2, 'give --out FILE.html for a page, --images DIR for pictures, or both'],
    [['--out', 'x'], 2, 'give a sequence, or a data set by --data'],
    [[seq(), '--protocol', 'plain', '--out', 'x'], 2, '--protocol needs --data'],
    [[seq(), '--from', '9', '--out', at('x.html')], 2, '--from is 9, and V000.seq has 5 frames'],
    [[at('bad.txt'), '--out', at('x.html')], 1, 'bad.txt: line 2: there is no picture frames/nope.png'],
    [[at('cut.seq'), '--out', at('x.html'), '--images', at('x')], 1, 'cut.seq'],
    [[at('frames', 'a.png'), at('other.png'), '--out', at('x.html')], 2, 'is 50x80 but'],
  ] as const) {
    const ran = await run(['annotate', ...argv, ...model()]);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toContain(message);
    expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
  }
  expect([existsSync(at('x.html')), existsSync(at('x'))]).toEqual([false, false]);
});
it('leaves nothing behind when it is stopped', async () => {
  const argv = ['annotate', seq(), ...model(), '--out', at('y.html'), '--images', at('y')];
  expect((await runUntil(argv, '0/5 frames')).code).toBe(130);
  expect((await readdir(at())).filter((name) => name.startsWith('y'))).toEqual([]);
});
