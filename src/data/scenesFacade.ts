import { placeNoise } from './random.ts';
import type { Light } from './scenesLight.ts';
import type { Lot } from './scenesStreet.ts';

/** One column of the picture's view of a house, prepared so that a pixel of it costs little. */
export interface FacadeColumn {
  readonly lot: Lot;
  /** Metres along the lot from its start. */
  readonly along: number;
  /** Metres a pixel at that distance. */
  readonly foot: number;
  readonly window: number;
  /** How much of the pixel is glass, and frame, across; 0 to 1. */
  readonly glass: number;
  readonly frame: number;
  /** The same of the shop's front. */
  readonly pane: number;
}

/** The share of [centre - width / 2, centre + width / 2] that lies in [from, to]. */
function share(centre: number, width: number, from: number, to: number): number {
  const inside = Math.min(to, centre + width / 2) - Math.max(from, centre - width / 2);
  return inside <= 0 ? 0 : inside / width;
}

export function facadeColumn(lot: Lot, along: number, foot: number): FacadeColumn {
  const width = lot.end - lot.start;
  const count = Math.max(1, Math.floor((width - 0.6) / lot.pitch));
  const margin = (width - count * lot.pitch) / 2;
  const window = Math.floor((along - margin) / lot.pitch);
  const inside = along - margin - window * lot.pitch;
  const half = (lot.open * lot.pitch) / 2;
  const outside = window < 0 || window >= count;
  const across = (by: number) =>
    outside ? 0 : share(inside, foot, lot.pitch / 2 - half - by, lot.pitch / 2 + half + by);
  const fromEnd = Math.min(along, width - along);
  const mullion = Math.abs((along % 1.6) - 0.8) > 0.76 ? 1 : 0;
  const pane = fromEnd < 0.35 ? 0 : Math.max(0, 1 - mullion * Math.min(1, 0.08 / foot));
  return { lot, along, foot, window, glass: across(0), frame: across(0.12), pane };
}

/**
 * Writes the colour of a house's wall at a height, metres, into `out`, in daylight and near: the caller adds light and haze.
 * The last of `out` is how much of it glows at night, 0 to 1.
 */
export function facade(column: FacadeColumn, up: number, light: Light, out: Float64Array): void {
  const { lot, along, foot } = column;
  const rough =
    foot < 0.3 ? lot.rough * (placeNoise(lot.seed, Math.floor(along / 0.22), Math.floor(up / 0.09)) - 0.5) : 0;
  const stain = placeNoise(lot.seed, Math.floor(along / 1.7), Math.floor(up / 2.3), 1) - 0.5;
  const bright = 1 + 0.14 * rough + 0.05 * stain - 0.16 * Math.max(0, 1 - up / 0.5);
  out[0] = lot.wall[0] * bright;
  out[1] = lot.wall[1] * bright;
  out[2] = lot.wall[2] * bright;
  let glow = 0;
  if (lot.kind === 'hedge') {
    const leaf = placeNoise(lot.seed, Math.floor(along / 0.13), Math.floor(up / 0.13), 2);
    const dim = (0.62 + 0.5 * leaf) * (0.75 + (0.35 * up) / lot.height);
    mix(out, 1, lot.wall[0] * dim, lot.wall[1] * dim, lot.wall[2] * dim);
  } else if (up < lot.ground) {
    const { shop } = lot;
    if (shop) {
      const sign = share(up, foot, lot.ground - 0.85, lot.ground - 0.15);
      const frontUp = share(up, foot, 0.45, lot.ground - 0.95);
      mix(out, Math.max(sign, up < lot.ground - 0.85 ? 0.85 : 0), shop[0], shop[1], shop[2]);
      const goods = placeNoise(lot.seed, Math.floor(along / 0.45), Math.floor(up / 0.5), 3);
      const seen = 0.7 + 0.8 * goods * Math.max(0, 1 - up / 2.4);
      mix(out, frontUp * column.pane, lot.glass[0] * seen, lot.glass[1] * seen, lot.glass[2] * seen);
      glow = frontUp * column.pane * 0.85;
    } else {
      const door = placeNoise(lot.seed, column.window, 0, 4) < 0.3;
      const from = door ? 0.05 : 1;
      const open = share(up, foot, from, 2.4);
      mix(out, column.frame * share(up, foot, from - 0.1, 2.52), lot.trim[0], lot.trim[1], lot.trim[2]);
      const dark = door ? 0.62 : 1;
      mix(out, column.glass * open, lot.glass[0] * dark, lot.glass[1] * dark, lot.glass[2] * dark);
    }
    mix(out, share(up, foot, lot.ground - 0.12, lot.ground), lot.trim[0], lot.trim[1], lot.trim[2]);
  } else if (up > lot.height - 0.35) {
    mix(out, 0.8, lot.trim[0] * 0.9, lot.trim[1] * 0.9, lot.trim[2] * 0.9);
  } else {
    const floor = Math.floor((up - lot.ground) / lot.floor);
    const inside = up - lot.ground - floor * lot.floor;
    const low = lot.floor * 0.28;
    const high = low + lot.floor * lot.tall * 0.9;
    const frame = column.frame * share(inside, foot, low - 0.12, high + 0.12);
    mix(out, frame, lot.trim[0], lot.trim[1], lot.trim[2]);
    const glass = column.glass * share(inside, foot, low, high);
    if (glass > 0) {
      const own = placeNoise(lot.seed, column.window, floor, 5);
      const sky = (inside - low) / (high - low);
      const tone = 0.7 + 0.5 * own * sky;
      const reflected = 0.25 * own;
      mix(
        out,
        glass,
        lot.glass[0] * tone * (1 - reflected) + light.skyLow[0] * reflected,
        lot.glass[1] * tone * (1 - reflected) + light.skyLow[1] * reflected,
        lot.glass[2] * tone * (1 - reflected) + light.skyLow[2] * reflected,
      );
      if (placeNoise(lot.seed, column.window, floor, 6) < lot.lamps) glow = glass * (0.5 + 0.4 * own);
      const bar = share(inside, foot, (low + high) / 2 - 0.03, (low + high) / 2 + 0.03);
      mix(out, bar * column.glass, lot.trim[0], lot.trim[1], lot.trim[2]);
    }
  }
  out[3] = glow;
}

/** Moves the colour in `out` towards another by a share. */
function mix(out: Float64Array, share: number, r: number, g: number, b: number): void {
  if (share <= 0) return;
  out[0] = (out[0] ?? 0) * (1 - share) + r * share;
  out[1] = (out[1] ?? 0) * (1 - share) + g * share;
  out[2] = (out[2] ?? 0) * (1 - share) + b * share;
}
