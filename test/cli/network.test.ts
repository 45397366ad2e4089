import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { modelOf } from '../../src/cli/model.ts';
import { useBackend } from '../../src/engine.ts';
import { encodePng, readImage } from '../../src/node/images.ts';
import { saveWeights } from '../../src/weights/save.ts';
import { ownFolder, run, runUntil, smallModel } from './run.ts';

const at = ownFolder();
const model = () => ['--model', at('m.json')];
const whole = () => [...model(), '--weights', at('w.safetensors')];
const photograph = (width: number, height: number) =>
  encodePng({ width, height, data: Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 37) % 256) });

beforeAll(async () => {
  await writeFile(at('m.json'), JSON.stringify(smallModel));
  await useBackend('wasm');
  await writeFile(at('w.safetensors'), await saveWeights(modelOf(smallModel, 'm.json')));
  await writeFile(at('a.png'), await photograph(80, 50));
  await writeFile(at('broken.png'), (await photograph(80, 50)).subarray(0, 60));
});

it('tells a model in numbers, as text, JSON and a map', async () => {
  const { code, out, err } = await run(['summary', ...model(), '--map', at('map.svg')]);
  expect([code, err]).toEqual([0, `wrote ${at('map.svg')}\n`]);
  expect(out).toMatch(/^output +boxes +1 x 80 x 4 float32$/m);
  expect(await readFile(at('map.svg'), 'utf8')).toMatch(/^<svg/);
  const { out: json } = await run(['summary', ...model(), '--batch', '3', '--json']);
  expect(JSON.parse(json).outputs[0].shape).toEqual([3, 80, 4]);
});
it('detects in files and in the input, a line each', async () => {
  const { code, out, err } = await run(
    ['detect', at('a.png'), '-', ...whole(), '--keep', '2', '--json'],
    await photograph(30, 40),
  );
  expect([code, err]).toEqual([0, '']);
  const [first, second] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({ id: at('a.png'), width: 80, height: 50 });
  expect(second).toMatchObject({ id: '-', width: 30, height: 40 });
  expect(first.detections).toHaveLength(2);
  for (const {
    box: [y1, x1, y2, x2],
  } of first.detections)
    expect(y1 >= 0 && x1 >= 0 && y1 < y2 && x1 < x2 && y2 <= 50 && x2 <= 80).toBe(true);
});
it('names a photograph that cannot be read, or leaves it out and says so', async () => {
  const bad = await run(['detect', at('broken.png'), ...whole(), '--out', at('lines.jsonl')]);
  expect([bad.code, existsSync(at('lines.jsonl'))]).toEqual([1, false]);
  expect(bad.err).toContain(at('broken.png'));
  const rest = await run([
    'detect',
    at('broken.png'),
    at('a.png'),
    ...whole(),
    '--skip-bad',
    '--out',
    at('lines.jsonl'),
  ]);
  expect(rest.code).toBe(0);
  expect(rest.err).toContain(`left out: ${at('broken.png')}`);
  expect((await readFile(at('lines.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(1);
});
it('draws into a folder', async () => {
  expect((await run(['detect', at('a.png'), ...whole(), '--draw', at('drawn')])).code).toBe(0);
  expect(await readdir(at('drawn'))).toEqual(['a.jpg']);
});
it('draws the maps that the head reads, over the picture as it lies in the input', async () => {
  for (const fit of ['letterbox', 'stretch'])
    expect((await run(['detect', at('a.png'), ...whole(), '--maps', at(fit), '--fit', fit])).code).toBe(0);
  expect(await readdir(at('letterbox'))).toEqual(['a-P3.png', 'a-P4.png']);
  const [boxed, stretched] = await Promise.all(['letterbox', 'stretch'].map((fit) => readImage(at(fit, 'a-P3.png'))));
  expect([boxed?.height, boxed?.width, stretched?.height]).toEqual([64, 64, 64]);
  // 80x50 is 64x40 there: the rest is grey, .45 of 127 beneath a cell's colour
  const corner = (picture = boxed) => picture?.data.subarray(-3 * 8);
  expect(new Set(corner()).size).toBeLessThanOrEqual(3);
  expect(new Set(corner(stretched)).size).toBeGreaterThan(3);
});
it('refuses weights of another model', async () => {
  const other = { ...smallModel, backbone: { ...smallModel.backbone, width: 0.5 } };
  await writeFile(at('other.json'), JSON.stringify(other));
  const { code, err } = await run([
    'detect',
    at('a.png'),
    '--model',
    at('other.json'),
    '--weights',
    at('w.safetensors'),
  ]);
  expect(code).toBe(1);
  expect(err).toContain(`${at('w.safetensors')}: these are weights of another model`);
}, 30_000); // all published models are looked at, so that the right one can be named
it('exports to ONNX and as a graph model', async () => {
  const onnx = ['--to', 'onnx', '--out', at('m.onnx'), '--detections', '--score', '0.3'];
  expect((await run(['export', ...whole(), ...onnx])).code).toBe(0);
  expect((await readFile(at('m.onnx'))).includes('NonMaxSuppression')).toBe(true);
  const graph = ['--to', 'graph-model', '--out', at('web'), '--json'];
  const { code, out, err } = await run(['export', ...model(), ...graph]);
  expect([code, err]).toEqual([0, 'without weights the numbers are the first ones, of no training\n']);
  expect(JSON.parse(out).files.map(({ file }: { file: string }) => file)).toEqual([
    'group1-shard1of1.bin',
    'model.json',
  ]);
});
it('trains on scenes, keeps the description, and goes on', async () => {
  const small = ['--out', at('run'), '--scenes', '4', '--batch', '2', '--json'];
  const first = await run(['train', ...model(), ...small, '--epochs', '1', '--seed', '7']);
  expect([first.code, JSON.parse(first.out).steps]).toEqual([0, 2]); // 4 images in steps of 2
  expect(JSON.parse(await readFile(at('run', 'model.json'), 'utf8'))).toEqual(smallModel);
  const longer = ['train', ...small, '--epochs', '2', '--resume'];
  const refused = await run(longer);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain("recipe.epochs is 2, but was 1 in the checkpoint's run; give what it had, or");
  const next = await run([...longer, '--changed']);
  expect([next.code, JSON.parse(next.out).steps]).toEqual([0, 4]);
  expect(next.err).toMatch(/^going on at step 2: .* seed 7$/m); // scenes of that seed, too
  const found = await run([
    'detect',
    at('a.png'),
    '--model',
    at('run', 'model.json'),
    '--weights',
    at('run', 'last.safetensors'),
  ]);
  expect(found.code).toBe(0);
});
it('tries learning rates and draws their losses, and writes nothing', async () => {
  const options = ['--find-rate', '--scenes', '4', '--batch', '2'];
  const { code, out } = await run(['train', ...model(), ...options]);
  expect(code).toBe(0);
  expect(out.match(/•/g)?.length).toBeGreaterThan(10);
  expect(out).toMatch(/1e-7 +\S+ {2}rate\n +↑ \S+\nvalley \S+, steepest \S+; train with: --rate \S+\n$/);
  const told = await run(['train', ...model(), ...options, '--json']);
  expect(JSON.parse(told.out).points[0].rate).toBeCloseTo(1e-7, 12);
  expect((await run(['train'])).err).toContain('--out is missing; give a folder');
});
it('tells where weights are from, as text, JSON and Markdown', async () => {
  const told = await run(['info', at('run')]);
  expect([told.code, told.err]).toEqual([0, '']);
  expect(told.out).toMatch(/^.*best\.safetensors: \d\.\d MB, \d+ tensors, /);
  expect(told.out).toMatch(/^learned from +street scenes; painted by pyramidion; licence: Apache-2\.0; 4 images$/m);
  expect(told.out).toMatch(/^seed +7$/m);
  const { card } = JSON.parse((await run(['info', at('run', 'last.safetensors'), '--json'])).out);
  expect(card).toMatchObject({ card: { held: { images: 8 } }, state: { step: 4 }, recipe: { batch: 2 } });
  expect((await run(['info', at('run'), '--markdown'])).out).toBe(await readFile(at('run', 'README.md'), 'utf8'));
  expect((await run(['info', at('w.safetensors')])).out).toContain('It says nothing of where it is from.');
  expect((await run(['info', at('a.png')])).code).toBe(1);
});
it('shows runs on a page, one by itself or some side by side', async () => {
  const whole = await readFile(at('run', 'run.html'), 'utf8');
  await writeFile(at('run', 'run.html'), '');
  expect((await run(['report', at('run')])).out).toBe(`wrote ${at('run', 'run.html')}\n`);
  expect(await readFile(at('run', 'run.html'), 'utf8')).toBe(whole);
  await cp(at('run'), at('copy'), { recursive: true });
  expect((await run(['report', at('run'), at('copy'), '--out', at('both.html')])).code).toBe(0);
  expect(await readFile(at('both.html'), 'utf8')).toContain('<h1>run and copy</h1>');
  expect((await run(['report', at('run'), at('copy')])).err).toContain('several runs need --out');
  expect((await run(['report', at('drawn'), '--out', at('x.html')])).err).toContain('there is no log.jsonl of a run');
});
it('detects by a checkpoint alone, or by the folder of a run, for a person to read', async () => {
  for (const named of [at('run', 'best.safetensors'), at('run')]) {
    const { code, out, err } = await run(['detect', at('a.png'), '--model', named, '--shown', '0', '--keep', '1']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^.*a\.png: 80x50, 1 object\n {2}person {2}0\.\d\d {2}left \d+ {2}top \d+ {2}\d+ wide {2}\d+ high\n$/,
    );
  }
});
it('evaluates a model as it evaluates what the model detects', async () => {
  const scenes = ['--sequences', '2', '--frames', '1', '--size', '96x128', '--heights', '200,400'];
  await run(['scenes', at('streets'), ...scenes]);
  const data = `caltech:${at('streets')},skip=1`;
  const found = ['--model', at('run', 'last.safetensors'), '--out', at('found.jsonl')];
  const { err } = await run(['detect', '--data', data, ...found]);
  expect(err).toMatch(/found\.jsonl: 2 of 2 pictures, \d+ objects above 0\.3\n$/);
  const models = ['--model', at('run', 'last.safetensors'), '--model', `again=${at('run', 'last.safetensors')}`];
  const told = await run(['evaluate', at('found.jsonl'), ...models, '--truth', data, '--protocol', 'coco', '--json']);
  const [byFile, byModel, again] = JSON.parse(told.out).detectors;
  expect([byFile.name, byModel.name, again.name]).toEqual(['found', 'run/last', 'again']);
  expect(byModel.results).toEqual(byFile.results);
});
it('fits images as the run of the checkpoint did', async () => {
  const out = at('stretched');
  const recipe = ['--recipe', 'baseline', '--epochs', '1', '--batch', '2', '--scenes', '2'];
  await run(['train', ...model(), '--out', out, ...recipe]);
  const seen = async (...fit: string[]) => (await run(['detect', at('a.png'), '--model', out, '--json', ...fit])).out;
  expect(await seen()).toBe(await seen('--fit', 'stretch')); // as the baseline's recipe says
  expect(await seen()).not.toBe(await seen('--fit', 'letterbox'));
});
it('says where a description is missed', async () => {
  await writeFile(at('alone.safetensors'), await readFile(at('w.safetensors')));
  await mkdir(at('else'));
  await writeFile(at('else', 'w.safetensors'), await readFile(at('w.safetensors')));
  const { code, err } = await run(['detect', at('a.png'), '--model', at('else', 'w.safetensors')]);
  expect(code).toBe(1);
  expect(err).toContain(`there is no ${at('else', 'model.json')} that describes the model; give --model FILE.json`);
});
it('saves a run that Ctrl-C stops, and goes on with it', async () => {
  const options = ['--out', at('long'), '--scenes', '8', '--batch', '2', '--epochs', '1'];
  const { code, err } = await runUntil(['train', ...model(), ...options], ' 1/4 ');
  expect(code).toBe(130);
  expect(err).toMatch(/stopped after \d steps.*\nsaved; go on with the same options and --resume\n/);
  expect(err).toMatch(/pyramidion train: stopped by SIGINT\n$/);
  const again = await run(['train', ...options]);
  expect([again.code, again.err.split(';')[0]]).toEqual([2, `pyramidion train: ${at('long')} has a checkpoint`]);
  const rest = await run(['train', ...options, '--resume', '--json']);
  expect([rest.code, JSON.parse(rest.out)]).toEqual([0, expect.objectContaining({ why: 'done', steps: 4 })]);
});
it('writes the description of a rung, which is trained when nothing is said', async () => {
  expect((await run(['summary', '--model', 'ladder:fpn', '--describe', at('fpn.json'), '--depth', '0'])).code).toBe(0);
  expect(modelOf(JSON.parse(await readFile(at('fpn.json'), 'utf8')), 'fpn.json').inputSize).toEqual([128, 256]);
});
it('refuses a recipe that cannot be, before it writes anything', async () => {
  const recipe = {
    name: 'r',
    optimizer: { name: 'lion' },
    schedule: { name: 'constant', rate: 1 },
    batch: 1,
    epochs: 1,
  };
  await writeFile(at('r.json'), JSON.stringify(recipe));
  const { code, err } = await run(['train', ...model(), '--out', at('never'), '--recipe', at('r.json')]);
  expect([code, existsSync(at('never'))]).toEqual([1, false]);
  expect(err).toContain("there is no optimizer 'lion'; there are sgd, rmsprop, adam, adamW");
});
it('tells a published detector by its name alone', async () => {
  const { code, out, err } = await run(['summary', 'efficientDetLite0', '--depth', '0', '--json']);
  expect([code, err]).toEqual([0, '']);
  expect(JSON.parse(out).parameters).toBe(3_243_470); // automl/efficientdet, Lite0 of 90 classes
  const { code: usage, err: two } = await run(['summary', 'efficientDetLite0', '--model', 'efficientDetD0']);
  expect([usage, two]).toEqual([
    2,
    expect.stringContaining('efficientDetLite0 and --model efficientDetD0 are two models'),
  ]);
});
