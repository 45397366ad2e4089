import type { RgbImage } from './image.ts';
import type { Random } from './random.ts';
import type { Canvas } from './scenesCanvas.ts';
import type { Light } from './scenesLight.ts';

/** What the lens does, the same through a sequence. */
export interface Lens {
  /** Share of each neighbour in a pixel, 0 to .25. */
  readonly blur: number;
  /** How much darker the corners are, 0 to 1. */
  readonly vignette: number;
}

/** From paint to a photograph: blur, falling rain, contrast, corners, noise. */
export function develop({ pixels, width, height }: Canvas, light: Light, lens: Lens, random: Random): RgbImage {
  if (pixels === undefined) throw new TypeError('develop: a canvas of masks has no pixels');
  if (light.name === 'rain') paintRain(pixels, width, height, random);
  blurRows(pixels, width, height, lens.blur);
  blurColumns(pixels, width, height, lens.blur);
  const data = new Uint8Array(3 * width * height);
  const { contrast, noise } = light;
  let state = Math.floor(random() * 4294967296) | 1;
  const unit = (noise * Math.sqrt(6)) / 65536; // of a sum of two uniform numbers of 16 bits
  for (let y = 0, i = 0; y < height; y++) {
    const ey = (2 * y) / height - 1;
    for (let x = 0; x < width; x++, i += 3) {
      const ex = (2 * x) / width - 1;
      const dim = contrast * (1 - lens.vignette * (ex * ex + ey * ey) * 0.5);
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const grain = ((state & 0xffff) + (state >>> 16) - 65536) * unit;
      const tint = ((state & 0xff) - 128) * unit * 128;
      const base = 116 * (1 - contrast) + grain;
      data[i] = clamp((pixels[i] ?? 0) * dim + base + 0.5 * tint);
      data[i + 1] = clamp((pixels[i + 1] ?? 0) * dim + base);
      data[i + 2] = clamp((pixels[i + 2] ?? 0) * dim + base - 0.5 * tint);
    }
  }
  return { width, height, data };
}

function clamp(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5;
}

function blurRows(pixels: Float32Array, width: number, height: number, share: number): void {
  const rest = 1 - 2 * share;
  for (let y = 0; y < height; y++)
    for (let c = 0; c < 3; c++) {
      let i = 3 * y * width + c;
      let before = pixels[i] ?? 0;
      for (let x = 0; x < width; x++, i += 3) {
        const here = pixels[i] ?? 0;
        const after = x + 1 < width ? (pixels[i + 3] ?? 0) : here;
        pixels[i] = rest * here + share * (before + after);
        before = here;
      }
    }
}

function blurColumns(pixels: Float32Array, width: number, height: number, share: number): void {
  const rest = 1 - 2 * share;
  const row = 3 * width;
  const before = pixels.slice(0, row);
  for (let y = 0; y < height; y++) {
    const next = y + 1 < height ? row : 0;
    for (let x = 0, i = y * row; x < row; x++, i++) {
      const here = pixels[i] ?? 0;
      pixels[i] = rest * here + share * ((before[x] ?? 0) + (pixels[i + next] ?? 0));
      before[x] = here;
    }
  }
}

function paintRain(pixels: Float32Array, width: number, height: number, random: Random): void {
  const count = Math.round((width * height) / 700);
  for (let drop = 0; drop < count; drop++) {
    const x = Math.floor(random() * width);
    const y = Math.floor(random() * height);
    const length = Math.round((0.01 + 0.04 * random()) * height);
    const bright = 0.08 + 0.16 * random();
    for (let j = 0; j < length && y + j < height; j++) {
      const column = x + Math.floor(j / 6);
      if (column >= width) break;
      const i = 3 * ((y + j) * width + column);
      for (let c = 0; c < 3; c++) pixels[i + c] = (pixels[i + c] ?? 0) * (1 - bright) + 205 * bright;
    }
  }
}
