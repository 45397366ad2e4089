import { between, chance, normal, pick, type Random } from './random.ts';
import type { Colour } from './scenesCanvas.ts';

/** How somebody looks and moves; lengths are shares of the height unless they say metres. */
export interface Figure {
  /** Metres. */
  readonly height: number;
  /** 1 is usual. */
  readonly build: number;
  readonly skin: Colour;
  readonly hair: Colour;
  readonly hairStyle: 'short' | 'long' | 'bun' | 'bald' | 'hat' | 'hood';
  readonly top: Colour;
  readonly stripe?: Colour;
  readonly sleeves: 'long' | 'short';
  /** `coat` covers the thighs. */
  readonly cut: 'shirt' | 'coat';
  readonly below: 'trousers' | 'shorts' | 'skirt' | 'dress';
  readonly bottom: Colour;
  /** Where a skirt ends, share of the height. */
  readonly hem: number;
  readonly shoes: Colour;
  readonly bag: 'none' | 'backpack' | 'handbag' | 'shopping' | 'shoulder';
  readonly bagColour: Colour;
  /** What the right hand does. */
  readonly hand: 'swings' | 'phone' | 'pocket';
  /** Open only where it rains. */
  readonly umbrella?: Colour;
  /** Radians that the thighs swing. */
  readonly stride: number;
}

const skins: readonly Colour[] = [
  [238, 204, 182],
  [226, 184, 154],
  [206, 160, 126],
  [172, 124, 92],
  [132, 90, 66],
  [92, 62, 46],
];

const hairs: readonly Colour[] = [
  [34, 28, 26],
  [58, 40, 30],
  [96, 66, 42],
  [150, 112, 66],
  [196, 164, 108],
  [150, 148, 146],
  [126, 58, 34],
];

/** What people wear: mostly dark and muted, some of it bright. */
const cloths: readonly Colour[] = [
  [34, 36, 42],
  [46, 54, 78],
  [70, 74, 80],
  [112, 112, 110],
  [154, 150, 142],
  [212, 208, 200],
  [238, 236, 232],
  [104, 48, 46],
  [168, 44, 46],
  [60, 92, 132],
  [112, 148, 184],
  [58, 82, 58],
  [108, 116, 70],
  [196, 162, 62],
  [150, 98, 62],
  [190, 118, 128],
  [98, 74, 112],
  [214, 122, 52],
];

const trousers: readonly Colour[] = [
  [38, 40, 46],
  [48, 58, 84],
  [70, 88, 118],
  [110, 128, 152],
  [92, 84, 72],
  [162, 146, 116],
  [84, 86, 88],
  [56, 48, 44],
];

const shoes: readonly Colour[] = [
  [32, 30, 30],
  [70, 50, 38],
  [224, 224, 222],
  [120, 118, 116],
  [160, 60, 54],
];

function dyed(random: Random, colours: readonly Colour[]): Colour {
  const [r, g, b] = pick(random, colours);
  const all = between(random, -14, 14);
  return [r + all + between(random, -8, 8), g + all + between(random, -8, 8), b + all + between(random, -8, 8)];
}

/** Somebody. `rain` opens umbrellas, `warm` shortens sleeves. */
export function drawFigure(random: Random, weather: 'warm' | 'cool' | 'rain'): Figure {
  const feminine = chance(random, 0.5);
  const child = chance(random, 0.08);
  const below = feminine
    ? pick(random, ['trousers', 'trousers', 'skirt', 'dress'] as const)
    : pick(random, ['trousers', 'trousers', 'trousers', weather === 'warm' ? 'shorts' : 'trousers'] as const);
  const top = dyed(random, cloths);
  const height = (feminine ? 1.66 : 1.78) + 0.07 * normal(random);
  const style = chance(random, 0.12)
    ? 'hat'
    : feminine
      ? pick(random, ['long', 'long', 'bun', 'short'] as const)
      : pick(random, ['short', 'short', 'short', 'bald'] as const);
  const umbrella = weather === 'rain' && chance(random, 0.45);
  return {
    height: child ? between(random, 1.15, 1.45) : Math.min(2, Math.max(1.48, height)),
    build: Math.min(1.25, Math.max(0.85, 1 + 0.09 * normal(random))),
    skin: dyed(random, skins),
    hair: dyed(random, hairs),
    hairStyle: weather === 'rain' && chance(random, 0.4) ? 'hood' : style,
    top,
    ...(chance(random, 0.2) && { stripe: dyed(random, cloths) }),
    sleeves: weather === 'warm' && chance(random, 0.65) ? 'short' : 'long',
    cut: weather !== 'warm' && chance(random, 0.4) ? 'coat' : 'shirt',
    below,
    bottom: below === 'dress' ? top : below === 'skirt' ? dyed(random, cloths) : dyed(random, trousers),
    hem: below === 'dress' || below === 'skirt' ? between(random, 0.18, 0.36) : 0,
    shoes: dyed(random, shoes),
    bag: pick(random, ['none', 'none', 'none', 'backpack', 'handbag', 'shopping', 'shoulder'] as const),
    bagColour: dyed(random, cloths),
    hand: umbrella ? 'phone' : pick(random, ['swings', 'swings', 'swings', 'phone', 'pocket'] as const),
    ...(umbrella && { umbrella: dyed(random, cloths) }),
    stride: between(random, 0.36, 0.5),
  };
}
