import type { RgbImage } from '../../src/data/image.ts';

const colours: { readonly [letter: string]: readonly number[] } = {
  r: [230, 20, 20],
  g: [20, 230, 20],
  b: [20, 20, 230],
  w: [230, 230, 230],
};

/** Where the corners of a photograph of 32x48, upright 'rgbw', are stored: top left, top right, bottom left, bottom right. @see EXIF 2.3, Orientation */
export const orientations = [
  [1, 'rgbw'],
  [2, 'grwb'], // the first row is the top, the first column the right side
  [3, 'wbgr'], // bottom, right
  [4, 'bwrg'], // bottom, left
  [5, 'rbgw'], // left, top
  [6, 'gwrb'], // right, top: a telephone held upright
  [7, 'wgbr'], // right, bottom
  [8, 'brwg'], // left, bottom
] as const;

/** The photograph as a file with this mark stores it. */
export function stored(orientation: number, corners: string): RgbImage {
  const [height, width] = orientation >= 5 ? [48, 32] : [32, 48];
  const data = Uint8Array.from({ length: 3 * height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width];
    const corner = corners[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)] ?? '';
    return colours[corner]?.[i % 3] ?? 0;
  });
  return { height, width, data };
}

/** The colours of an image's corners as letters. */
export function cornersOf({ height, width, data }: RgbImage): string {
  const at = (y: number, x: number) => {
    const i = 3 * (Math.floor(y * height) * width + Math.floor(x * width));
    const bits = [0, 1, 2].map((c) => ((data[i + c] ?? 0) > 128 ? 1 : 0)).join('');
    return { '100': 'r', '010': 'g', '001': 'b', '111': 'w' }[bits] ?? '?';
  };
  return at(0.25, 0.25) + at(0.25, 0.75) + at(0.75, 0.25) + at(0.75, 0.75);
}
