import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv } from '../../src/block/conv.ts';
import { type HasParts, weights as weightsOf } from '../../src/core/block.ts';
import { settle } from '../../src/core/model.ts';
import { weightCache } from '../../src/node/weightCache.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { type HuggingFaceOptions, huggingFace } from '../../src/weights/hub.ts';
import { weightLoader } from '../../src/weights/load.ts';
import { saveWeights } from '../../src/weights/save.ts';
import { allBytes } from '../../src/weights/source.ts';
import { type Answer, broken, file, serve, status } from './sourceServer.ts';

const weights = Uint8Array.from({ length: 5000 }, (_, i) => (i * 31) & 255);
const sha256 = createHash('sha256').update(weights).digest('hex');
const commit = 'a'.repeat(40);
const repo = 'timm/tf_efficientnet_lite0.in1k';

/** As huggingface.co/api/models/... answers, cut to what is read. */
const model = (changes: object = {}) => ({
  id: repo,
  sha: commit,
  tags: ['timm', 'license:apache-2.0'],
  cardData: { license: 'apache-2.0', library_name: 'timm' },
  siblings: [
    { rfilename: 'README.md', size: 3, blobId: 'b'.repeat(40) },
    { rfilename: 'model.safetensors', size: 5000, lfs: { sha256, size: 5000, pointerSize: 133 } },
    { rfilename: 'pytorch_model.bin', size: 5001, lfs: { sha256: 'c'.repeat(64), size: 5001, pointerSize: 133 } },
  ],
  ...changes,
});
const json =
  (value: unknown): Answer =>
  (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

let server: Awaited<ReturnType<typeof serve>>;
let storage: Awaited<ReturnType<typeof serve>>;
const home = mkdtempSync(join(tmpdir(), 'pyramidion-hub-'));
beforeAll(async () => {
  server = await serve();
  storage = await serve();
});
afterAll(async () => {
  await Promise.all([server.close(), storage.close()]);
  rmSync(home, { recursive: true });
});
let folders = 0;
function emptyCache() {
  const folder = join(home, `${folders++}`);
  const files = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /[0-9a-f]{64}|part/.test(name));
  return { cache: weightCache({ folder }), folder, files };
}
/** A hub: facts by its API, and a redirect to where the file is stored. */
function hub(facts: Answer, stored: Answer = file(weights)) {
  server.answers((request, response) =>
    request.url?.startsWith('/api/')
      ? facts(request, response)
      : response.writeHead(302, { location: `${storage.origin}/stored`, 'x-repo-commit': commit }).end(),
  );
  storage.answers(stored);
}
const source = (options: Partial<HuggingFaceOptions> = {}) =>
  huggingFace({ repo, mirror: server.origin, retryDelay: 1, ...options });
const read = async (options?: Partial<HuggingFaceOptions>) => allBytes(await source(options).read());

