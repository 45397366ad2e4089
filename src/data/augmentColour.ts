/** One change of colour with its numbers drawn. Pixels are 0-255. */
export type ColourPass =
  /** Times `factor`. */
  | { readonly change: 'brightness'; readonly factor: number }
  /** Away from the mean grey of what is painted. */
  | { readonly change: 'contrast'; readonly factor: number }
  /** Away from the pixel's own grey. */
  | { readonly change: 'saturation'; readonly factor: number }
  /** Around the circle of hues, by a share of it. */
  | { readonly change: 'hue'; readonly turn: number }
  /** Red, green and blue of the result are these channels of the pixel. */
  | { readonly change: 'channels'; readonly order: readonly [number, number, number] }
  /** (pixel - pivot) * gain + pivot + shift, past 0 and 255 too. */
  | { readonly change: 'exposure'; readonly gain: number; readonly shift: number; readonly pivot: number };

/** Whole pixels: rows [top, bottom) and columns [left, right). */
export interface Region {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

type Pixels = Float32Array;
/** Called for each row of a region: the first number of the row, and the one after its last. */
type Row = (start: number, end: number) => void;

function eachRow({ top, left, bottom, right }: Region, { start, stride }: Plane, row: Row): void {
  for (let y = top; y < bottom; y++) row(start + y * stride + 3 * left, start + y * stride + 3 * right);
}

/** Where an image lies in a batch: its first number, and how many a row has. */
export interface Plane {
  readonly start: number;
  readonly stride: number;
}

/** How light a pixel is. */
export const greyOf = (r: number, g: number, b: number): number => 0.2989 * r + 0.587 * g + 0.114 * b;
const clamp = (value: number) => Math.min(255, Math.max(0, value));

/**
 * Changes the pixels of a region in place. All but `exposure` keep them within 0-255.
 *
 * @see torchvision's adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue, without their rounding to bytes
 */
export function changeColour(pixels: Pixels, plane: Plane, region: Region, pass: ColourPass): void {
  switch (pass.change) {
    case 'brightness':
      blend(pixels, plane, region, pass.factor, 0);
      break;
    case 'contrast':
      blend(pixels, plane, region, pass.factor, (1 - pass.factor) * meanGrey(pixels, plane, region));
      break;
    case 'saturation':
      saturate(pixels, plane, region, pass.factor);
      break;
    case 'hue':
      turnHue(pixels, plane, region, pass.turn);
      break;
    case 'channels':
      reorder(pixels, plane, region, pass.order);
      break;
    case 'exposure':
      expose(pixels, plane, region, pass);
      break;
  }
}

type Exposure = Extract<ColourPass, { readonly change: 'exposure' }>;

function expose(pixels: Pixels, plane: Plane, region: Region, { gain, shift, pivot }: Exposure): void {
  eachRow(region, plane, (start, end) => {
    for (let i = start; i < end; i++) pixels[i] = ((pixels[i] ?? 0) - pivot) * gain + pivot + shift;
  });
}

function blend(pixels: Pixels, plane: Plane, region: Region, factor: number, plus: number): void {
  eachRow(region, plane, (start, end) => {
    for (let i = start; i < end; i++) pixels[i] = clamp((pixels[i] ?? 0) * factor + plus);
  });
}

function meanGrey(pixels: Pixels, plane: Plane, region: Region): number {
  let sum = 0;
  eachRow(region, plane, (start, end) => {
    for (let i = start; i < end; i += 3) sum += greyOf(pixels[i] ?? 0, pixels[i + 1] ?? 0, pixels[i + 2] ?? 0);
  });
  return sum / Math.max(1, (region.bottom - region.top) * (region.right - region.left));
}

function saturate(pixels: Pixels, plane: Plane, region: Region, factor: number): void {
  eachRow(region, plane, (start, end) => {
    for (let i = start; i < end; i += 3) {
      const [r, g, b] = [pixels[i] ?? 0, pixels[i + 1] ?? 0, pixels[i + 2] ?? 0];
      const grey = (1 - factor) * greyOf(r, g, b);
      pixels[i] = clamp(r * factor + grey);
      pixels[i + 1] = clamp(g * factor + grey);
      pixels[i + 2] = clamp(b * factor + grey);
    }
  });
}

function reorder(pixels: Pixels, plane: Plane, region: Region, [first, second, third]: readonly number[]): void {
  eachRow(region, plane, (start, end) => {
    for (let i = start; i < end; i += 3) {
      const pixel = [pixels[i] ?? 0, pixels[i + 1] ?? 0, pixels[i + 2] ?? 0];
      pixels[i] = pixel[first ?? 0] ?? 0;
      pixels[i + 1] = pixel[second ?? 1] ?? 0;
      pixels[i + 2] = pixel[third ?? 2] ?? 0;
    }
  });
}

function turnHue(pixels: Pixels, plane: Plane, region: Region, turn: number): void {
  eachRow(region, plane, (start, end) => {
    for (let i = start; i < end; i += 3) {
      const [r, g, b] = [pixels[i] ?? 0, pixels[i + 1] ?? 0, pixels[i + 2] ?? 0];
      const high = Math.max(r, g, b);
      const chroma = high - Math.min(r, g, b);
      if (chroma <= 0) continue; // a grey has no hue
      const sixth = high === r ? (g - b) / chroma : high === g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
      const hue = sixth + 6 * turn + 12; // in sixths of the circle, not negative for turns of up to one
      pixels[i] = lit(high, chroma, (hue + 5) % 6);
      pixels[i + 1] = lit(high, chroma, (hue + 3) % 6);
      pixels[i + 2] = lit(high, chroma, (hue + 1) % 6);
    }
  });
}

/** A channel of a colour, by how far its hue is from the channel's opposite, in sixths. @see Smith 1978, HSV in closed form */
function lit(high: number, chroma: number, away: number): number {
  return high - chroma * Math.max(0, Math.min(away, 4 - away, 1));
}
