// Builds the pages of examples/ against dist with vite, serves them, and trains and detects in Chromium, with and without
// cross-origin isolation.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
for (const [name, done] of [
  ['page', /passed/],
  ['detect-page', /found in/],
]) {
  const root = join(import.meta.dirname, '../examples', name);
  const outDir = join(tmpdir(), `pyramidion-${name}-${process.pid}`);
  await build({
    root,
    logLevel: 'warn',
    build: { target: 'es2022', outDir, emptyOutDir: true, chunkSizeWarningLimit: 3000 },
  });
  for (const headers of [{}, isolated]) {
    const server = await preview({ root, logLevel: 'warn', build: { outDir }, preview: { port: 0, headers } });
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error.message));
    await page.goto(`http://localhost:${server.httpServer.address().port}/`);
    await page.waitForFunction(
      (done) => new RegExp(`${done}|failed`, 'i').test(document.getElementById('out').textContent),
      done.source,
      { timeout: 60_000 },
    );
    const text = await page.textContent('#out');
    console.log(text.trim());
    await page.screenshot({ path: join(outDir, 'page.png') });
    await page.close();
    await server.close();
    if (!done.test(text)) process.exitCode = 1;
  }
}
await browser.close();
