import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { run } from './run.ts';

const names = commands.map(({ name }) => name);
const root = fileURLToPath(new URL('../../', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

const flags = ['--conditions=pyramidion-source', '--import', 'tsx', 'src/cli.ts'];
/** The program as a process of its own. */
const spawned = (...argv: readonly string[]) =>
  spawnSync(process.execPath, [...flags, ...argv], { cwd: root, encoding: 'utf8' });

it('has the commands of the documentation', () => {
  const detecting = ['detect', 'annotate', 'evaluate'];
  expect(names).toEqual([
    ...detecting,
    'convert',
    'anchors',
    'draw',
    'summary',
    'scenes',
    'export',
    'train',
    'report',
    'info',
  ]);
});
it('prints every command when it is called alone', async () => {
  const { code, out, err } = await run([]);
  expect([code, err]).toEqual([0, '']);
  for (const name of names) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
});
it.each(names)('helps with %s: options, examples, 80 columns', async (name) => {
  const { code, out, err } = await run([name, '--help']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(`Usage: pyramidion ${name}`);
  expect(out).toMatch(new RegExp(`Examples:\n  \\$ pyramidion ${name} `));
  expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect((await run(['help', name])).out).toBe(out);
});
it('calls what it does not know wrong usage, in one line', async () => {
  const cases = [
    [['nope'], 'pyramidion: there is no command nope; there are detect, '],
    [['--nope'], "pyramidion: unknown option '--nope'; see pyramidion --help"],
    [['export'], "pyramidion export: required option '--model <model>' not specified; see pyramidion export --help"],
    [['summary', '--model', 'a', '--batch', '0'], 'It must be a whole number of at least 1; see'],
    [['export', '--model', 'a', '--to', 'onnx', '--out', 'b', 'c'], 'too many arguments'],
    [['convert', 'xx:y', '--to', 'coco', '--out', 'z'], "'xx:y': there is no format xx"],
    [['convert', 'voc:y', '--to', 'xml', '--out', 'z'], 'It must be one of coco, voc'],
    [['evaluate', 'a', '--truth', 'voc:b', '--protocol', 'x'], "there is no protocol 'x'"],
    [['evaluate', 'a', '--truth', 'voc:b', '--protocol', 'Caltech x'], 'there are Caltech Reasonable, Caltech All'],
    [['evaluate', 'a', 'd/a', '--truth', 'voc:b'], 'two detectors are called a; name them: NAME=FILE'],
    [['evaluate', 'a', '--truth', 'voc:b', '--protocol', 'coco', '--curve', 'c'], 'needs a protocol of miss rates'],
    [['export', '--model', 'a', '--to', 'onnx', '--out', 'b', '--keep', '3'], 'are of --detections'],
    [['train', '--out', 'a', '--held', 'voc:b'], '--held needs --data'],
    [['train', '--out', 'a', '--model', 'ladder:x'], 'there is no rung x; there are vggBaseline, '],
    [['detect', '--model', 'a', '--weights', 'b'], 'give pictures, or a data set by --data'],
    [['detect', '--model', 'ladder:fpn', '-'], 'ladder:fpn has no weights; name a checkpoint'],
    [['evaluate', 'a/best.safetensors', '--truth', 'voc:b'], 'is a model, no detections; name it by --model'],
    [['evaluate', '--truth', 'voc:b'], 'give detections, or a model by --model'],
  ] as const;
  for (const [argv, message] of cases) {
    const { code, out, err } = await run(argv);
    expect([code, out], argv.join(' ')).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err.split('\n')).toHaveLength(2);
  }
});
it('fails in one line for a file that is not there', async () => {
  const { code, err } = await run(['summary', '--model', '/nowhere/m.json']);
  expect([code, err]).toEqual([1, 'pyramidion summary: /nowhere/m.json: no such file or directory\n']);
});
it('does not let names of files command the terminal', async () => {
  expect((await run(['summary', '--model', '/nowhere/\u001b[2J'])).err).toContain('/nowhere/\\u001b[2J');
});
it('runs as a process', () => {
  const { status, stdout, stderr } = spawned('--version');
  expect([status, stdout, stderr]).toEqual([0, `${version}\n`, '']);
});
it('ends a process with the code', () => {
  const { status, stdout, stderr } = spawned('summary');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    'pyramidion summary: no model is named; give one, such as efficientDetD0; see pyramidion summary --help\n',
  );
});
it('ends at Ctrl-C with its code, and leaves nothing half-written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pyramidion-cli-'));
  const argv = ['scenes', join(folder, 'a'), '--sequences', '1000', '--frames', '1', '--size', '96x128'];
  const child = spawn(process.execPath, [...flags, ...argv], { cwd: root });
  let err = '';
  child.stderr.on('data', (part) => {
    err += part;
  });
  const begun = setInterval(() => {
    const [part] = readdirSync(folder); // a.1234.part
    if (part === undefined || readdirSync(join(folder, part)).length === 0) return;
    clearInterval(begun);
    child.kill('SIGINT');
  }, 20);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(begun); // where it never began
  expect([code, err, readdirSync(folder)]).toEqual([130, 'pyramidion scenes: stopped by SIGINT\n', []]);
  await rm(folder, { recursive: true });
}, 30_000);
