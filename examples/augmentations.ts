/**
 * A contact sheet of each augmentation: images as a network is given them, with their objects and ignored regions.
 * `npx tsx --conditions=pyramidion-source examples/augmentations.ts --out out/sheets`
 *
 *   --penn-fudan DIR   photographs of that set; without it, painted scenes
 *   --out DIR          where the sheets go
 *   --summary          one sheet with a line of each, for a page
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { draw } from 'pyramidion';
import { type Augmentation, batches, imageCache, type RgbImage, type Sample, scenes } from 'pyramidion/data';
import { encodeJpeg, pennFudan } from 'pyramidion/node';

const { values: given } = parseArgs({
  options: {
    'penn-fudan': { type: 'string' },
    out: { type: 'string', default: 'out/sheets' },
    summary: { type: 'boolean', default: false },
  },
});

const always = { probability: 1 } as const;
const sheets: Readonly<Record<string, readonly Augmentation[]>> = {
  none: [],
  flip: [{ name: 'flip' }],
  scaleJitter: [{ name: 'scaleJitter' }],
  resizedCrop: [{ name: 'resizedCrop', ...always }],
  ssdCrop: [{ name: 'ssdCrop', lost: 'ignore' }],
  zoomOut: [{ name: 'zoomOut', ...always }],
  mosaic: [{ name: 'mosaic' }],
  mixup: [{ name: 'mixup', ...always }],
  'scaleJitter, mosaic, mixup': [{ name: 'scaleJitter' }, { name: 'mosaic' }, { name: 'mixup', ...always }],
  colour: [{ name: 'colour', brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 }],
  photometric: [{ name: 'photometric' }],
  exposure: [{ name: 'exposure' }],
  blur: [{ name: 'blur', ...always }],
  cutOut: [{ name: 'cutOut', ...always, count: 3, area: [0.02, 0.1] }],
};

/** Those that a picture for a page shows, in this order. */
const shown = ['scaleJitter', 'ssdCrop', 'mosaic', 'mixup', 'colour', 'blur', 'cutOut'];

const data = given['penn-fudan'] ? (await pennFudan(given['penn-fudan'])).samples : streets();
const cache = imageCache({ bytes: 5e8 });
mkdirSync(given.out, { recursive: true });
if (given.summary) {
  const lines: RgbImage[] = [];
  for (const name of shown) lines.push(grid(await augmented(sheets[name] ?? [], [114, 152], 4), 4));
  writeFileSync(join(given.out, 'augmentation.jpg'), await encodeJpeg(grid(lines, 1), 60));
} else
  for (const [name, augment] of Object.entries(sheets))
    writeFileSync(join(given.out, `${name}.jpg`), await encodeJpeg(grid(await augmented(augment, [320, 320], 12), 4)));

function streets(): readonly Sample[] {
  return scenes({ seed: 5, size: [264, 352], sequences: 24, framesPerSequence: 1, people: [3, 7], heights: [90, 330] });
}

/** The first images of an epoch, with what is known of them drawn in. */
async function augmented(augment: readonly Augmentation[], size: readonly [number, number], count: number) {
  for await (const { images, objects } of batches(data, { size, batch: count, seed: 0, epoch: 0, augment, cache }))
    return objects.map((truths, i) => {
      const [height, width] = size;
      const pixels = images.subarray(3 * height * width * i, 3 * height * width * (i + 1));
      const bytes = Uint8Array.from(pixels, (value) => Math.min(255, Math.max(0, Math.round(value))));
      return draw({ height, width, data: bytes }, [], { truths });
    });
  return [];
}

/** Images of one size side by side, so many in a line, with a white line between. */
function grid(tiles: readonly RgbImage[], columns: number): RgbImage {
  const gap = 4;
  const [{ height, width }] = [tiles[0] ?? { height: 1, width: 1 }];
  const rows = Math.ceil(tiles.length / columns);
  const whole = { height: rows * (height + gap) - gap, width: columns * (width + gap) - gap };
  const data = new Uint8Array(3 * whole.height * whole.width).fill(255);
  for (const [i, tile] of tiles.entries()) {
    const [top, left] = [Math.floor(i / columns) * (height + gap), (i % columns) * (width + gap)];
    for (let y = 0; y < height; y++)
      data.set(tile.data.subarray(3 * y * width, 3 * (y + 1) * width), 3 * ((top + y) * whole.width + left));
  }
  return { ...whole, data };
}
