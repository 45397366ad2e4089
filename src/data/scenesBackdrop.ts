import { placeNoise } from './random.ts';
import type { Camera } from './scenesCamera.ts';
import type { Canvas, Colour } from './scenesCanvas.ts';
import { type FacadeColumn, facade, facadeColumn } from './scenesFacade.ts';
import { ground, groundShadow } from './scenesGround.ts';
import type { Light } from './scenesLight.ts';
import type { Lot, Street } from './scenesStreet.ts';

/** What a column of the picture looks at: a wall at a depth, and how fast the ground runs away in it. */
interface Column {
  readonly wall: FacadeColumn;
  readonly depth: number;
  /** How much of it the haze leaves, 0 to 1. */
  readonly clear: number;
  readonly shade: number;
  readonly right: number;
  readonly ahead: number;
}

/** Paints sky, houses and ground: for each pixel, what its ray meets first. */
export function paintBackdrop(canvas: Canvas, camera: Camera, street: Street, light: Light): void {
  const { pixels, width, height } = canvas;
  if (pixels === undefined) return;
  const columns = Array.from({ length: width }, (_, x) => columnAt(x, camera, street, light));
  const sky = skyOf(camera, light, street.seed);
  const out = new Float64Array(4);
  const [tintR, tintG, tintB] = light.tint;
  const [hazeR, hazeG, hazeB] = light.haze;
  const [lowR, lowG, lowB] = light.skyLow;
  const glows = light.name === 'night' || light.name === 'evening';
  for (let y = 0; y < height; y++) {
    const drop = (y + 0.5 - camera.horizon) / camera.focal; // metres down a metre ahead
    const groundDepth = drop > 1e-6 ? camera.y / drop : Number.POSITIVE_INFINITY;
    const groundClear = Math.exp(-light.density * groundDepth);
    for (let x = 0; x < width; x++) {
      const column = columns[x];
      if (column === undefined) continue;
      const i = 3 * (y * width + x);
      const { wall } = column;
      let shade: number;
      let clear: number;
      if (groundDepth < column.depth) {
        clear = groundClear;
        const gx = camera.x + column.right * groundDepth;
        const foot = groundDepth / camera.focal;
        ground(street, gx, camera.z + column.ahead * groundDepth, foot, (foot * groundDepth) / camera.y, out);
        shade = 1 - groundShadow(street, light, gx);
        out[3] = 0;
        const glance = light.wet * Math.min(1, 3 / (1 + 20 * drop));
        if (glance > 0) {
          const keep = 1 - glance * 0.75;
          out[0] = (out[0] ?? 0) * keep + lowR * glance * 0.6;
          out[1] = (out[1] ?? 0) * keep + lowG * glance * 0.6;
          out[2] = (out[2] ?? 0) * keep + lowB * glance * 0.6;
        }
      } else {
        const up = camera.y - drop * column.depth;
        if (up > wall.lot.height) {
          sky(x, y, out);
          pixels[i] = out[0] ?? 0;
          pixels[i + 1] = out[1] ?? 0;
          pixels[i + 2] = out[2] ?? 0;
          continue;
        }
        clear = column.clear;
        facade(wall, up, light, out);
        shade = column.shade;
      }
      const veil = 1 - clear;
      const glow = glows ? (out[3] ?? 0) * clear : 0;
      clear *= shade;
      pixels[i] = Math.max((out[0] ?? 0) * tintR * clear, lamp[0] * glow) + hazeR * veil;
      pixels[i + 1] = Math.max((out[1] ?? 0) * tintG * clear, lamp[1] * glow) + hazeG * veil;
      pixels[i + 2] = Math.max((out[2] ?? 0) * tintB * clear, lamp[2] * glow) + hazeB * veil;
    }
  }
}

/** A lit window. */
const lamp: Colour = [250, 206, 138];

function columnAt(x: number, camera: Camera, street: Street, light: Light): Column {
  const u = (x + 0.5 - camera.width / 2) / camera.focal;
  const [cos, sin] = [Math.cos(camera.yaw), Math.sin(camera.yaw)];
  const right = sin + u * cos; // metres to the right, and along the street, a metre of depth
  const ahead = cos - u * sin;
  const toSide =
    right > 1e-9 ? (street.wall - camera.x) / right : right < -1e-9 ? (-street.wall - camera.x) / right : 1e9;
  const far = ahead > 1e-9 ? (street.end - camera.z) / ahead : 1e9;
  const blocked = far < toSide;
  const depth = Math.min(toSide, far);
  const along = blocked ? camera.x + right * depth : camera.z + ahead * depth;
  const lot = blocked ? street.across : lotAt(right > 0 ? street.right : street.left, along);
  const slant = blocked ? Math.abs(ahead) : Math.abs(right);
  const foot = depth / camera.focal / Math.max(slant, 0.08);
  const facing = blocked || light.sun === 0 ? 0.94 : light.sun < 0 === right > 0 ? 1.06 : 1 - light.shadow;
  return {
    wall: facadeColumn(lot, along - lot.start, foot),
    depth,
    clear: Math.exp(-light.density * depth),
    shade: facing,
    right,
    ahead,
  };
}

function lotAt(lots: readonly Lot[], along: number): Lot {
  const found = lots.find((lot) => along < lot.end) ?? lots.at(-1);
  if (found === undefined) throw new RangeError('scenes: a street has no houses');
  return found;
}

/** Writes the colour of the sky into its last argument. */
function skyOf(camera: Camera, light: Light, seed: number): (x: number, y: number, out: Float64Array) => void {
  const scale = 480 / camera.height;
  const { skyLow, skyTop, haze, tint, clouds } = light;
  const night = light.name === 'night';
  return (x, y, out) => {
    const up = Math.sqrt(Math.min(1, Math.max(0, (camera.horizon - y) / (0.6 * camera.height))));
    const cloud = clouds > 0 ? 0.8 * clouds * smooth(cloudNoise(seed, (x * scale) / 90, (y * scale) / 34)) : 0;
    for (let c = 0; c < 3; c++) {
      const low = skyLow[c] ?? 0;
      const clear = low + ((skyTop[c] ?? 0) - low) * up;
      const white = night ? 0.6 * (haze[c] ?? 0) : 0.35 * clear + 156 * (tint[c] ?? 1);
      out[c] = clear + (white - clear) * cloud;
    }
  };
}

const smooth = (t: number) => {
  const s = Math.min(1, Math.max(0, (t - 0.4) / 0.4));
  return s * s * (3 - 2 * s);
};

/** Smooth noise of two octaves. */
function cloudNoise(seed: number, x: number, y: number): number {
  return 0.65 * valueNoise(seed, x, y) + 0.35 * valueNoise(seed + 1, 2.7 * x, 2.7 * y);
}

function valueNoise(seed: number, x: number, y: number): number {
  const [ix, iy] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - ix, y - iy];
  const [sx, sy] = [fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)];
  const top = placeNoise(seed, ix, iy) * (1 - sx) + placeNoise(seed, ix + 1, iy) * sx;
  const low = placeNoise(seed, ix, iy + 1) * (1 - sx) + placeNoise(seed, ix + 1, iy + 1) * sx;
  return top * (1 - sy) + low * sy;
}
