import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
/** Bundles modules of ours for a page; tfjs stays outside. */
const bundle = (contents: string) =>
  build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
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
  const files = Object.keys(metafile.inputs);
  expect(files).toContain('src/detect/detect.ts');
  expect(files.filter((file) => /^src\/(node|train|trace|evaluate|engine|tfjs)\//.test(file))).toEqual([]);
  expect(files.filter((file) => /node_modules/.test(file))).toEqual([]);
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  expect(new Set(imported)).toEqual(new Set(['@tensorflow/tfjs-core']));
  expect(outputFiles[0]?.text).not.toMatch(/node:|\bBuffer\b|require\(/);
});
