import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { weightCache } from '../../src/node/weightCache.ts';
import { fromFile } from '../../src/node/weightFile.ts';
import { fromUrl } from '../../src/weights/source.ts';
import { file, serve } from '../weights/sourceServer.ts';

const home = mkdtempSync(join(tmpdir(), 'pyramidion-cache-'));
afterAll(() => rmSync(home, { recursive: true }));
const hashOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const weights = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);

async function keep(folder: string, content: Uint8Array) {
  const cache = weightCache({ folder });
  const draft = await cache.draft();
  await draft.write(content.subarray(0, 10));
  await draft.write(content.subarray(10));
  await draft.keep();
  await draft.discard();
  return cache;
}

describe('the cache of weights on disk', () => {
  it('gives what was kept, in any part', async () => {
    const cache = await keep(join(home, 'a'), weights);
    const found = await cache.find(hashOf(weights), weights.length);
    if (!found || found instanceof Uint8Array) throw new Error('it is not a file');
    const part = new Uint8Array(100);
    await found.readInto(1000, part);
    expect(part).toEqual(weights.slice(1000, 1100));
    await expect(found.readInto(weights.length - 50, part)).rejects.toThrow(`ends at ${weights.length}, but`);
  });
  it('forgets what was written before a restart', async () => {
    const cache = weightCache({ folder: join(home, 'b') });
    const draft = await cache.draft();
    await draft.write(weights);
    await draft.restart();
    await draft.write(weights.subarray(0, 7));
    await draft.keep();
    expect(readFileSync(join(home, 'b/contents', hashOf(weights.subarray(0, 7))))).toHaveLength(7);
  });
  it('has nothing that is cut, changed or of another size', async () => {
    const cache = await keep(join(home, 'c'), weights);
    const path = join(home, 'c/contents', hashOf(weights));
    expect(await cache.find(hashOf(weights), weights.length - 1)).toBeUndefined();
    writeFileSync(
      path,
      weights.map((x, i) => (i === 2_000_000 ? x ^ 1 : x)),
    );
    expect(await cache.find(hashOf(weights), weights.length)).toBeUndefined();
    writeFileSync(path, weights.subarray(1));
    expect(await cache.find(hashOf(weights))).toBeUndefined();
    await keep(join(home, 'c'), weights); // mended by the next one that fetches it
    expect(await cache.find(hashOf(weights))).toBeDefined();
  });
  it('remembers notes, and takes a damaged one for none', async () => {
    const cache = weightCache({ folder: join(home, 'd') });
    expect(await cache.note('https://a.test/x')).toBeUndefined();
    await cache.remember('https://a.test/x', { size: 3 });
    await cache.remember('https://a.test/y', { size: 4 });
    expect(await cache.note('https://a.test/x')).toEqual({ size: 3 });
    for (const name of readdirSync(join(home, 'd/notes'))) writeFileSync(join(home, 'd/notes', name), '{"key": "https');
    expect(await cache.note('https://a.test/x')).toBeUndefined();
  });
  it('clears what killed processes left, after a day', async () => {
    const folder = join(home, 'e');
    mkdirSync(join(folder, 'contents'), { recursive: true });
    for (const [name, days] of [
      ['old.part', 2],
      ['young.part', 0.5],
    ] as const) {
      const path = join(folder, 'contents', name);
      writeFileSync(path, 'x');
      const then = new Date(Date.now() - days * 86_400_000);
      utimesSync(path, then, then);
    }
    await keep(folder, weights);
    expect(readdirSync(join(folder, 'contents')).sort()).toEqual([hashOf(weights), 'young.part'].sort());
  });

  describe('without a folder', () => {
    afterEach(() => vi.unstubAllEnvs());
    it.skipIf(process.platform !== 'linux')(
      'lies where the system has caches (skipped where that is no variable)',
      () => {
        vi.stubEnv('XDG_CACHE_HOME', '/somewhere/cache');
        expect(weightCache().name).toBe('/somewhere/cache/pyramidion/weights');
        vi.stubEnv('XDG_CACHE_HOME', 'relative'); // is to be ignored
        vi.stubEnv('HOME', '/home/her');
        expect(weightCache().name).toBe('/home/her/.cache/pyramidion/weights');
      },
    );
  });

  it('serves processes that fetch the same file at once', async () => {
    const server = await serve();
    const folder = join(home, 'shared');
    let waiting = 0;
    const all = new Promise<void>((resolve) => {
      // both have begun before either gets its end
      server.answers((request, response) => {
        response.writeHead(200, { etag: '"one"', 'content-length': weights.length });
        response.write(weights.subarray(0, 1_000_000));
        if (++waiting === 2) resolve();
        all.then(() => response.end(weights.subarray(1_000_000)));
        request.resume();
      });
    });
    const script = join(import.meta.dirname, 'weightCacheFetch.ts');
    const another = () =>
      new Promise<string>((resolve, reject) => {
        const child = spawn(process.execPath, ['--import', 'tsx', script, `${server.origin}/a`, folder]);
        let [out, wrong] = ['', ''];
        child.stdout.on('data', (more) => {
          out += more;
        });
        child.stderr.on('data', (more) => {
          wrong += more;
        });
        child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(wrong))));
      });
    try {
      expect(await Promise.all([another(), another()])).toEqual([hashOf(weights), hashOf(weights)]);
      expect(readdirSync(join(folder, 'contents'))).toEqual([hashOf(weights)]);
      server.answers(file(weights));
      const here = fromUrl(`${server.origin}/a`, { cache: weightCache({ folder }) });
      await here.read();
      expect(here.origin()?.cached).toBe(true);
    } finally {
      await server.close();
    }
  }, 30_000);
});

describe('weights in a file', () => {
  it('are read where they are asked for', async () => {
    const path = join(home, 'a.safetensors');
    writeFileSync(path, weights);
    const given = await fromFile(path).read();
    expect(given.size).toBe(weights.length);
    const part = new Uint8Array(3);
    await given.readInto(5, part);
    expect(part).toEqual(weights.slice(5, 8));
    utimesSync(path, 1, 1);
    await expect(given.readInto(5, part)).rejects.toThrow(`${path}: the file changed while it was read; load it again`);
  });
  it('that are not there are named', async () => {
    await expect(fromFile('/no/such/file').read()).rejects.toThrow('/no/such/file: ENOENT');
  });
});
