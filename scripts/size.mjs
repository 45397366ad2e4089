// Bundles what a page needs that only detects, as a stranger's bundler would, and holds its kilobytes and its parts.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

const names = 'baselineAnchors, bifpn, detect, detector, efficientNetB0, loadWeights, ssdHead';
/** Most kilobytes (1024 bytes) of our code; about a tenth above what it was when this was written. */
const pages = {
  detecting: {
    entry: {
      stdin: {
        contents: `import { ${names} } from 'pyramidion'; import { useBackend } from 'pyramidion/engine';
          Object.assign(globalThis, { ${names}, useBackend });`,
        resolveDir: root,
      },
    },
    limit: { minified: 88, gzip: 33 },
  },
  'examples/detect-page': {
    entry: { entryPoints: [join(root, 'examples/detect-page/main.ts')] },
    limit: { minified: 106, gzip: 40 },
  },
};
/** What such a page must not carry. */
const foreign =
  /^src\/(trace|train|node|evaluate|export|layers|cli)\/|^src\/data\/(?!(batchAhead|byteReader|formatError|imageSize|letterbox|placement|resample|resize)\.ts)/;

const bundle = (entry, { source, external }) =>
  build({
    ...entry,
    absWorkingDir: root,
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outdir: join(root, 'size'),
    write: false,
    metafile: true,
    logLevel: 'silent',
    conditions: source ? ['pyramidion-source'] : [],
    external: external ? ['@tensorflow/*'] : [],
  });

/** Binaries as text, each a file of its own. */
const isBinary = (text) => /[A-Za-z0-9+/]{50000}/.test(text);
const sum = (files) => ({
  minified: files.reduce((total, { contents }) => total + contents.length, 0) / 1024,
  gzip: files.reduce((total, { contents }) => total + gzipSync(contents, { level: 9 }).length, 0) / 1024,
});
const kilobytes = ({ minified, gzip }) => `${minified.toFixed(1)} KB, ${gzip.toFixed(1)} KB gzipped`;
const fail = (line) => {
  console.error(`size: ${line}`);
  process.exitCode = 1;
};

async function measure(page, { entry, limit }) {
  const { metafile } = await bundle(entry, { source: true, external: true });
  const inside = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  const strangers = inside.filter((file) => foreign.test(file));
  if (strangers.length > 0)
    fail(`${page} carries ${strangers.join(', ')}; find the import that leads there, or load it by await import`);

  const { outputFiles } = await bundle(entry, { source: false, external: true });
  const ours = sum(outputFiles.filter(({ text }) => !isBinary(text)));
  const binaries = sum(outputFiles.filter(({ text }) => isBinary(text)));
  const all = sum((await bundle(entry, { source: false, external: false })).outputFiles);
  const tfjs = {
    minified: all.minified - ours.minified - binaries.minified,
    gzip: all.gzip - ours.gzip - binaries.gzip,
  };
  console.log(
    `${page}: ours ${kilobytes(ours)}; our and tfjs's WebAssembly ${kilobytes(binaries)}; tfjs ${kilobytes(tfjs)}`,
  );
  for (const kind of ['minified', 'gzip'])
    if (ours[kind] > limit[kind])
      fail(
        `${page} carries ${ours[kind].toFixed(1)} KB of our code (${kind}), more than the ${limit[kind]} KB allowed; ` +
          'see what came in, and raise the limit in scripts/size.mjs only for what belongs there',
      );
}

if (!existsSync(join(root, 'dist/index.js'))) fail('there is no dist; run: npm run build');
else
  for (const [page, needs] of Object.entries(pages))
    await measure(page, needs).catch((error) => fail(`${page} cannot be bundled: ${error.message}`));
