import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { encodePng } from '../../src/node/images.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const [height, width] = [40, 60];

/** Code of this folder as one file. */
async function bundled(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, name)],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

async function photograph(key: number) {
  const random = keyedRandom('web', key);
  const data = Uint8Array.from({ length: 3 * height * width }, () => 256 * random());
  return Buffer.from(await encodePng({ height, width, data }));
}

describe.skipIf(!existsSync(executablePath))('loading in a page (skipped where there is no Chromium)', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const served = new Map<string, { readonly body: string | Buffer; readonly contentType: string }>([
      ['/', { body: '<!doctype html><title>loading</title>', contentType: 'text/html' }],
      ['/worker.js', { body: await bundled('loadingWorker.ts'), contentType: 'text/javascript' }],
    ]);
    for (let i = 0; i < 4; i++) served.set(`/${i}.png`, { body: await photograph(i), contentType: 'image/png' });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage();
    await page.context().route('**/*', (route) => {
      const found = served.get(new URL(route.request().url()).pathname);
      return found ? route.fulfill(found) : route.fulfill({ status: 404, body: 'nothing' });
    });
    await page.goto('http://loading.test/');
    await page.addScriptTag({ content: await bundled('loadingPage.ts') });
    await page.evaluate(`
      globalThis.sample = (name) => ({ id: name, height: ${height}, width: ${width}, image: imageAt(name),
        objects: [{ box: [4, 6, 34, 20], label: 'of ' + name }] });
      globalThis.all = async (samples, workers) => {
        const augment = [{ name: 'mosaic' }, { name: 'flip' }, { name: 'blur' }];
        const batch = samples.length;
        const said = [];
        for await (const { images, objects } of batches(samples, { size: [32, 48], batch, seed: 1, epoch: 0, augment, workers }))
          said.push({ images: [...images], objects });
        return JSON.stringify(said);
      };
      globalThis.four = ['0.png', '1.png', '2.png', '3.png'].map(sample);`);
  }, 60_000);
  afterAll(() => browser?.close());

  it('has the same bits with workers as without', { timeout: 30_000 }, async () => {
    const [plain, one, two] = await page.evaluate<readonly string[]>(`(async () => {
      const worker = () => new Worker('/worker.js');
      return [await all(four), await all(four, loadingWorkers({ worker })), await all(four, loadingWorkers({ worker, count: 2 }))];
    })()`);
    expect(plain?.length).toBeGreaterThan(4 * 32 * 48 * 3);
    expect(one === plain).toBe(true);
    expect(two === plain).toBe(true);
  });

  it.each([
    [
      'an image that is not there',
      "'/worker.js'",
      "sample('gone.png')",
      /batches: gone.png \(image 0 of batch 0, epoch 0\): .*gone.png.*404/,
    ],
    [
      'a worker whose code is not there',
      "'/gone.js'",
      'four[0]',
      /a worker that loads images ended by itself: its code could not be loaded/,
    ],
  ])('ends with an error that names %s', async (_, code, sample, message) => {
    const said = await page.evaluate<string>(
      `all([${sample}], loadingWorkers({ worker: () => new Worker(${code}) })).catch((error) => error.message)`,
    );
    expect(said).toMatch(message);
  });
});
