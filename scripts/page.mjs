// Builds the pages of examples/ against dist with vite, serves them, and trains and detects in Chromium, with and without
// cross-origin isolation; detecting must load our engine, and a page that trains in a worker must draw on. A page of esbuild's runs
// the engine on as many threads as it may have, and ends one.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(executablePath))
  throw new Error(`page: no Chromium at ${executablePath}; install it or name one in CHROMIUM`);
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const browser = await chromium.launch({ executablePath, args: quiet });
const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
/** Whether the page asked for a build of the engine. */
const isEngine = (url) => /\/(plain|relaxed|wide)\.generated[^/]*\.js$/.test(url);

/** Opens a folder that was built and waits for what the page says, once with each set of headers; gives what it said last. */
async function show(outDir, done, { engine, query = '', with: sets = [{}, isolated] }) {
  let said = '';
  for (const headers of sets) {
    const server = await preview({
      root: tmpdir(),
      logLevel: 'warn',
      build: { outDir },
      preview: { port: 0, headers },
    });
    const page = await browser.newPage();
    const asked = [];
    page.on('pageerror', (error) => console.error(error.message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`http://localhost:${server.httpServer.address().port}/${query}`);
    await page.waitForFunction(
      (done) => new RegExp(`${done}|failed`, 'i').test(document.getElementById('out').textContent),
      done.source,
      { timeout: 120_000 },
    );
    const text = await page.textContent('#out');
    console.log(text.trim());
    said = await page.textContent('body');
    await page.screenshot({ path: join(outDir, 'page.png') });
    await page.close();
    await server.close();
    if (!done.test(text)) process.exitCode = 1;
    if (engine && !asked.some(isEngine)) {
      console.error('page: it did not load our engine');
      process.exitCode = 1;
    }
  }
  return said;
}

const folder = (name) => join(tmpdir(), `pyramidion-${name}-${process.pid}`);
for (const [name, done, options] of [
  ['page', /passed/, { engine: false }],
  ['detect-page', /found in/, { engine: true }],
]) {
  const root = join(import.meta.dirname, '../examples', name);
  const outDir = folder(name);
  await build({
    root,
    logLevel: 'warn',
    build: { target: 'es2022', outDir, emptyOutDir: true, chunkSizeWarningLimit: 6000 },
  });
  await show(outDir, done, options);
}

// A page that trains draws on where the steps run in a worker, and stands still for each where they run in itself.
const training = join(import.meta.dirname, '../examples/train-page');
const framesOf = async (outDir, where) => {
  const query = `?steps=12&engine=${where}`;
  const said = await show(outDir, /Stopped after 12 steps/, { engine: true, query, with: [{}] });
  const pace = /(\d+) ms a step, (\d+) frames in it, the longest pause of the page (\d+) ms/.exec(said);
  console.log(`the engine in the ${where}: ${pace?.[0]}`);
  return { step: Number(pace?.[1]), frames: Number(pace?.[2]) };
};
const responsive = async (outDir) => {
  const [inPage, inWorker] = [await framesOf(outDir, 'page'), await framesOf(outDir, 'worker')];
  if (inWorker.frames >= 4 && inWorker.frames / inWorker.step > 2 * (inPage.frames / inPage.step)) return;
  console.error('page: it does not draw on while it trains in a worker');
  process.exitCode = 1;
};
const withVite = folder('train-page');
await build({
  root: training,
  logLevel: 'warn',
  build: { target: 'es2022', outDir: withVite, emptyOutDir: true, chunkSizeWarningLimit: 6000 },
});
await responsive(withVite);

const engine = `
  import { randomUniform } from '@tensorflow/tfjs-core';
  import { compile, efficientNet } from 'pyramidion';
  import { useBackend, wasmEngine, workerEngine } from 'pyramidion/engine';
  const say = (text) => { document.getElementById('out').textContent = text; };
  const run = async () => {
    await useBackend('wasm');
    const refused = await wasmEngine({ threads: 2 }).then(() => '', (error) => error.message);
    if (crossOriginIsolated === /cross-origin isolated/.test(refused)) throw new Error('two threads: ' + refused);
    const asTold = await wasmEngine();
    const most = crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency) : 1;
    if (asTold.threads > most || (most > 1 && asTold.threads < 2)) throw new Error('a page has ' + asTold.threads + ' threads');
    asTold.dispose();
    const alone = await wasmEngine({ threads: 1 });
    const target = await wasmEngine({ threads: crossOriginIsolated ? 2 : 1 });
    const model = efficientNet({ width: 0.5, depth: 0.5 });
    const image = randomUniform([1, 96, 128, 3], -1, 1, 'float32', 1);
    const [one, other] = [alone, target].map((target) => compile(model, { target })(image).C5.dataSync());
    const plain = model(image).C5.dataSync();
    if (!one.every((x, i) => x === other[i])) throw new Error('threads change the numbers');
    const far = Math.max(...plain.map((x, i) => Math.abs(x - one[i]))) / Math.max(...plain.map(Math.abs));
    if (!(far < 1e-3)) throw new Error('it is ' + far + ' away from plain ops');
    if (crossOriginIsolated) {
      const workers = [];
      const Plain = Worker;
      globalThis.Worker = class extends Plain { constructor(url) { super(url); workers.push(this); } };
      const dying = compile(model, { target: await wasmEngine({ threads: 2 }) });
      globalThis.Worker = Plain;
      dying(image);
      workers.at(-1).terminate(); // the thread; before it stands the one that watches
      let said = '';
      for (let call = 0; call < 100 && said === ''; call++) {
        await new Promise((then) => setTimeout(then, 100)); // Chromium lets it live for 2 seconds
        try { dying(image).C5.dispose(); } catch (error) { said = error.message; }
      }
      if (!/thread 1 of 2 has ended; make another engine/.test(said)) throw new Error('a thread was ended, but: ' + said);
    }
    const worker = await workerEngine({ threads: crossOriginIsolated ? 2 : 1 });
    const there = await compile(model, { target: worker })(image).C5.data();
    if (!one.every((x, i) => x === there[i])) throw new Error('a worker changes the numbers');
    say('The engine passed: ' + target.build + ', threads: ' + target.threads);
  };
  run().catch((error) => say('Failed: ' + error.message));`;
const outDir = folder('engine');
mkdirSync(outDir, { recursive: true });
await esbuild({
  stdin: { contents: engine, resolveDir: join(import.meta.dirname, '..') },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  outdir: outDir,
  entryNames: 'main',
  logLevel: 'error',
});
writeFileSync(
  join(outDir, 'index.html'),
  '<!doctype html><p id="out"></p><script type="module" src="main.js"></script>',
);
await show(outDir, /passed/, { engine: true });

const withEsbuild = folder('train-page-esbuild');
mkdirSync(withEsbuild, { recursive: true });
await esbuild({
  entryPoints: { main: join(training, 'main.ts') },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  outdir: withEsbuild,
  logLevel: 'error',
});
const html = readFileSync(join(training, 'index.html'), 'utf8');
writeFileSync(join(withEsbuild, 'index.html'), html.replace('./main.ts', 'main.js'));
await show(withEsbuild, /Stopped after 4 steps/, { engine: true, query: '?steps=4' });
await browser.close();