describe('weights of the hub', () => {
  it('are fetched by the commit that the revision is now, with their licence', async () => {
    hub(json(model()));
    const told: unknown[] = [];
    const one = source({ onLicence: (...licence) => told.push(licence), onOrigin: (origin) => told.push(origin) });
    expect(await allBytes(await one.read())).toEqual(weights);
    expect(server.asked.map(({ url }) => url)).toEqual([
      `/api/models/${repo}/revision/main?blobs=true`,
      `/${repo}/resolve/${commit}/model.safetensors`,
    ]);
    const card = `${server.origin}/${repo}`;
    const origin = {
      address: `${card}/resolve/${commit}/model.safetensors`,
      ...{ sha256, size: 5000, cached: false, repo, file: 'model.safetensors', revision: 'main', commit, card },
      licence: { id: 'apache-2.0' },
    };
    expect(told).toEqual([origin, [{ id: 'apache-2.0' }, card]]);
    expect(one.origin()).toEqual(origin);
  });
  it('say their whole licence, and also that there is none', async () => {
    const licences: unknown[] = [];
    const onLicence = (licence: unknown) => licences.push(licence);
    const special = { license: 'other', license_name: 'apple-ascl', license_link: 'LICENSE' };
    for (const changes of [{ cardData: special }, { cardData: undefined }, { cardData: {}, tags: [] }]) {
      hub(json(model(changes)));
      await read({ onLicence });
    }
    expect(licences).toEqual([
      { id: 'other', name: 'apple-ascl', link: 'LICENSE' },
      { id: 'apache-2.0' }, // of the tag
      undefined,
    ]);
  });
  it('ask for any file and revision', async () => {
    hub(json(model({ siblings: [{ rfilename: 'onnx/a b.bin', lfs: { sha256, size: 5000 } }] })));
    await read({ file: 'onnx/a b.bin', revision: 'refs/pr/1' });
    expect(server.asked.map(({ url }) => url)).toEqual([
      `/api/models/${repo}/revision/refs%2Fpr%2F1?blobs=true`,
      `/${repo}/resolve/${commit}/onnx/a%20b.bin`,
    ]);
  });
  it('are resumed by their hash, even where no etag says that the parts fit', async () => {
    hub(json(model()));
    storage.answers(broken(weights, 1000, {}), file(weights, {}));
    expect(await read()).toEqual(weights);
    expect(storage.asked.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=1000-']);
  });
  it('send the token to the hub and not to its storage', async () => {
    hub(json(model()));
    await read({ token: 'hf_secret' });
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer hf_secret', 'Bearer hf_secret']);
    expect(storage.asked[0]?.headers.authorization).toBeUndefined();
  });
  it('are refused when they are not those that the hub names, and nothing is kept', async () => {
    const { cache, files } = emptyCache();
    hub(json(model()), file(weights.map((x) => x ^ 1)));
    await expect(read({ cache })).rejects.toThrow(`but ${sha256} was expected; it was changed on the way`);
    hub(json(model()), file(weights.subarray(1)));
    await expect(read({ cache })).rejects.toThrow('the server sends 4999 bytes, but the file has 5000');
    hub(json(model()), (_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.end(Buffer.concat([weights, weights]));
    });
    await expect(read({ cache })).rejects.toThrow('the server sends more than 5000 bytes, but the file has 5000');
    hub(json(model()));
    await expect(read({ cache, sha256: 'd'.repeat(64) })).rejects.toThrow(`its sha256 is ${sha256} on the hub`);
    expect(files()).toEqual([]);
  });
  it('that are not there are named, with those that are', async () => {
    hub(json(model()));
    await expect(read({ file: 'model.h5' })).rejects.toThrow(
      `${repo}@main/model.h5: the model has no file model.h5; its weights are model.safetensors, pytorch_model.bin`,
    );
  });
  it('that ask for consent say where it is given', async () => {
    const said = { 'x-error-message': 'Access to model is restricted' };
    hub(status(401, said));
    const told = `(Access to model is restricted); ${server.origin}/${repo} does not exist, is private, or asks for consent: look there, and give options.token`;
    await expect(read()).rejects.toThrow(`the server answers 401 Unauthorized ${told}`);
    hub(json(model()), status(403, said));
    await expect(read()).rejects.toThrow('asks for consent');
    hub(status(404, { 'x-error-message': 'Invalid rev id: mian' }));
    await expect(read({ revision: 'mian' })).rejects.toThrow('404 Not Found (Invalid rev id: mian); look at');
  });
  it.each([
    [{ error: 'x' }, 'the answer has no commit and files'],
    [model({ sha: '../..' }), 'the answer has no commit and files'],
    [model({ siblings: 3 }), 'the answer has no commit and files'],
    [null, 'the answer has no commit and files'],
  ])('come from no hub that answers %j', async (answer, told) => {
    hub(json(answer));
    await expect(read()).rejects.toThrow(told.replace('the answer', "the hub's answer"));
  });
  it('come from no hub that answers a page', async () => {
    hub((_, response) => response.end('<!doctype html>'));
    await expect(read()).rejects.toThrow('?...: the answer is no JSON; is it a Hugging Face hub, or a mirror of one?');
  });
});

describe('weights of the hub in a cache', () => {
  it('are there offline with their licence', async () => {
    const { cache, folder } = emptyCache();
    await expect(read({ cache, offline: true })).rejects.toThrow(
      `${repo}@main/model.safetensors: it is not in the cache in ${folder}, and offline is true; load it once with the network, from ${server.origin}`,
    );
    hub(json(model()));
    await read({ cache });
    server.answers(status(500));
    const one = source({ cache, offline: true });
    expect(await allBytes(await one.read())).toEqual(weights);
    expect(one.origin()).toMatchObject({ cached: true, licence: { id: 'apache-2.0' }, commit });
    expect(server.asked).toHaveLength(0);
  });
  it('are fetched again only when the hub has others', async () => {
    const { cache } = emptyCache();
    hub(json(model()));
    await read({ cache });
    hub(json(model({ sha: 'e'.repeat(40) }))); // another commit of the same file
    await read({ cache });
    expect(storage.asked).toHaveLength(0);

    const others = weights.map((x) => x ^ 1);
    const lfs = { size: 5000, sha256: createHash('sha256').update(others).digest('hex') };
    hub(json(model({ sha: 'f'.repeat(40), siblings: [{ rfilename: 'model.safetensors', lfs }] })), file(others));
    expect(await read({ cache })).toEqual(others);
  });
  it('need no network by their commit', async () => {
    const { cache } = emptyCache();
    hub(json(model()));
    await read({ cache, revision: commit });
    hub(status(500), status(500));
    expect(await read({ cache, revision: commit })).toEqual(weights);
    expect(server.asked).toHaveLength(0);
  });
});

it('loadWeights takes what the hub gave, in parts from the cache', async () => {
  await setBackend('cpu');
  const make = (seed: number) => {
    const model = conv({ filters: 2, kernel: 1 });
    complete(model, [1, 4, 4, 3], { label: 'small' });
    settle(model, seed);
    return model;
  };
  const numbers = (model: HasParts) =>
    [...weightsOf(model)].map(([place, weight]) => [place, [...weight.read().dataSync()]]);
  const from = make(1);
  const bytes = await saveWeights(from);
  const lfs = { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  hub(json(model({ siblings: [{ rfilename: 'model.safetensors', lfs }] })), file(bytes));
  const to = make(2);
  expect(numbers(to)).not.toEqual(numbers(from));
  const given = await source({ cache: emptyCache().cache }).read();
  expect(given).not.toBeInstanceOf(Uint8Array);
  await weightLoader({ names: [] })(to, given);
  expect(numbers(to)).toEqual(numbers(from));
});

describe('what huggingFace is given', () => {
  it.each([
    [{ repo: '../evil' }, 'repo is "../evil"; it must be OWNER/NAME'],
    [{ repo: 'a/b/c' }, 'repo is "a/b/c"'],
    [{ file: '../x' }, 'file is "../x"'],
    [{ file: '/etc/x' }, 'file is "/etc/x"'],
    [{ file: 'a?b' }, 'file is "a?b"'],
    [{ revision: '' }, 'revision is ""'],
    [{ revision: 'a/../b' }, 'revision is "a/../b"'],
    [{ mirror: 'hf-mirror.com' }, '"hf-mirror.com" is no address'],
    [{ offline: true }, 'offline is true but there is no cache'],
  ])('is checked when it is made: %j', (options, told) => {
    expect(() => source(options)).toThrow(told);
  });
});
