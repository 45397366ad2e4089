import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { broken, file, serve } from '../weights/sourceServer.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const root = join(import.meta.dirname, '../..');
const weights = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) & 255);
const sha256 = createHash('sha256').update(weights).digest('hex');
/** What a server of files says to pages of other origins; it lets them send no header of their own, and see no range. */
const open = { etag: '"one"', 'access-control-allow-origin': '*', 'access-control-expose-headers': 'ETag' };

let browser: Browser;
let page: Page;
let bundle = '';
let server: Awaited<ReturnType<typeof serve>>;

const enter = async (address: string) => {
  await page.goto(address);
  await page.addScriptTag({ content: bundle });
};
const run = (lines: string) =>
  page.evaluate(`(async () => { ${lines} })().catch((error) => error.name + ': ' + error.message)`);
const load = `
  const source = fromUrl(address, { cache: weightCache(), retryDelay: 1, ...options });
  const hash = sha256();
  hash.update(await allBytes(await source.read()));
  return [hash.hex(), source.origin().cached];`;

describe.skipIf(!existsSync(executablePath))('weights in Chromium (skipped where there is none)', () => {
  beforeAll(async () => {
    const contents = `
      import { weightCache } from './src/web/weightCache.ts';
      import { allBytes, fromUrl } from './src/weights/source.ts';
      import { huggingFace } from './src/weights/hub.ts';
      import { sha256 } from './src/weights/sourceSha256.ts';
      Object.assign(globalThis, { weightCache, allBytes, fromUrl, huggingFace, sha256 });`;
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: root, loader: 'ts' },
      ...{ bundle: true, write: false, format: 'iife', platform: 'browser', target: 'es2022', logLevel: 'silent' },
    });
    bundle = outputFiles[0]?.text ?? '';
    // pages whose answers are made up here count as public, which may not ask this machine
    const args = ['--no-sandbox', '--disable-gpu', '--disable-features=LocalNetworkAccessChecks'];
    browser = await chromium.launch({ executablePath, args });
    page = await browser.newPage();
    for (const site of ['http://localhost/', 'http://here.test/'])
      await page.route(site, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
    server = await serve();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('are kept in Cache Storage, of another origin too, and taken up where the connection broke', async () => {
    await enter('http://localhost/');
    server.answers(broken(weights, 100_000, open), file(weights, open));
    const lines = `const address = '${server.origin}/a', options = {}; ${load}`;
    expect(await run(lines)).toEqual([sha256, false]);
    // no question beforehand (OPTIONS): all that is sent may be sent without one
    expect(server.asked.map(({ method, headers }) => [method, headers.range])).toEqual([
      ['GET', undefined],
      ['GET', 'bytes=100000-'],
    ]);
    expect(await run(lines)).toEqual([sha256, true]);
    await enter('http://localhost/'); // and are there when the page comes again, also without the network
    server.answers((_, response) => response.destroy());
    const offline = `const address = '${server.origin}/a', options = { offline: true }; ${load}`;
    expect(await run(offline)).toEqual([sha256, true]);
    expect(server.asked).toHaveLength(0);
  });
  it('of another hash are not kept', async () => {
    await enter('http://localhost/');
    server.answers(file(weights, open));
    const other = 'd'.repeat(64);
    const lines = `const address = '${server.origin}/b', options = { sha256: '${other}' }; ${load}`;
    expect(await run(lines)).toMatch(/^FormatError: .*\/b: the file's sha256 is/);
    expect(await run(`return (await (await caches.open('pyramidion-weights')).keys()).length`)).toBe(2); // of /a
  });
  it('come from the hub', async () => {
    await enter('http://localhost/');
    const facts = {
      sha: 'a'.repeat(40),
      cardData: { license: 'mit' },
      siblings: [{ rfilename: 'model.safetensors', lfs: { sha256, size: weights.length } }],
    };
    const body = new TextEncoder().encode(JSON.stringify(facts));
    server.answers((request, response) =>
      file(request.url?.startsWith('/api/') ? body : weights, open)(request, response),
    );
    const lines = `
      const source = huggingFace({ repo: 'a/b', mirror: '${server.origin}', cache: weightCache() });
      await source.read();
      return source.origin().licence;`;
    expect(await run(lines)).toEqual({ id: 'mit' });
  });
  it('are loaded all the same when the storage is full', async () => {
    await enter('http://localhost/');
    server.answers(file(weights, { ...open, etag: '"full"' }));
    const lines = `
      const full = [];
      Cache.prototype.put = async () => { throw new DOMException('no room', 'QuotaExceededError'); };
      const address = '${server.origin}/c', options = { cache: weightCache({ name: 'full', onFull: (error) => full.push(error.name) }) };
      const [hash] = await (async () => { ${load} })();
      return [hash, full];`;
    expect(await run(lines)).toEqual([sha256, ['QuotaExceededError', 'QuotaExceededError']]);
  });
  it('need no cache, which a page without https has not', async () => {
    await enter('http://here.test/');
    server.answers(file(weights, open));
    expect(await run(`const address = '${server.origin}/a', options = {}; ${load}`)).toBe(
      'Error: weightCache: there is no Cache Storage here; serve the page by https or from localhost, or give no cache',
    );
    const lines = `const address = '${server.origin}/a', options = { cache: undefined, sha256: '${sha256}' }; ${load}`;
    expect(await run(lines)).toEqual([sha256, false]);
  });
});
