import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { readResults, resultText } from '../../src/cli/results.ts';
import { keyedRandom } from '../../src/core/random.ts';
import { FormatError } from '../../src/data/formatError.ts';
import type { Sample } from '../../src/data/sample.ts';
import { mutate } from '../data/formats/mutate.ts';
import { ownFolder } from './run.ts';

const at = ownFolder();
const silent = { isTTY: false, write: () => undefined };
const io = (text = ''): Io => ({
  stdin: (async function* () {
    yield text;
  })(),
  stdout: silent,
  stderr: silent,
});
const sample = (id: string, ...labels: string[]): Sample => ({
  id,
  width: 64,
  height: 48,
  objects: labels.map((label) => ({ label, box: [0, 0, 40, 16] })),
  image: () => Promise.reject(new Error('no pixels')),
});
const written = async (name: string, text: string) => {
  await mkdir(dirname(at(name)), { recursive: true });
  await writeFile(at(name), text);
  return at(name);
};
const data = (format: string) => ({ format, path: 'x', options: new Map() });

it('reads rows of numbered images, from 1, pixels from 0', async () => {
  const file = await written('rows.txt', '2, 10,20,5,8, 0.5\n1 1 2 3 4 1\n');
  const found = await readResults(io(), file, { data: data('kaist'), samples: [sample('a', 'person'), sample('b')] });
  expect(Object.fromEntries(found)).toEqual({
    b: [{ box: [20, 10, 28, 15], score: 0.5, label: 'person' }],
    a: [{ box: [2, 1, 6, 4], score: 1, label: 'person' }],
  });
});
it('reads videos of Caltech, frames and pixels from 1, and leaves out frames that are not asked for', async () => {
  await written('res/set06/V000.txt', '30,11,21,5,8,0.5\n31,1,1,5,5,1\n');
  await written('res/set06/V001.txt', '');
  const samples = [sample('set06/V000/I00029', 'person')]; // frame 30 of the benchmark
  expect([...(await readResults(io(), at('res'), { data: data('caltech'), samples }))]).toEqual([
    ['set06/V000/I00029', [{ box: [20, 10, 28, 15], score: 0.5, label: 'person' }]],
  ]);
});
it('reads sequences of MOT, a file or a folder of them', async () => {
  const file = await written('mot/S-1.txt', '2,-1,11,21,5,8,0.5,-1,-1,-1\n9,-1,1,1,5,5,1,-1,-1,-1\n');
  const of = { data: data('mot'), samples: [sample('S-1/000002', 'pedestrian')] };
  const seen = [['S-1/000002', [{ box: [20, 10, 28, 15], score: 0.5, label: 'pedestrian' }]]];
  expect([...(await readResults(io(), file, of))]).toEqual(seen);
  expect([...(await readResults(io(), at('mot'), of))]).toEqual(seen);
});
it('reads lines of CrowdHuman, and the input', async () => {
  const line = '{"ID":"a","dtboxes":[{"box":[1,2,3,4],"score":0.5,"tag":1}]}';
  const found = await readResults(io(line), '-', { data: data('crowdhuman'), samples: [sample('a')] });
  expect([...found]).toEqual([['a', [{ box: [2, 1, 6, 4], score: 0.5, label: 'person' }]]]);
});
it.each([
  ['1,2,3,4,0.5', 'line 1 is "1,2,3,4,0.5"; it must be number,left,top,width,height,score'],
  ['1,0,0,5,5,1\n1,a,0,5,5,1', 'line 2: value 2 is "a"; it must be a number'],
  ['1,NaN,0,5,5,1', 'line 1: value 2 is "NaN"'],
  ['0,0,0,5,5,1', 'line 1: the first value is "0"; it must be a whole number of at least 1'],
  ['3,0,0,5,5,1', 'line 1: the image is 3; the data set has 2, numbered from 1'],
  ['1,0,0,-5,5,1', 'line 1'],
])('names file and line of rows that are wrong: %s', async (text, message) => {
  const samples = [sample('a', 'person'), sample('b')];
  const read = readResults(io(text), '-', { data: data('kaist'), samples });
  await expect(read).rejects.toThrow(`stdin: ${message}`);
});
it('does not guess classes, sequences or what a folder holds', async () => {
  const rows = '1,0,0,5,5,1';
  const two = [sample('a', 'person', 'car')];
  await expect(readResults(io(rows), '-', { data: data('voc'), samples: two })).rejects.toThrow(
    'stdin names no classes, and the data set has person, car; give lines of JSON',
  );
  const file = await written('other/S-2.txt', rows);
  const of = { data: data('mot'), samples: [sample('S-1/000001')] };
  await expect(readResults(io(), file, of)).rejects.toThrow('there is no sequence S-2');
  await expect(readResults(io(), at('other'), { data: data('voc'), samples: two })).rejects.toThrow('is a folder');
  await mkdir(at('empty'));
  await expect(readResults(io(), at('empty'), { data: data('caltech'), samples: two })).rejects.toThrow(
    'has no results',
  );
});
it('tells a result to a person, and lets no name command the terminal', () => {
  const detections = [
    { box: [10, 20.4, 110, 61], label: 'person', score: 0.973 },
    { box: [0, 0, 9, 100], label: 'b\u001b[2J', score: 0.5 },
  ] as const;
  expect(resultText({ id: 'a', width: 640, height: 480, detections })).toBe(
    [
      'a: 640x480, 2 objects',
      '  person      0.97  left 20  top 10   41 wide  100 high',
      '  b\\u001b[2J  0.50   left 0   top 0  100 wide    9 high',
    ].join('\n'),
  );
  expect(resultText({ id: '-', width: 1, height: 1, detections: [] })).toBe('stdin: 1x1, 0 objects');
});
it('meets damaged results with errors that name the place, and nothing else', async () => {
  const lines =
    '{"id":"a","detections":[{"box":[1,2,30,40],"label":"person","score":0.5}]}\n{"id":"b","detections":[]}\n';
  const odgt = '{"ID":"a","dtboxes":[{"box":[1,2,3,4],"score":0.5,"tag":1}]}\n';
  const seeds = [lines, odgt, '1,2,3,4,5,0.5\n2,1,1,9,9,1e-3\n'].map((text) => new TextEncoder().encode(text));
  const of = { data: data('voc'), samples: [sample('a', 'person'), sample('b')] };
  let wrong = 0;
  for (let i = 0; i < 300; i++) {
    const text = new TextDecoder().decode(mutate(seeds, 'text', keyedRandom('results', i)));
    const read = await readResults(io(text), '-', of).catch((error: unknown) => error);
    if (read instanceof Map) continue;
    wrong++;
    expect(read, JSON.stringify(text)).toBeInstanceOf(FormatError);
    expect(`${read}`, JSON.stringify(text)).toMatch(/^FormatError: stdin/);
  }
  expect(wrong).toBeGreaterThan(100);
});
