import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { weightCache } from '../../src/node/weightCache.ts';
import { allBytes, type FromUrlOptions, fromUrl } from '../../src/weights/source.ts';
import { sha256 } from '../../src/weights/sourceSha256.ts';
import { broken, file, serve, status } from './sourceServer.ts';

const bytes = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 17) & 255);
const hashOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const weights = bytes(200_000, 1);
const others = bytes(200_000, 2);
const quick = { retryDelay: 1 };

let server: Awaited<ReturnType<typeof serve>>;
let elsewhere: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  server = await serve();
  elsewhere = await serve();
});
const home = mkdtempSync(join(tmpdir(), 'pyramidion-source-'));
afterAll(async () => {
  await Promise.all([server.close(), elsewhere.close()]);
  rmSync(home, { recursive: true });
});

const read = async (options: FromUrlOptions = {}, signal?: AbortSignal) =>
  allBytes(await fromUrl(`${server.origin}/a.safetensors?key=secret`, { ...quick, ...options }).read({ signal }));
const ranges = () => server.asked.map(({ headers }) => headers.range);
const isHash = (content: Uint8Array, expected: Uint8Array) => expect(hashOf(content)).toBe(hashOf(expected));
let folders = 0;
/** An empty cache, and what lies in it after the deed: no test may leave a part. */
function emptyCache() {
  const folder = join(home, `${folders++}`);
  const files = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /[.]|[0-9a-f]{64}/.test(name));
  return { cache: weightCache({ folder }), folder, files };
}

describe('a hash that grows', () => {
  it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])(
    'of %i bytes is that of OpenSSL, however they are cut',
    (length) => {
      const content = bytes(length, 3);
      for (const cut of [1, 7, 64, 100]) {
        const hash = sha256();
        for (let at = 0; at < length; at += cut) {
          hash.update(content.subarray(at, at + cut));
          hash.hex(); // asking does not disturb it
        }
        expect(hash.hex()).toBe(hashOf(content));
      }
    },
  );
});

