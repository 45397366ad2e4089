import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { run } from './run.ts';

const names = commands.map(({ name }) => name);
const root = fileURLToPath(new URL('../../', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** The program as a process of its own. */
const spawned = (...argv: readonly string[]) =>
  spawnSync(process.execPath, ['--conditions=pyramidion-source', '--import', 'tsx', 'src/cli.ts', ...argv], {
    cwd: root,
    encoding: 'utf8',
  });

it('has the commands of the documentation', () => {
  expect(names).toEqual(['detect', 'evaluate', 'convert', 'anchors', 'draw', 'summary', 'scenes', 'export', 'train']);
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
    [['summary'], "pyramidion summary: required option '--model <file>' not specified; see pyramidion summary --help"],
    [['summary', '--model', 'a', '--batch', '0'], 'It must be a whole number of at least 1; see'],
    [['summary', '--model', 'a', 'b'], 'too many arguments'],
    [['convert', 'xx:y', '--to', 'coco', '--out', 'z'], "'xx:y': there is no format xx"],
    [['convert', 'voc:y', '--to', 'xml', '--out', 'z'], 'It must be one of coco, voc'],
    [['evaluate', 'a', '--truth', 'voc:b', '--protocol', 'x'], "there is no protocol 'x'"],
    [['evaluate', 'a', '--truth', 'voc:b', '--protocol', 'Caltech x'], 'there are Caltech Reasonable, Caltech All'],
    [['evaluate', 'a', 'd/a', '--truth', 'voc:b'], 'two detectors are called a; name them: NAME=FILE'],
    [['evaluate', 'a', '--truth', 'voc:b', '--protocol', 'coco', '--curve', 'c'], 'needs a protocol of miss rates'],
    [['export', '--model', 'a', '--to', 'onnx', '--out', 'b', '--keep', '3'], 'are of --detections'],
    [['train', '--out', 'a'], 'give --model, or --resume an earlier run'],
    [['detect', '--model', 'a', '--weights', 'b'], 'give pictures, or a data set by --data'],
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
    "pyramidion summary: required option '--model <file>' not specified; see pyramidion summary --help\n",
  );
});
