import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';

/** What each folder of src may import, besides itself. Imports point one way. */
const may: Readonly<Record<string, readonly string[]>> = {
  core: [],
  engine: ['trace'],
  ops: ['core'],
  tfjs: ['core', 'ops', 'engine'],
  detection: ['core', 'ops'],
  block: ['core', 'ops'],
  backbone: ['core', 'ops', 'block', 'tfjs'],
  neck: ['core', 'ops', 'block'],
  head: ['core', 'ops', 'block', 'detection'],
  data: ['core'],
  detect: ['core', 'data', 'detection', 'trace', 'engine'],
  evaluate: ['core', 'detection'],
  picture: ['core', 'data', 'evaluate'],
  layers: ['core', 'ops', 'tfjs'],
  trace: ['core', 'tfjs'],
  export: ['core', 'detection', 'tfjs', 'trace'],
  model: ['core', 'ops', 'block', 'backbone', 'neck', 'head', 'detection', 'tfjs', 'data', 'detect', 'weights'],
  node: ['core', 'data', 'detect', 'detection', 'evaluate', 'model', 'picture', 'train', 'weights'],
  web: ['core', 'data', 'detect', 'weights'],
  weights: ['core', 'data'],
  cli: [
    'core',
    'backbone',
    'data',
    'detect',
    'detection',
    'evaluate',
    'export',
    'head',
    'model',
    'neck',
    'node',
    'picture',
    'tfjs',
    'trace',
    'train',
    'weights',
  ],
  train: ['core', 'ops', 'detection', 'model', 'tfjs', 'data', 'evaluate', 'weights', 'trace', 'engine'],
};
const root = new URL('../src/', import.meta.url);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !/^engine\/(kernels|commands)\//.test(file) && !file.endsWith('.generated.ts'),
);
const inFolders = files.filter((file) => file.includes('/')); // entry points see everything
const folder = (file: string) => file.slice(0, file.indexOf('/'));
const importsOf = (file: string) =>
  ts
    .preProcessFile(readFileSync(new URL(file, root), 'utf8'), true, true)
    .importedFiles.map(({ fileName }) => fileName);

it.each(Object.keys(may))('%s imports one way only', (name) => {
  const own = inFolders.filter((file) => folder(file) === name);
  expect(own.length).toBeGreaterThan(0);
  for (const file of own)
    for (const imported of importsOf(file).filter((path) => path.startsWith('.'))) {
      const target = new URL(imported, new URL(file, root)).href.slice(root.href.length);
      expect([name, ...(may[name] ?? [])], `${file} imports ${imported}`).toContain(folder(target));
    }
});
it('knows every folder', () => {
  expect(Object.keys(may)).toEqual(expect.arrayContaining([...new Set(inFolders.map(folder))]));
});
it('reaches for nothing of Node outside src/node and src/cli', () => {
  for (const file of inFolders.filter((file) => !['node', 'cli'].includes(folder(file))))
    expect(
      importsOf(file).filter((path) => path.startsWith('node:')),
      file,
    ).toEqual([]);
});
