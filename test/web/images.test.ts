import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeJpeg, encodePng } from '../../src/node/images.ts';
import { draw } from '../../src/picture/draw.ts';
import { orientations, stored } from '../detect/corners.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const root = join(import.meta.dirname, '../..');
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
/** What pages ask for by address. */
const served = new Map<string, Uint8Array>();

let browser: Browser;
let page: Page;

/** Runs lines of JavaScript in the page, where `page.ts` is, with bytes of a file as `bytes`. */
const run = (lines: string, bytes: Uint8Array = new Uint8Array()) =>
  page.evaluate(
    `(async () => { const bytes = Uint8Array.from(atob('${base64(bytes)}'), (c) => c.charCodeAt(0)); ${lines} })().catch((error) => ({ error: error.name + ': ' + error.message }))`,
  );

describe.skipIf(!existsSync(executablePath))('in Chromium (skipped where there is none)', () => {
  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [join(root, 'test/web/page.ts')],
      bundle: true,
      write: false,
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      logLevel: 'silent',
    });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage();
    await page.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url());
      const file = served.get(pathname);
      if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: '<!doctype html>' });
      return file ? route.fulfill({ body: Buffer.from(file) }) : route.fulfill({ status: 404 });
    });
    await page.goto('http://here.test/');
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
  }, 60_000);
  afterAll(() => browser?.close());

  it.each(orientations)(
    'reads a file, an <img>, a bitmap and a frame with EXIF mark %i upright',
    async (orientation, corners) => {
      const file = await sharp(await encodeJpeg(stored(orientation, corners), 95))
        .withMetadata({ orientation })
        .toBuffer();
      const seen = await run(
        `const picture = new Image();
       picture.src = URL.createObjectURL(new Blob([bytes])); // not awaited: it is read when it is there
       const bitmap = await createImageBitmap(new Blob([bytes]));
       const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
       canvas.getContext('2d').drawImage(bitmap, 0, 0);
       const all = [bytes, bytes.buffer, new Blob([bytes]), picture, bitmap, canvas, new VideoFrame(canvas, { timestamp: 0 })];
       return Promise.all(all.map(async (source) => {
         const image = await readImage(source);
         return [image.height, image.width, ...image.original, cornersOf(image)].join(' ');
       }));`,
        file,
      );
      expect(seen).toEqual(Array(7).fill('32 48 32 48 rgbw'));
    },
  );

  it('finds the same in whatever shows a photograph, in its own pixels', async () => {
    const file = await encodePng(stored(1, 'rgbw'));
    served.set('/street.png', file);
    const found = await run(
      `const picture = new Image();
       picture.src = '/street.png';
       const bitmap = await createImageBitmap(new Blob([bytes]));
       const canvas = document.createElement('canvas');
       [canvas.width, canvas.height] = [48, 32];
       const paint = canvas.getContext('2d');
       paint.drawImage(bitmap, 0, 0);
       const before = tensors();
       const found = await detect(model, [bytes, '/street.png', new URL('/street.png', location.href), picture, bitmap, canvas, paint.getImageData(0, 0, 48, 32)]);
       return [found, seen, tensors() - before];`,
      file,
    );
    // the input of 40x60 is 1.25 times the photograph
    const expected = [
      { box: [3.2, 4.8, 16, 9.6].map((x) => expect.closeTo(x, 4)), score: expect.closeTo(0.9, 4), label: 'person' },
    ];
    expect(found).toEqual([Array(7).fill(expected), Array(7).fill('rgbw'), 0]);
  });

  it('puts transparent parts on black', async () => {
    const clear = await sharp(Buffer.from([200, 100, 50, 0, 200, 100, 50, 255]), {
      raw: { width: 2, height: 1, channels: 4 },
    })
      .png()
      .toBuffer();
    expect(await run('return [...(await decodeImage(bytes)).data];', clear)).toEqual([0, 0, 0, 200, 100, 50]);
  });

  it('reads a smaller copy of a large photograph', async () => {
    const file = await sharp({ create: { width: 3000, height: 2000, channels: 3, background: '#446688' } })
      .jpeg()
      .toBuffer();
    const lines =
      'const { height, width, original } = await readImage(bytes, { fitTo: [200, 250] }); return [height, width, original];';
    expect(await run(lines, file)).toEqual([400, 600, [2000, 3000]]);
  });

  it('refuses too many pixels before they are decoded, with the size, the limit and the option', async () => {
    const bomb = await encodePng(stored(1, 'rgbw'));
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(16, 60_000);
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(20, 60_000);
    expect(await run('return detect(model, bytes);', bomb)).toEqual({
      error:
        'FormatError: detect: the image is 60000x60000, 3600000000 pixels, and at most 100000000 are decoded; if it is to be trusted, give a larger maxPixels',
    });
    const drawn = 'return readImage(new OffscreenCanvas(20, 10), { maxPixels: 199 });';
    expect(await run(drawn)).toEqual({
      error: expect.stringContaining('the image is 10x20, 200 pixels, and at most 199'),
    });
  });

  it('says what cannot be read', async () => {
    const errors = async (lines: string) => (await run(lines, Uint8Array.of(1, 2, 3))) as { error: string };
    expect(await errors('return decodeImage(bytes);')).toEqual({
      error: expect.stringMatching(/^FormatError: decodeImage: 3 bytes do not decode/),
    });
    expect(await errors("return readImage('/none.png');")).toEqual({
      error: expect.stringContaining('readImage: /none.png answers 404'),
    });
    expect(await errors("const x = new Image(); x.src = '/none.png'; return readImage(x);")).toEqual({
      error: expect.stringContaining('the <img> cannot be loaded'),
    });
    expect(await errors("return readImage(document.createElement('video'));")).toEqual({
      error: expect.stringContaining(
        "the picture is 0x0: it is closed, has no size of its own, or has no frame yet; await a video's 'loadeddata'",
      ),
    });
    expect(
      await errors('const x = await createImageBitmap(new ImageData(2, 2)); x.close(); return readImage(x);'),
    ).toEqual({ error: expect.stringContaining('the picture is 0x0') });
    expect(await errors("return readImage(document.createElement('div'));")).toEqual({
      error: expect.stringMatching(/^TypeError: readImage: the source is neither/),
    });
  });

  it('says why the pixels of another origin cannot be read', async () => {
    served.set('/street.png', await encodePng(stored(1, 'rgbw')));
    const lines = "const x = new Image(); x.src = 'http://there.test/street.png'; return readImage(x);";
    expect(await run(lines)).toEqual({
      error: expect.stringContaining("of another origin; set crossOrigin = 'anonymous' before src"),
    });
  });

  it.each(orientations)('shows a drawing on a file with EXIF mark %i upright', async (orientation, corners) => {
    const file = await sharp(await encodeJpeg(stored(orientation, corners), 95))
      .withMetadata({ orientation })
      .toBuffer();
    const svg = new TextEncoder().encode(draw(file, []));
    const lines = `const picture = new Image();
      picture.src = 'data:image/svg+xml;base64,' + btoa(String.fromCharCode(...bytes));
      return cornersOf(await readImage(picture));`;
    expect(await run(lines, svg)).toBe('rgbw');
  });
});