describe('weights at an address', () => {
  it('are fetched, and told', async () => {
    server.answers(file(weights));
    const seen: number[] = [];
    const source = fromUrl(`${server.origin}/a.safetensors?key=secret`, {
      onProgress: ({ bytes: here, total }) => {
        expect(total).toBe(weights.length);
        seen.push(here);
      },
    });
    expect(source.origin()).toBeUndefined();
    isHash(await allBytes(await source.read()), weights);
    expect(seen.at(-1)).toBe(weights.length);
    expect(source.origin()).toEqual({
      address: `${server.origin}/a.safetensors?...`, // what may be secret is not shown
      sha256: hashOf(weights),
      size: weights.length,
      cached: false,
    });
  });
  it('are fetched in the way that the caller gives, such as through a proxy', async () => {
    server.answers(file(weights));
    const through: string[] = [];
    const proxy: typeof fetch = (address, options) => {
      through.push(`${address}`);
      return fetch(address, options);
    };
    isHash(await read({ fetch: proxy }), weights);
    expect(through).toHaveLength(1);
  });
  it('may come without a length', async () => {
    server.answers((_, response) => response.writeHead(200).end(weights));
    isHash(await read(), weights);
    server.answers((_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.write(weights.subarray(0, 99));
      response.end(weights.subarray(99));
    });
    isHash(await read(), weights);
  });
  it('are taken up where the connection broke, when the etag is the same', async () => {
    server.answers(broken(weights, 50_000), broken(weights, 70_000), file(weights));
    isHash(await read(), weights);
    expect(ranges()).toEqual([undefined, 'bytes=50000-', 'bytes=120000-']);
  });
  it('begin again when the server knows no ranges', async () => {
    server.answers(broken(weights, 50_000), (_, response) => response.writeHead(200, { etag: '"one"' }).end(weights));
    isHash(await read(), weights);
    expect(ranges()).toEqual([undefined, 'bytes=50000-']);
  });
  it('begin again when nothing says that it is the same file', async () => {
    for (const headers of [{}, { etag: 'W/"one"' }]) {
      server.answers(broken(weights, 50_000, headers), file(weights, headers));
      isHash(await read(), weights);
      expect(ranges()).toEqual([undefined, undefined]);
    }
  });
  it('are never put together of two files: a file that changed meanwhile begins again', async () => {
    server.answers(broken(weights, 50_000), file(others, { etag: '"two"' }));
    isHash(await read(), others);
    expect(ranges()).toEqual([undefined, 'bytes=50000-', undefined]);
  });
  it('begin again after 416, when the file became shorter than what had come', async () => {
    server.answers(broken(weights, 50_000), status(416), file(others.subarray(0, 10), { etag: '"two"' }));
    isHash(await read(), others.subarray(0, 10));
  });
  it('begin again, whole, when the parts fit by their etag but not by their hash', async () => {
    server.answers(broken(weights, 50_000), file(others), file(others));
    isHash(await read({ sha256: hashOf(others) }), others);
    expect(ranges()).toEqual([undefined, 'bytes=50000-', undefined]);
  });
  it.each([408, 429, 500, 502, 503, 504])('are asked for again after %i', async (code) => {
    server.answers(status(code), file(weights));
    isHash(await read(), weights);
  });
  it('wait as long as the server asks', async () => {
    server.answers(status(429, { 'retry-after': '1' }), file(weights));
    const start = performance.now();
    await read();
    expect(performance.now() - start).toBeGreaterThan(950);
  });
  it('are given up after too many breaks that brought little', async () => {
    server.answers(broken(weights, 10));
    await expect(read({ retries: 2 })).rejects.toThrow(
      /a\.safetensors\?\.\.\.: the connection .*, 3 times in a row; 30 of 200000 bytes had come/,
    );
    server.answers(status(500));
    await expect(read({ retries: 0 })).rejects.toThrow(
      'the server answers 500 Internal Server Error, 1 times in a row',
    );
  });
  it('are given up where nobody answers', async () => {
    const gone = await serve();
    await gone.close();
    await expect(fromUrl(`${gone.origin}/a`, { retries: 1, retryDelay: 1 }).read()).rejects.toThrow(
      /the connection broke: fetch failed \(.*ECONNREFUSED.*\), 2 times in a row/,
    );
  });
  it.each([
    [401, 'give a token'],
    [403, 'give a token'],
    [404, 'there is no such file'],
    [410, 'there is no such file'],
    [418, "the server answers 418 I'm a Teapot"],
  ])('are not asked for again after %i: %s', async (code, told) => {
    server.answers(status(code));
    await expect(read()).rejects.toThrow(told);
    expect(server.asked).toHaveLength(1);
  });
  it('that stall count as broken, before their headers and in the middle', async () => {
    server.answers(
      () => undefined,
      (_, response) => {
        response.writeHead(200, { etag: '"one"', 'content-length': weights.length });
        response.write(weights.subarray(0, 1000));
      },
      file(weights),
    );
    isHash(await read({ stall: 150 }), weights);
    expect(ranges()).toEqual([undefined, undefined, 'bytes=1000-']);
    server.answers(() => undefined);
    await expect(read({ stall: 50, retries: 0 })).rejects.toThrow('no byte came for 0.05 seconds');
  });
  it('are refused when they are longer than they may be, before they are read where the server tells', async () => {
    server.answers(file(weights));
    await expect(read({ maxBytes: 1000 })).rejects.toThrow(
      'the file has 200000 bytes and may have 1000; give a larger maxBytes',
    );
    server.answers((_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.write(weights);
    });
    await expect(read({ maxBytes: 1000 })).rejects.toThrow('more than 1000 bytes come');
  });
  it('are refused for another hash than is expected', async () => {
    server.answers(file(others));
    await expect(read({ sha256: hashOf(weights) })).rejects.toThrow(
      `the file's sha256 is ${hashOf(others)}, but ${hashOf(weights)} was expected`,
    );
    expect(server.asked).toHaveLength(1);
  });
  it('follow redirects, and no other server gets the token', async () => {
    server.answers((request, response) =>
      request.url?.startsWith('/a')
        ? response.writeHead(302, { location: '/b' }).end()
        : response.writeHead(302, { location: `${elsewhere.origin}/c` }).end(),
    );
    elsewhere.answers(file(weights));
    isHash(await read({ token: 'hf_secret' }), weights);
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer hf_secret', 'Bearer hf_secret']);
    expect(elsewhere.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
  it('give up on redirects in a circle', async () => {
    server.answers((_, response) => response.writeHead(302, { location: '/a' }).end());
    await expect(read({ retries: 0 })).rejects.toThrow(/redirect/);
  });
  it('that end too soon count as broken, where the one who fetches does not say so', async () => {
    const cut: typeof fetch = async () => new Response(weights.slice(0, 7), { headers: { 'content-length': '10' } });
    await expect(read({ fetch: cut, retries: 1 })).rejects.toThrow(
      'the connection ended after 7 of 10 bytes, 2 times in a row',
    );
  });
  it('stop between two parts of a file, too', async () => {
    server.answers(file(weights));
    const stop = new AbortController();
    await expect(read({ onProgress: () => stop.abort(new Error('enough')) }, stop.signal)).rejects.toThrow('enough');
  });
  it('are refused when https leads to http', async () => {
    const downgraded: typeof fetch = async () => {
      const response = new Response(weights);
      Object.defineProperty(response, 'url', { value: 'http://elsewhere.test/a' });
      return response;
    };
    await expect(fromUrl('https://here.test/a', { fetch: downgraded }).read()).rejects.toThrow(
      'https://here.test/a: it is redirected to http://elsewhere.test/a, without https',
    );
  });
  it('never show the token, in no error', async () => {
    const { cache } = emptyCache();
    for (const answer of [status(401), status(500), status(404), broken(weights, 3)]) {
      server.answers(answer);
      const error: unknown = await read({ token: 'hf_secret', retries: 0, cache }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      for (let at = error; at instanceof Error; at = at.cause)
        expect(`${at.stack} ${JSON.stringify(at)}`).not.toMatch(/secret/);
    }
  });
  it('stop when they are told to, at once and everywhere', async () => {
    const gone = new Error('the page was left');
    const aborted = AbortSignal.abort(gone);
    server.answers(file(weights));
    await expect(read({}, aborted)).rejects.toBe(gone);
    expect(server.asked).toHaveLength(0);

    const { cache, files } = emptyCache();
    for (const answer of [
      () => undefined, // waiting for headers
      broken(weights, 50_000), // waiting for another try
      ((_, response) => {
        response.writeHead(200, { 'content-length': weights.length });
        response.write(weights.subarray(0, 1000)); // waiting for bytes
      }) satisfies Parameters<typeof server.answers>[0],
    ]) {
      server.answers(answer);
      const stop = new AbortController();
      const reading = read({ cache, retryDelay: 10_000 }, stop.signal);
      setTimeout(() => stop.abort(gone), 100);
      await expect(reading).rejects.toBe(gone);
    }
    expect(files()).toEqual([]);
  });
});

describe('a cache', () => {
  it('keeps weights, and the server is only asked whether they are the same', async () => {
    const { cache, files } = emptyCache();
    const cached: boolean[] = [];
    const options = { cache, onOrigin: (origin: { readonly cached: boolean }) => cached.push(origin.cached) };
    server.answers(file(weights), file(weights), file(others, { etag: '"two"' }));
    isHash(await read(options), weights);
    isHash(await read(options), weights);
    isHash(await read(options), others);
    expect(cached).toEqual([false, true, false]);
    expect(files().filter((name) => name.endsWith('.part'))).toEqual([]);
  });
  it('asks nobody for a file whose hash is given, wherever it was from', async () => {
    const { cache } = emptyCache();
    server.answers(file(weights));
    await read({ cache });
    const moved = fromUrl('https://gone.test/moved', { cache, sha256: hashOf(weights) });
    isHash(await allBytes(await moved.read()), weights);
    expect(server.asked).toHaveLength(1);
  });
  it('serves offline what it has, and says what it has not', async () => {
    const { cache, folder } = emptyCache();
    server.answers(file(weights));
    await expect(read({ cache, offline: true })).rejects.toThrow(
      `a.safetensors?...: it is not in the cache in ${folder}, and offline is true`,
    );
    await read({ cache });
    isHash(await read({ cache, offline: true }), weights);
    expect(server.asked).toHaveLength(1);
  });
  it('is named when the network fails and it has a copy', async () => {
    const { cache } = emptyCache();
    server.answers(file(weights), status(503));
    await read({ cache });
    await expect(read({ cache, retries: 1 })).rejects.toThrow(
      'a copy that was fetched before is in the cache: offline: true takes it',
    );
  });
  it.each([
    ['a hash that is wrong', { sha256: hashOf(others) }, () => file(weights)],
    ['a file that is too long', { maxBytes: 10 }, () => file(weights)],
    ['a connection that breaks', { retries: 1 }, () => broken(weights, 50_000)],
    ['a refusal', {}, () => status(404)],
  ])('is as empty as before after %s', async (_, options, answer) => {
    const { cache, files } = emptyCache();
    server.answers(answer());
    await expect(read({ cache, ...options })).rejects.toThrow();
    expect(files()).toEqual([]);
  });
});

describe('what fromUrl is given', () => {
  it.each([
    ['weights/a.safetensors', {}, 'is no address of http or https; a file on disk is fromFile(path)'],
    ['file:///a', {}, 'is no address of http or https'],
    ['https://me:secret@here.test/a', {}, 'https://here.test/a was given with a user in the address'],
    ['https://here.test/a', { sha256: 'ABC' }, 'sha256 is "ABC"; it must be 64 hexadecimal digits'],
    ['https://here.test/a', { offline: true }, 'offline is true but there is no cache'],
    ['https://here.test/a', { retries: -1 }, 'retries is -1'],
    ['https://here.test/a', { stall: Number.NaN }, 'stall is NaN'],
    ['https://here.test/a', { token: 'hf_secret\n' }, 'the token has characters that no token has'],
  ])('is checked when it is made: %s %o', (address, options, told) => {
    expect(() => fromUrl(address, options)).toThrow(told);
  });
});
