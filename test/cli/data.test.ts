import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { readCoco } from '../../src/data/formats/coco.ts';
import { sharedData } from '../data/shared.ts';
import { ownFolder, run, runUntil, smallModel } from './run.ts';

const at = ownFolder();
const instances = () => at('coco', 'annotations', 'instances_train.json');
const truth = () => `coco:${instances()},images=${at('coco', 'train')}`;

beforeAll(async () => {
  const size = ['--size', '96x128', '--heights', '100,200', '--people', '2,4'];
  const made = await run(['scenes', at('scenes'), '--sequences', '2', '--frames', '2', ...size]);
  expect(made.err).toBe('');
  await writeFile(at('m.json'), JSON.stringify(smallModel));
  await run(['convert', `caltech:${at('scenes')},skip=1`, '--to', 'coco', '--out', at('coco')]);
  const { images } = readCoco(await readFile(instances(), 'utf8'));
  // Every object is found, but the last of each image, and one box of each is false.
  const lines = images.map(({ id, width, height, objects }) => {
    const found = objects.slice(0, -1).map(({ box, label }, i) => ({ box, label, score: 0.9 - i / 100 }));
    return JSON.stringify({
      id,
      width,
      height,
      detections: [...found, { box: [0, 0, 9, 4], label: 'person', score: 0.5 }],
    });
  });
  await writeFile(at('found.jsonl'), lines.join('\n'));
  await writeFile(at('none.jsonl'), JSON.stringify({ id: images[0]?.id, detections: [] }));
});

it('writes the same scenes for the same seed', async () => {
  const bytes = (name: string) => readFile(at(name, 'set00', 'V000.seq'));
  const size = ['--size', '96x128', '--sequences', '1', '--frames', '1'];
  for (const [name, seed] of [
    ['a', 3],
    ['b', 3],
    ['c', 4],
  ] as const)
    expect((await run(['scenes', at(name), ...size, '--seed', `${seed}`])).code).toBe(0);
  expect((await bytes('a')).equals(await bytes('b'))).toBe(true);
  expect((await bytes('a')).equals(await bytes('c'))).toBe(false);
});
it.each(['voc', 'yolo', 'bbgt', 'folder'] as const)('converts to %s and says what that cannot hold', async (to) => {
  const { code, out } = await run(['convert', truth(), '--to', to, '--out', at(to), '--json']);
  const told = JSON.parse(out);
  expect([code, told.images]).toEqual([0, 4]);
  expect(told.lost).toEqual(to === 'folder' ? [] : expect.arrayContaining([expect.any(String)]));
  expect(await readdir(at(to))).not.toEqual([]);
});
it('parts a data set', async () => {
  const shares = ['--splits', 'train=0.5,val=0.5', '--images', 'none'];
  const { out } = await run(['convert', truth(), '--to', 'voc', '--out', at('parts'), '--json', ...shares]);
  expect(JSON.parse(out).splits).toEqual({ train: 2, val: 2 });
});
it('tells figures of detectors side by side', async () => {
  const files = [at('found.jsonl'), `nothing=${at('none.jsonl')}`];
  const { code, out } = await run([
    'evaluate',
    ...files,
    '--truth',
    truth(),
    '--protocol',
    'plain',
    '--protocol',
    'coco',
  ]);
  expect(code).toBe(0);
  expect(out).toMatch(/^ +found +nothing$/m);
  expect(out).toMatch(/^plain, miss rate +\d+\.\d\d % +100\.00 %$/m);
  expect(out).toMatch(/^coco AP +\d+\.\d\d % +0\.00 %$/m);
});
it('gives figures as numbers, and null where no object counts', async () => {
  const protocols = ['--protocol', 'plain', '--protocol', 'Caltech Scale=large'];
  const { out, err } = await run(['evaluate', at('none.jsonl'), '--truth', truth(), '--json', ...protocols]);
  expect(err).toBe(
    'no object counts under Caltech Scale=large: the data set has person; rename=FROM:TO renames classes\n',
  );
  expect(JSON.parse(out).detectors[0].results).toEqual([
    { protocol: 'plain', figures: { 'log-average miss rate': 1 } }, // nothing is found
    { protocol: 'Caltech Scale=large', figures: { 'log-average miss rate': null } }, // nobody has 100 rows of 96
  ]);
});
it('reads COCO results by the numbers of their instances, and only by them', async () => {
  await writeFile(at('results.json'), '[{ "image_id": 1, "category_id": 1, "bbox": [0, 0, 5, 9], "score": 0.5 }]');
  const over = (data: string) => run(['evaluate', at('results.json'), '--truth', data, '--json']);
  expect((await over(truth())).code).toBe(0);
  const { code, err } = await over(`caltech:${at('scenes')},skip=1`);
  expect(code).toBe(1);
  expect(err).toContain('results.json is a list, as COCO results are');
});
it('names file and line of detections that are wrong', async () => {
  const good = await readFile(at('found.jsonl'), 'utf8');
  const [first = '', second = ''] = good.split('\n');
  const cases = [
    [`${first}\n{"id"`, 'line 2 is no JSON'],
    [`${first}\n\n${first}`, 'line 3: id is "set00_V000_I00000", as a line before'],
    [`${first}\n[]`, 'line 2 is a list; it must be an object'],
    [second.replace('"score":0.9', '"score":"high"'), 'line 1: detections[0].score is "high"; it must be a number'],
    ['{"id":"a","detections":[{"box":[9,0,5,5],"label":"x","score":1}]}', 'line 1: detections[0].box is at'],
    ['{"id":"elsewhere","detections":[]}', 'there is no image "elsewhere"; images are called as set00_V000_I00000'],
    ['', 'has no detections'],
  ] as const;
  for (const [text, message] of cases) {
    await writeFile(at('bad.jsonl'), text);
    const { code, out, err } = await run(['evaluate', at('bad.jsonl'), '--truth', truth()]);
    expect([code, out], message).toEqual([1, '']);
    expect(err).toContain(at('bad.jsonl'));
    expect(err).toContain(message);
  }
});
it('draws curves and writes a report with pictures', async () => {
  const files = ['--curve', at('curve.svg'), '--report', at('report.html'), '--pictures', '2'];
  const { code, err } = await run(['evaluate', `ours=${at('found.jsonl')}`, '--truth', truth(), ...files]);
  expect([code, err]).toEqual([0, `wrote ${at('curve.svg')}\nwrote ${at('report.html')}\n`]);
  expect(await readFile(at('curve.svg'), 'utf8')).toContain('ours');
  expect(await readFile(at('report.html'), 'utf8')).toContain('<img alt=');
});
it.each(['svg', 'jpg', 'png'] as const)('draws what was found as %s', async (as) => {
  const more = ['--results', at('found.jsonl'), '--protocol', 'plain', '--first', '1', '--as', as, '--json'];
  const { code, out } = await run(['draw', truth(), '--out', at('drawn'), ...more]);
  expect([code, JSON.parse(out)]).toEqual([0, [at('drawn', `set00_V000_I00000.${as}`)]]);
  const bytes = await readFile(at('drawn', `set00_V000_I00000.${as}`));
  const head = { svg: '<svg', jpg: '\u00ff\u00d8\u00ff', png: '\u0089PNG' }[as];
  expect(bytes.toString('latin1').startsWith(head)).toBe(true);
});
it('refuses to draw an image that is not there, and leaves nothing', async () => {
  const { code, err } = await run(['draw', truth(), '--out', at('undrawn'), '--only', 'x']);
  expect([code, existsSync(at('undrawn'))]).toEqual([1, false]);
  expect(err).toContain('has no image "x"; they are called as set00_V000_I00000');
});
it('studies the anchors of a model', async () => {
  const { code, out } = await run(['anchors', truth(), '--model', at('m.json'), '--chart', at('recall.svg')]);
  expect(code).toBe(0);
  expect(out).toMatch(/^80 anchors/); // one for each cell: 8 x 8 of P3, 4 x 4 of P4
  expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(await readFile(at('recall.svg'), 'utf8')).toContain('suggested');
  const { out: json } = await run(['anchors', truth(), '--model', at('m.json'), '--json']);
  expect(JSON.parse(json)).toMatchObject({ anchors: 80, levels: [{ step: [8, 8] }, { step: [16, 16] }] });
});

