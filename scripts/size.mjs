// Bundles what a page needs that only detects, as a stranger's bundler would, and holds its kilobytes and its parts: what is
// loaded at once, and what comes later if it is needed, as our engine.
import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

const names = 'baselineAnchors, bifpn, detect, detector, efficientNetB0, loadWeights, ssdHead';
/** Most kilobytes (1024 bytes) of our code that a page loads at once; about a tenth above what it was when this was written. */
const pages = {
  detecting: {
    entry: {
      stdin: {
        contents: `import { ${names} } from 'pyramidion'; import { useBackend } from 'pyramidion/engine';
          Object.assign(globalThis, { ${names}, useBackend });`,
        resolveDir: root,
      },
    },
    limit: { minified: 193, gzip: 73 },
  },
  'examples/detect-page': {
    entry: { entryPoints: [join(root, 'examples/detect-page/main.ts')] },
    limit: { minified: 209, gzip: 80 },
  },
};
/** Most kilobytes of our code that is loaded later: the engine. */
const later = { minified: 90, gzip: 35 };
/** Most kilobytes of one WebAssembly build of the engine, of which a page loads one, gzipped. */
const mostOfBuild = 150;
/** What such a page must not carry at once. `compile` comes along: bundlers put what is imported both ways into one chunk. */
const foreign =
  /^src\/(train|node|evaluate|export|layers|cli|engine\/(commands|fuse|lower|plan))\/|^src\/data\/(?!(batchAhead|byteReader|formatError|imageSize|letterbox|placement|resample|resize)\.ts)/;

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

/** Binaries as text, which a bundler may put beside code. */
const binary = /[A-Za-z0-9+/=]{50000,}/g;
const binariesOf = ({ text }) => text.match(binary) ?? [];
/** A file without its binaries. */
const codeOf = (file) => ({ ...file, contents: Buffer.from(file.text.replace(binary, '')) });
const sum = (files) => ({
  minified: files.reduce((total, { contents }) => total + contents.length, 0) / 1024,
  gzip: files.reduce((total, { contents }) => total + gzipSync(contents, { level: 9 }).length, 0) / 1024,
});
const kilobytes = ({ minified, gzip }) => `${minified.toFixed(1)} KB, ${gzip.toFixed(1)} KB gzipped`;
const fail = (line) => {
  console.error(`size: ${line}`);
  process.exitCode = 1;
};

/** Files of a bundle: what the page loads at once, and what comes when it is asked for. */
function parts({ outputFiles, metafile: { outputs } }) {
  const [atOnce, ever] = [new Set(), new Set()];
  const visit = (path, seen, later) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: next, kind, external } of outputs[path].imports)
      if ((later || kind !== 'dynamic-import') && !external) visit(next, seen, later);
  };
  // Chunks that come later have an entryPoint too, also those of a function that was left out, which nobody loads.
  const own = ({ entryPoint }) => entryPoint === '<stdin>' || entryPoint?.startsWith('examples/');
  for (const [path, output] of Object.entries(outputs))
    if (own(output))
      for (const [seen, later] of [
        [atOnce, false],
        [ever, true],
      ])
        visit(path, seen, later);
  const loaded = outputFiles.filter(({ path }) => ever.has(relative(root, path)));
  const files = loaded.map(({ path, contents, text }) => {
    const key = relative(root, path);
    return { key, contents, text, inputs: Object.keys(outputs[key].inputs), atOnce: atOnce.has(key) };
  });
  return { files, inputsAtOnce: inputsOf(files.filter((file) => file.atOnce).map(({ key }) => outputs[key])) };
}
const inputsOf = (chunks) =>
  chunks.flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
const within = (what, size, limit) => {
  for (const kind of ['minified', 'gzip'])
    if (size[kind] > limit[kind])
      fail(
        `${what}: ${size[kind].toFixed(1)} KB of our code (${kind}), more than the ${limit[kind]} KB allowed; ` +
          'see what came in, and raise the limit in scripts/size.mjs only for what belongs there',
      );
};

async function measure(page, { entry, limit }) {
  const { inputsAtOnce } = parts(await bundle(entry, { source: true, external: true }));
  const strangers = inputsAtOnce.filter((file) => foreign.test(file));
  if (strangers.length > 0)
    fail(`${page} carries ${strangers.join(', ')}; find the import that leads there, or load it by await import`);

  const { files } = parts(await bundle(entry, { source: false, external: true }));
  const others = files.filter(({ inputs }) => inputs.some((file) => file.includes('node_modules/')));
  const ours = files.filter((file) => !others.includes(file));
  const code = ours.map(codeOf);
  const [first, then] = [code.filter(({ atOnce }) => atOnce), code.filter(({ atOnce }) => !atOnce)].map(sum);
  const all = sum((await bundle(entry, { source: false, external: false })).outputFiles);
  const rest = sum(files);
  const tfjs = { minified: all.minified - rest.minified, gzip: all.gzip - rest.gzip };
  console.log(`${page}: ours at once ${kilobytes(first)}; tfjs ${kilobytes(tfjs)}; ours later ${kilobytes(then)}`);
  for (const file of ours.filter((one) => binariesOf(one).length > 0)) {
    const name = basename(file.inputs.find((input) => input.includes('.generated')) ?? 'kernels').split('.')[0];
    const size = sum(binariesOf(file).map((contents) => ({ contents })));
    console.log(`  WebAssembly ${name}${file.atOnce ? ', at once' : ''}: ${kilobytes(size)}`);
    if (/^(plain|relaxed|wide)$/.test(name) && !(size.gzip < mostOfBuild))
      fail(
        `the build ${name} of the engine is ${size.gzip.toFixed(1)} KB gzipped, and must stay below ${mostOfBuild} KB`,
      );
  }
  for (const file of others) {
    console.log(`  ${file.inputs[0]?.split('node_modules/')[1]}, later: ${kilobytes(sum([file]))}`);
    if (file.atOnce) fail(`${page} carries ${file.inputs[0]}; load it by await import`);
  }
  within(`${page}, at once`, first, limit);
  within(`${page}, later`, then, later);
}

if (!existsSync(join(root, 'dist/index.js'))) fail('there is no dist; run: npm run build');
else
  for (const [page, needs] of Object.entries(pages))
    await measure(page, needs).catch((error) => fail(`${page} cannot be bundled: ${error.message}`));
