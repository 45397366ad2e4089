import { join, relative } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
/** Bundles modules of ours for a page; tfjs stays outside. */
const bundle = (contents: string) =>
  build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    splitting: true,
    outdir: join(root, 'bundle'),
    absWorkingDir: root,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    external: ['@tensorflow/*'],
    logLevel: 'silent',
  });

it('goes into a page without a line that only Node, training or the trace needs', async () => {
  const { metafile, outputFiles } = await bundle(
    "export { detect } from './src/detect/detect.ts'; export { draw } from './src/picture/draw.ts'; export * from './src/web.ts';",
  );
  const atOnce = loadedAtOnce(metafile);
  const files = atOnce.flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}));
  expect(files).toContain('src/detect/detect.ts');
  expect(files.filter((file) => /^src\/(node|train|trace|evaluate|engine|tfjs)\//.test(file))).toEqual([]);
  expect(
    Object.keys(metafile.inputs).filter((file) => /node_modules|^src\/(node|train|evaluate)\//.test(file)),
  ).toEqual([]);
  const imported = atOnce.flatMap((path) =>
    (metafile.outputs[path]?.imports ?? []).flatMap(({ path: from, external }) => (external ? [from] : [])),
  );
  expect(new Set(imported)).toEqual(new Set(['@tensorflow/tfjs-core']));
  const first = outputFiles.filter(({ path }) => atOnce.includes(relative(root, path)));
  expect(first.length).toBeGreaterThan(0);
  for (const { text } of first) expect(text).not.toMatch(/from "node:|\bBuffer\b|\brequire\(/);
});

/** Files that a page loads before it asks for more: the engine comes when `detect` first runs. */
function loadedAtOnce({ outputs }: Metafile): readonly string[] {
  const later = new Set(
    Object.values(outputs).flatMap(({ imports }) =>
      imports.flatMap(({ path, kind }) => (kind === 'dynamic-import' ? [path] : [])),
    ),
  );
  const found = new Set<string>();
  const visit = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: next, kind, external } of outputs[path]?.imports ?? [])
      if (kind !== 'dynamic-import' && !external) visit(next);
  };
  for (const [path, { entryPoint }] of Object.entries(outputs)) if (entryPoint && !later.has(path)) visit(path);
  return [...found];
}