it('shows a bar on a terminal, and leaves nothing of a folder when it is stopped', async () => {
  const { code, err } = await runUntil(['convert', truth(), '--to', 'yolo', '--out', at('stopped', 'a')], ' 0/');
  expect(code).toBe(130); // 128 + SIGINT, as a shell has it
  // Four images and their labels, the names of the classes, the list.
  expect(err).toBe('\r\u001b[K░░░░░░░░░░░░░░░░░░░░ 0/9 files\r\u001b[Kpyramidion convert: stopped by SIGINT\n');
  expect(await readdir(at('stopped'))).toEqual([]);
});
it('takes some classes of any data set, by other names', async () => {
  const objects = async (options: string) => {
    const data = `${truth()},${options}`;
    const { code, out, err } = await run([
      'evaluate',
      at('none.jsonl'),
      '--truth',
      data,
      '--json',
      '--protocol',
      'voc',
    ]);
    return code === 0 ? Object.keys(JSON.parse(out).detectors[0].results[0].figures) : err;
  };
  expect(await objects('rename=person:walker')).toEqual(['mAP', 'walker']);
  expect(await objects('rename=person:walker,keep=walker')).toEqual(['mAP', 'walker']);
  expect(await objects('keep=car')).toMatch(/has no object that keep names; there are .*person/);
});
it('adds to a folder that is there', async () => {
  const more = ['--sequences', '1', '--frames', '1', '--size', '96x128'];
  expect((await run(['scenes', at('sets'), ...more])).code).toBe(0);
  expect((await run(['scenes', at('sets'), ...more, '--set', 'set01'])).code).toBe(0);
  expect(await readdir(at('sets'))).toEqual(['annotations', 'set00', 'set01']);
});

const kaist = sharedData('kaist/KAIST_annotation.json');
it.skipIf(kaist.absent)('gives the published figures of MLPD (needs shared/data/kaist)', async () => {
  const data = `kaist:${sharedData('kaist').path},annotations=KAIST_annotation.json`;
  const results = sharedData('kaist/MLPD_result.txt').path;
  const { out } = await run(['evaluate', results, '--truth', data, '--protocol', 'KAIST Sejong']);
  // MLPD's README: 7.58, 7.95, 6.95.
  for (const row of [
    /Reasonable, miss rate +7\.58 %/,
    /Reasonable_day, miss rate +7\.95 %/,
    /Reasonable_night, miss rate +6\.95 %/,
  ])
    expect(out).toMatch(row);
});
