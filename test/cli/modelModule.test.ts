import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../src/node/images.ts';
import { ownFolder, run } from './run.ts';

const at = ownFolder();
const library = JSON.stringify(new URL('../../src/index.ts', import.meta.url).href);

beforeAll(async () => {
  await writeFile(
    at('detector.mjs'),
    `import { baselineAnchors, detector, efficientNet, select, ssdHead } from ${library};
const anchors = baselineAnchors({ sides: [16, 32], ratios: [0.41], scales: [1] });
const head = (label) => ssdHead({ levels: ['P3', 'P4'], anchors, labels: [label] });
const made = (label) => detector({
  inputSize: [64, 64],
  backbone: efficientNet({ width: 0.25, depth: 0.25, dropConnect: 0 }),
  neck: select({ stages: ['C3', 'C4'] }),
  head: head(label),
});
export default made('person');
export const later = async () => made('car');
export const rungs = { first: made('person'), next: () => made('bicycle') };
export const broken = () => { throw new RangeError('no stages today'); };
export const head3 = head('dog');
`,
  );
  await writeFile(at('empty.mjs'), 'export {};\n');
  await writeFile(at('wrong.mjs'), 'export default 1 +;\n');
  await writeFile(at('a.png'), await encodePng({ width: 80, height: 50, data: new Uint8Array(12_000).fill(90) }));
});

describe('a model of a module', () => {
  it('is its default export, or what an export of it makes', async () => {
    const plain = await run(['summary', at('detector.mjs'), '--json']);
    expect([plain.code, plain.err]).toEqual([0, '']);
    expect(JSON.parse(plain.out).outputs[0].shape).toEqual([1, 80, 4]);
    const made = await run(['summary', '--model', `${at('detector.mjs')}#later`]);
    expect(made.code).toBe(0);
    expect(made.out).toContain('detector.mjs#later');
    for (const name of ['rungs.first', 'rungs.next'])
      expect((await run(['summary', `${at('detector.mjs')}#${name}`])).code).toBe(0);
  });
  it('trains, and detects with what it learned', async () => {
    const folder = at('run');
    const trained = await run([
      ...['train', '--model', at('detector.mjs'), '--out', folder],
      ...['--scenes', '2', '--batch', '2', '--epochs', '1'],
    ]);
    expect(trained.code).toBe(0);
    expect(trained.out).toContain(
      `pyramidion detect --model ${at('detector.mjs')} --weights ${at('run', 'last.safetensors')} photo.jpg`,
    );
    expect(existsSync(at('run', 'model.json'))).toBe(false); // a description is data, a module is not
    const weights = ['--model', at('detector.mjs'), '--weights', at('run', 'last.safetensors')];
    const found = await run(['detect', at('a.png'), ...weights, '--json', '--keep', '1']);
    expect([found.code, JSON.parse(found.out).detections[0].label]).toEqual([0, 'person']);
    const exported = await run(['export', ...weights, '--to', 'graph-model', '--out', at('web')]);
    expect(exported.code).toBe(0);
    expect(await readFile(at('web', 'model.json'), 'utf8')).not.toContain('"description"');
  });
  it.each([
    ['an export that is not there', 'detector.mjs#now', 1, /exports no now; there is (?=.*#broken)(?=.*#later)/s],
    ['a field that is not there', 'detector.mjs#rungs.third', 1, /exports no rungs\.third; there is .*#rungs/s],
    ['a module that exports nothing', 'empty.mjs', 1, /exports no default; it exports nothing/],
    ['what is no detector', 'detector.mjs#head3', 1, /#head3: it is no detector; export detector/],
    ['a function that throws', 'detector.mjs#broken', 1, /detector\.mjs: no stages today/],
    ['a module that cannot be read', 'wrong.mjs', 1, /wrong\.mjs: /],
    ['a file that is not there', 'nowhere.mjs', 1, /nowhere\.mjs/],
  ])('says what is wrong with %s', async (_, model, code, words) => {
    const said = await run(['summary', '--model', at(model)]);
    expect(said.code).toBe(code);
    expect(said.err).toMatch(words);
  });
  it('has no description as data', async () => {
    const { code, err } = await run(['summary', at('detector.mjs'), '--describe', at('m.json')]);
    expect([code, existsSync(at('m.json'))]).toEqual([2, false]);
    expect(err).toContain('is a module, which has no description as data');
  });
});
