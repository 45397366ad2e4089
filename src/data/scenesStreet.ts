import { between, chance, int, pick, type Random } from './random.ts';
import type { Colour } from './scenesCanvas.ts';

/** What stands along one side: a house, or a gap that is a hedge or a wall. */
export interface Lot {
  readonly seed: number;
  /** Metres along the street. */
  readonly start: number;
  readonly end: number;
  /** Metres. */
  readonly height: number;
  readonly kind: 'house' | 'hedge';
  readonly wall: Colour;
  readonly trim: Colour;
  readonly glass: Colour;
  /** Metres of the ground floor and of each other. */
  readonly ground: number;
  readonly floor: number;
  /** Metres from window to window, and which share of that is glass, across and up. */
  readonly pitch: number;
  readonly open: number;
  readonly tall: number;
  /** Colour of the shop's front; absent where people live. */
  readonly shop?: Colour;
  /** Share of windows that are lit at night. */
  readonly lamps: number;
  /** How rough the wall is, 0 to 1. */
  readonly rough: number;
}

/** A street along z; its sides are planes. Lengths in metres. */
export interface Street {
  readonly seed: number;
  /** Half the width of the road. */
  readonly road: number;
  /** Where the houses stand: half the width of all. */
  readonly wall: number;
  /** Width of the grass between road and pavement; 0 for none. */
  readonly verge: number;
  /** Where the street ends at a house. */
  readonly end: number;
  readonly left: readonly Lot[];
  readonly right: readonly Lot[];
  readonly across: Lot;
  readonly asphalt: Colour;
  readonly paving: Colour;
  readonly slab: number;
  readonly grass: Colour;
  readonly marks: 'dashes' | 'double' | 'none';
  /** How far the shadow of the sunny side's houses reaches. */
  readonly shadowReach: number;
  /** Where a crossing begins. */
  readonly crossing: number;
}

const walls: readonly Colour[] = [
  [150, 84, 66],
  [172, 106, 82],
  [196, 178, 146],
  [222, 208, 180],
  [168, 164, 158],
  [132, 134, 140],
  [210, 172, 120],
  [188, 196, 204],
  [112, 92, 82],
  [226, 222, 214],
  [180, 140, 128],
  [144, 156, 150],
];

const shops: readonly Colour[] = [
  [40, 84, 72],
  [140, 36, 40],
  [32, 52, 96],
  [206, 160, 52],
  [60, 60, 64],
  [228, 226, 218],
  [96, 60, 110],
  [40, 110, 140],
];

function vary(random: Random, [r, g, b]: Colour, by: number): Colour {
  const all = between(random, -by, by);
  return [r + all + between(random, -6, 6), g + all + between(random, -6, 6), b + all + between(random, -6, 6)];
}

export function drawStreet(random: Random): Street {
  const road = between(random, 3, 6.5);
  const verge = chance(random, 0.25) ? between(random, 0.8, 2) : 0;
  const wall = road + verge + between(random, 2.6, 6);
  const grey = between(random, 62, 110);
  const paving = between(random, 128, 182);
  const warm = between(random, -8, 14);
  const green = between(random, 0.12, 0.3);
  return {
    seed: int(random, 0, 2 ** 30),
    road,
    wall,
    verge,
    end: between(random, 45, 160),
    left: drawLots(random, green),
    right: drawLots(random, green),
    across: { ...drawLot(random, -60, 0), end: 60, height: between(random, 9, 18) },
    asphalt: [grey, grey + 1, grey + 4],
    paving: [paving + warm, paving, paving - warm],
    slab: between(random, 0.4, 1.1),
    grass: vary(random, [86, 112, 56], 14),
    marks: pick(random, ['dashes', 'dashes', 'double', 'none'] as const),
    shadowReach: wall * between(random, 0.3, 1.3),
    crossing: chance(random, 0.5) ? between(random, 5, 30) : -1000,
  };
}

function drawLots(random: Random, hedges: number): readonly Lot[] {
  const lots: Lot[] = [];
  for (let start = -60; start < 190; ) {
    const lot = chance(random, hedges) ? drawHedge(random, start) : drawLot(random, start, hedges);
    lots.push(lot);
    start = lot.end;
  }
  return lots;
}

function drawLot(random: Random, start: number, hedges: number): Lot {
  const floor = between(random, 2.8, 3.7);
  const floors = int(random, hedges > 0.22 ? 1 : 2, hedges > 0.22 ? 3 : 6);
  const ground = between(random, 3, 4.4);
  const shop = chance(random, 0.45);
  const night = between(random, 0.15, 0.6);
  const bright = between(random, -20, 26);
  return {
    seed: int(random, 0, 2 ** 30),
    kind: 'house',
    start,
    end: start + between(random, 6, 20),
    height: ground + floors * floor + between(random, 0.4, 1.2),
    wall: vary(random, pick(random, walls), 14),
    trim: chance(random, 0.6) ? vary(random, [222, 220, 214], 12) : vary(random, [92, 88, 86], 18),
    glass: [74 + bright, 88 + bright, 100 + bright],
    ground,
    floor,
    pitch: between(random, 1.7, 3.4),
    open: between(random, 0.34, 0.72),
    tall: between(random, 0.42, 0.72),
    ...(shop && { shop: vary(random, pick(random, shops), 12) }),
    lamps: night,
    rough: between(random, 0.3, 1),
  };
}

function drawHedge(random: Random, start: number): Lot {
  const green = vary(random, [62, 88, 46], 16);
  return {
    ...drawLot(random, start, 0),
    kind: 'hedge',
    end: start + between(random, 4, 14),
    height: between(random, 1, 2.6),
    wall: chance(random, 0.75) ? green : vary(random, [150, 142, 132], 20),
    rough: 1,
  };
}
