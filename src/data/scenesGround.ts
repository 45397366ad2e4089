import { placeNoise } from './random.ts';
import type { Light } from './scenesLight.ts';
import type { Street } from './scenesStreet.ts';

/**
 * Writes the colour of the ground at a place, metres, into `out`, in daylight and near. `foot` and `deep` are metres a pixel
 * there, across and along: detail finer than that fades.
 */
export function ground(street: Street, x: number, z: number, foot: number, deep: number, out: Float64Array): void {
  const side = Math.abs(x);
  const fine = Math.max(0, 1 - foot / 0.05);
  const broad = placeNoise(street.seed, Math.floor(x / 1.3), Math.floor(z / 2.1)) - 0.5;
  const grain = fine > 0 ? fine * (placeNoise(street.seed, Math.floor(x / 0.05), Math.floor(z / 0.07), 1) - 0.5) : 0;
  const edge = street.road;
  if (side < edge) {
    const worn = 0.05 * Math.cos(((side - edge / 2) * Math.PI * 2) / Math.max(edge, 1));
    const tone = 1 + 0.05 * broad + 0.22 * grain + worn;
    let [r, g, b] = [street.asphalt[0] * tone, street.asphalt[1] * tone, street.asphalt[2] * tone];
    const paint = 0.85 * marking(street, x, z, foot, deep) * (1 + 0.3 * grain);
    r += (214 - r) * paint;
    g += (214 - g) * paint;
    b += (208 - b) * paint;
    const gutter = side > edge - 0.35 ? 0.88 : 1;
    out[0] = r * gutter;
    out[1] = g * gutter;
    out[2] = b * gutter;
    return;
  }
  if (side < edge + 0.28) {
    const joint = Math.abs((((z % 1) + 1) % 1) - 0.5) > 0.47 && deep < 0.15 ? 0.86 : 1;
    const tone = (side < edge + 0.1 ? 0.82 : 1.12) * joint * (1 + 0.1 * grain);
    out[0] = street.paving[0] * tone;
    out[1] = street.paving[1] * tone;
    out[2] = street.paving[2] * tone;
    return;
  }
  if (side < edge + 0.28 + street.verge) {
    const blade = fine * (placeNoise(street.seed, Math.floor(x / 0.04), Math.floor(z / 0.12), 2) - 0.5);
    const tone = 1 + 0.16 * broad + 0.5 * blade;
    out[0] = street.grass[0] * tone;
    out[1] = street.grass[1] * tone;
    out[2] = street.grass[2] * tone;
    return;
  }
  const { slab } = street;
  const row = Math.floor(z / slab);
  const shift = row % 2 === 0 ? 0 : slab / 2;
  const column = Math.floor((x + shift) / slab);
  const inX = (x + shift) / slab - column;
  const inZ = z / slab - row;
  const own = placeNoise(street.seed, column, row, 3) - 0.5;
  const show = Math.max(0, 1 - deep / (0.8 * slab));
  const jointX = Math.min(1, 0.03 / foot) * (Math.abs(inX - 0.5) > 0.5 - Math.max(0.012, (0.5 * foot) / slab) ? 1 : 0);
  const jointZ = Math.min(1, 0.03 / deep) * (Math.abs(inZ - 0.5) > 0.5 - Math.max(0.012, (0.5 * deep) / slab) ? 1 : 0);
  const joint = Math.max(jointX, jointZ);
  const tone = (1 + 0.09 * own * show + 0.04 * broad + 0.12 * grain) * (1 - 0.3 * joint);
  out[0] = street.paving[0] * tone;
  out[1] = street.paving[1] * tone;
  out[2] = street.paving[2] * tone;
}

/** How much of a place on the road is painted, 0 to 1. */
function marking({ road, marks, crossing }: Street, x: number, z: number, foot: number, deep: number): number {
  if (z > crossing && z < crossing + 3.2) {
    const stripe = (((x / 1) % 1) + 1) % 1; // stripes of half a metre, half a metre apart
    return Math.min(1, Math.max(0, (0.25 - Math.abs(stripe - 0.5)) / foot + 0.5)) * soft(z - crossing, 3.2, deep);
  }
  if (z > crossing - 2 && z < crossing - 1.6) return x > 0 ? soft(z - crossing + 2, 0.4, deep) : 0;
  const line = (centre: number) => soft(x - centre + 0.06, 0.12, foot);
  const sides = Math.max(line(road - 0.45), line(0.45 - road));
  if (marks === 'double') return Math.max(sides, line(-0.12), line(0.12));
  const dash = marks === 'none' ? 0 : soft((((z % 6) + 6) % 6) - 1, 3, deep) * line(0);
  return Math.max(sides * (marks === 'none' ? 0 : 1), dash);
}

/** How much of a pixel of width `foot` at `at` lies in [0, length]. */
function soft(at: number, length: number, foot: number): number {
  const inside = Math.min(length, at + foot / 2) - Math.max(0, at - foot / 2);
  return Math.max(0, Math.min(1, inside / foot));
}

/** How dark the ground is by the shadow of the houses, 0 to 1; the same for what stands there. */
export function groundShadow(street: Street, light: Light, x: number): number {
  if (light.sun === 0) return 0;
  const fromSunny = light.sun < 0 ? x + street.wall : street.wall - x;
  return light.shadow * Math.min(1, Math.max(0, street.shadowReach - fromSunny + 0.5));
}
