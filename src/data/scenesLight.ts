import { between, chance, pick, type Random } from './random.ts';
import type { Colour } from './scenesCanvas.ts';

/** Weather and time of day: what colours become in it. */
export interface Light {
  readonly name: 'clear' | 'overcast' | 'evening' | 'night' | 'rain' | 'fog';
  /** Factors of red, green and blue. */
  readonly tint: Colour;
  readonly skyTop: Colour;
  readonly skyLow: Colour;
  /** What distance fades to, and how much a metre, as 1 - exp(-density metres). */
  readonly haze: Colour;
  readonly density: number;
  /** Where the sun stands: -1 left, 1 right, 0 behind clouds. */
  readonly sun: -1 | 0 | 1;
  /** How dark a shadow of the sun is, 0 to 1. */
  readonly shadow: number;
  /** Share of clouds, 0 to 1. */
  readonly clouds: number;
  /** How wet the ground is, 0 to 1. */
  readonly wet: number;
  /** Standard deviation of the noise of a pixel, of 255. */
  readonly noise: number;
  /** Factor about middle grey. */
  readonly contrast: number;
}

type Kind = (random: Random) => Omit<Light, 'name' | 'contrast'>;

const side = (random: Random) => (chance(random, 0.5) ? -1 : 1);

const kinds: { readonly [Name in Light['name']]: Kind } = {
  clear: (random) => ({
    tint: [1.06, 1.02, 0.96],
    skyTop: [82, 138, 205],
    skyLow: [190, 214, 232],
    haze: [188, 206, 222],
    density: 0.004,
    sun: side(random),
    shadow: between(random, 0.3, 0.5),
    clouds: between(random, 0, 0.6),
    wet: 0,
    noise: between(random, 2, 4),
  }),
  overcast: (random) => {
    const grey = between(random, 176, 222);
    return {
      tint: [0.9, 0.92, 0.95],
      skyTop: [grey - 26, grey - 20, grey - 10],
      skyLow: [grey, grey + 2, grey + 5],
      haze: [grey, grey, grey + 2],
      density: 0.006,
      sun: 0,
      shadow: 0.22,
      clouds: 0.8,
      wet: 0,
      noise: between(random, 2, 5),
    };
  },
  evening: (random) => ({
    tint: [1.02, 0.82, 0.64],
    skyTop: [92, 108, 158],
    skyLow: [246, 186, 124],
    haze: [224, 172, 130],
    density: 0.007,
    sun: side(random),
    shadow: between(random, 0.35, 0.5),
    clouds: between(random, 0.2, 0.7),
    wet: 0,
    noise: between(random, 3, 6),
  }),
  night: (random) => ({
    tint: [0.44, 0.42, 0.46],
    skyTop: [12, 16, 34],
    skyLow: [44, 44, 62],
    haze: [36, 38, 54],
    density: 0.012,
    sun: 0,
    shadow: 0.15,
    clouds: 0.3,
    wet: chance(random, 0.4) ? 0.6 : 0,
    noise: between(random, 5, 9),
  }),
  rain: (random) => ({
    tint: [0.74, 0.78, 0.82],
    skyTop: [128, 136, 146],
    skyLow: [168, 174, 180],
    haze: [160, 166, 172],
    density: 0.012,
    sun: 0,
    shadow: 0.15,
    clouds: 0.9,
    wet: between(random, 0.5, 0.9),
    noise: between(random, 3, 6),
  }),
  fog: (random) => ({
    tint: [0.86, 0.88, 0.9],
    skyTop: [196, 200, 204],
    skyLow: [206, 208, 210],
    haze: [204, 207, 210],
    density: between(random, 0.018, 0.03),
    sun: 0,
    shadow: 0.12,
    clouds: 0.2,
    wet: 0.1,
    noise: between(random, 2, 4),
  }),
};

/** How often each comes, of 20. */
const shares: readonly Light['name'][] = [
  ...new Array<Light['name']>(7).fill('clear'),
  ...new Array<Light['name']>(5).fill('overcast'),
  ...new Array<Light['name']>(3).fill('evening'),
  ...new Array<Light['name']>(2).fill('night'),
  ...new Array<Light['name']>(2).fill('rain'),
  'fog',
];

export function drawLight(random: Random): Light {
  const name = pick(random, shares);
  return { name, ...kinds[name](random), contrast: between(random, 0.85, 1.12) };
}

/** A colour in this light at a distance, metres; `shade` is a factor of its brightness. */
export function lit({ tint, haze, density }: Light, [r, g, b]: Colour, distance: number, shade = 1): Colour {
  const clear = Math.exp(-density * distance);
  const faded = 1 - clear;
  return [
    r * tint[0] * shade * clear + haze[0] * faded,
    g * tint[1] * shade * clear + haze[1] * faded,
    b * tint[2] * shade * clear + haze[2] * faded,
  ];
}
