import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Box, Detection } from '../../src/core/annotation.ts';
import type { RgbImage } from '../../src/data/image.ts';
import { encodeJpeg, encodePng } from '../../src/node/images.ts';
import { draw } from '../../src/picture/draw.ts';
import { cornersOf, orientations, stored } from '../detect/corners.ts';
import { xmlFaults } from './xml.ts';

const plain = (height: number, width: number, value: number) => ({
  height,
  width,
  data: new Uint8Array(3 * height * width).fill(value),
});
const found = (box: Box, label = 'person', score = 0.876): Detection => ({ box, label, score });
const pixel = ({ data, width }: RgbImage, y: number, x: number) => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];
const green = [0x35, 0xf2, 0x7c];
const letters = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text);
/** Labels of an SVG drawing: [x, y, width, height, colour]. */
const tags = (svg: string) =>
  [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" fill="(#\w+)"/g)].map(
    ([, x, y, width, height, colour]) => ({
      x: Number(x),
      y: Number(y),
      width: Number(width),
      height: Number(height),
      colour,
    }),
  );

describe('draw, on pixels', () => {
  it('draws bright lines on the edges of boxes, with dark ones on both sides, in a copy', () => {
    const image = plain(60, 80, 200);
    const drawn = draw(image, [found([30, 10, 50, 70])], { scale: 1 });
    expect(image.data.every((value) => value === 200)).toBe(true);
    expect([drawn.height, drawn.width]).toEqual([60, 80]);
    const down = [47, 48, 49, 50, 51, 52].map((y) => pixel(drawn, y, 40)); // through the lower edge, at y = 50
    const dark = [80, 80, 80]; // .4 of 200
    expect(down).toEqual([[200, 200, 200], dark, green, green, dark, [200, 200, 200]]);
    expect(pixel(drawn, 40, 40)).toEqual([200, 200, 200]); // nothing inside
  });

  it('keeps the lines of a box at the border inside of the picture', () => {
    const drawn = draw(plain(60, 80, 9), [found([-5, 0, 60, 90])], { scale: 1 });
    for (const [y, x] of [
      [59, 40],
      [58, 40],
      [40, 0],
      [40, 1],
      [40, 79],
      [40, 78],
    ] as const)
      expect(pixel(drawn, y, x)).toEqual(green);
    expect(pixel(drawn, 40, 2)).toEqual([4, 4, 4]); // .4 of 9
  });

  it('writes scores in its own letters on solid ground', () => {
    const drawn = draw(plain(40, 60, 0), [found([20, 10, 35, 50], 'person', 1)], { scale: 1 });
    // '1.00' above the box: its label begins a pixel to the left, at x 9, and 11 above, at y 9
    const rows = Array.from({ length: 11 }, (_, y) =>
      Array.from({ length: 13 }, (_, x) => (pixel(drawn, 9 + y, 9 + x)[0] === 0x35 ? '.' : '#')).join(''),
    );
    expect(rows).toEqual([
      '.............',
      '....#........',
      '...##........',
      '....#........',
      '....#........',
      '....#........',
      '....#....##..',
      '...###...##..',
      '.............',
      '.............',
      '.............',
    ]);
  });

  it('draws on a reduced copy in its own pixels, of boxes in the original', () => {
    const whole = draw(plain(60, 80, 0), [found([30, 10, 50, 70])], { scale: 1 });
    const reduced = draw({ ...plain(60, 80, 0), original: [600, 800] }, [found([300, 100, 500, 700])], { scale: 1 });
    expect(reduced.data).toEqual(whole.data);
  });

  it('tells what was missed, ignored and false as a drawing does', () => {
    const truths = [
      { box: [30, 10, 50, 30] as const, label: 'person' },
      { box: [30, 40, 50, 60] as const, label: 'people', ignore: 'group' },
    ];
    const matches = { detections: [], counted: [0], found: new Set<number>() };
    const drawn = draw(plain(60, 80, 0), [], { truths, matches, scale: 1 });
    const along = new Set(Array.from({ length: 20 }, (_, i) => `${pixel(drawn, 50, 10 + i)}`));
    expect([...along].sort()).toEqual(['0,0,0', '255,123,240']); // dashes of #ff7bf0
    expect(pixel(drawn, 38, 40)).toEqual([0xff, 0xc8, 0x3d]); // a hatched line begins where the sum of sides is 8
    expect(pixel(drawn, 43, 43)).toEqual([204, 160, 49]); // .8 of it: y + x - 70 is 16
  });

  it('draws hundreds of boxes on a large photograph in a fraction of a second', () => {
    const boxes = Array.from({ length: 200 }, (_, i) => found([10 * i, 9 * i, 10 * i + 300, 9 * i + 200]));
    const begun = performance.now();
    draw(plain(2400, 3200, 90), boxes);
    expect(performance.now() - begun).toBeLessThan(2000); // 60 ms on an idle machine
  });
});

describe('draw, as SVG', () => {
  it('holds the file', async () => {
    const file = await encodePng(plain(60, 80, 9));
    const svg = draw(file, [found([30, 10, 50, 70])]);
    expect(svg).toContain('viewBox="0 0 80 60"');
    expect(svg).toContain(`href="data:image/png;base64,${Buffer.from(file).toString('base64')}"`);
    expect(xmlFaults(svg)).toEqual([]);
  });

  it.each(orientations)('shows a file with EXIF mark %i upright', async (orientation, corners) => {
    const jpeg = sharp(await encodeJpeg(stored(orientation, corners), 95));
    for (const file of [
      await jpeg.clone().withMetadata({ orientation }).toBuffer(),
      await jpeg.clone().png().withMetadata({ orientation }).toBuffer(),
    ]) {
      const svg = draw(file, []);
      expect(svg).toContain('viewBox="0 0 48 32"');
      const { data, info } = await sharp(Buffer.from(svg)) // a viewer that does not look at the mark
        .flatten()
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(cornersOf({ width: info.width, height: info.height, data })).toBe('rgbw');
    }
  });

  it('takes damaged marks for none', async () => {
    const file = await sharp(await encodeJpeg(stored(6, 'gwrb')))
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const header = file.indexOf('Exif') + 6;
    const tag = file.indexOf(Uint8Array.of(0x12, 0x01, 3, 0)); // its value is 8 bytes on
    expect(draw(file, [])).toContain('viewBox="0 0 48 32"');
    for (const [at, value] of [
      [header, 0], // of neither byte order
      [header + 7, 0xff], // the directory lies behind the end
      [tag + 8, 9],
      [tag, 0],
    ] as const) {
      const damaged = Uint8Array.from(file);
      damaged[at] = value;
      expect(draw(damaged, [])).toContain('viewBox="0 0 32 48"');
    }
  });

  it('links an address, or has no picture', () => {
    const size = { width: 80, height: 60 };
    const linked = draw({ ...size, href: 'street.jpg?a=1&b="2"' }, []);
    expect(linked).toContain('href="street.jpg?a=1&#38;b=&#34;2&#34;"');
    expect(xmlFaults(linked)).toEqual([]);
    expect(draw(size, [found([1, 2, 3, 4])])).not.toContain('<image');
  });

  it('is well-formed, whatever a class is called, and shows names as they are', () => {
    const svg = draw({ width: 900, height: 600 }, [
      found([100, 10, 200, 70], '<b>&"\'</b>'),
      found([300, 10, 400, 70], 'Fußgänger\n人'),
    ]);
    expect(xmlFaults(svg)).toEqual([]);
    expect(letters(svg)).toEqual(['&#60;b&#62;&#38;&#34;&#39;&#60;/b&#62; 0.88', 'Fußgänger 人 0.88']);
  });
});

describe('labels', () => {
  const size = { width: 640, height: 480 };
  it('have the colour of their class, the same in every picture', () => {
    const labels = ['person', 'cyclist', 'car'];
    const colour = (label: string, others: string[]) =>
      tags(
        draw(size, [found([200, 200, 300, 300], label), ...others.map((other) => found([9, 9, 90, 90], other))], {
          labels,
        }),
      ).find(({ x }) => x > 150)?.colour;
    const colours = labels.map((label) => colour(label, []));
    expect(new Set(colours).size).toBe(3);
    expect(labels.map((label) => colour(label, ['car', 'person']))).toEqual(colours);
    expect(tags(draw(size, [found([200, 200, 300, 300], 'ghost')], { labels }))).toHaveLength(1);
  });

  it('lie inside of the picture and not on each other, where there is room', () => {
    const boxes: Box[] = [
      [0, 0, 100, 50],
      [0, 600, 100, 640],
      [400, 600, 480, 640],
      [470, 0, 480, 9],
      [200, 200, 400, 300],
      [200, 200, 400, 300],
      [205, 205, 395, 305],
      [200, 200, 399, 301],
    ];
    const placed = tags(
      draw(
        size,
        boxes.map((box, i) => found(box, `class ${i}`)),
      ),
    );
    expect(placed).toHaveLength(8);
    for (const [i, a] of placed.entries()) {
      expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= 640.01 && a.y + a.height <= 480.01).toBe(true);
      for (const b of placed.slice(i + 1)) {
        const apart =
          a.x + a.width <= b.x + 0.01 ||
          b.x + b.width <= a.x + 0.01 ||
          a.y + a.height <= b.y + 0.01 ||
          b.y + b.height <= a.y + 0.01;
        expect(apart).toBe(true);
      }
    }
  });

  it('shorten long names to half of the picture, and keep the score', () => {
    const name = 'a very long class name that never seems to end, whatever the picture may show of it';
    const svg = draw(size, [found([200, 0, 300, 50], name), found([200, 500, 300, 550], 'b')]);
    const long = letters(svg).find((text) => text?.startsWith('a'));
    expect(long).toMatch(/^a very long class[\w ]*… 0\.88$/);
    for (const { width } of tags(svg)) expect(width).toBeLessThanOrEqual(320);
  });

  it('are smaller in a crowd, and never of less than 10 pixels', () => {
    const of = (count: number, image = { width: 1600, height: 1000 }) =>
      Number(
        /font-size="([\d.]+)"/.exec(
          draw(
            image,
            Array.from({ length: count }, (_, i) => found([100, 10 * i, 200, 10 * i + 8])),
          ),
        )?.[1],
      );
    expect(of(3)).toBeCloseTo((11 * 1600) / 460, 1);
    expect(of(60)).toBeLessThan(of(3));
    expect(of(700)).toBeCloseTo(9.9);
    expect(of(1, { width: 200, height: 100 })).toBeCloseTo(9.9);
  });
});

it('refuses what it cannot draw, by name', () => {
  const image = plain(6, 8, 0);
  expect(() => draw({ ...image, width: 9 }, [])).toThrow('draw: an image of 6x9 has 144 bytes');
  expect(() => draw(image, [found([0, 0, Number.NaN, 1])])).toThrow(
    'draw: a box is [0, 0, NaN, 1]; its places must be finite',
  );
  expect(() => draw(image, [], { scale: 0 })).toThrow('draw: scale is 0; it must be more than 0');
  expect(() => draw({ width: 0, height: 5 }, [])).toThrow('draw: the image is 0x5 pixels');
  expect(() => draw(Uint8Array.of(1, 2, 3), [])).toThrow('begins with 1, 2, 3; give the bytes of a JPEG or PNG file');
});
