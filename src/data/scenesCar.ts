import { between, chance, int, pick, type Random } from './random.ts';
import type { Colour } from './scenesCanvas.ts';

/** A car or van; metres. */
export interface Car {
  readonly length: number;
  readonly width: number;
  /** Height of the body, and of the roof. */
  readonly body: number;
  readonly roof: number;
  /** Where the cabin begins and ends along the car, from its front, shares of its length, below and at the roof. */
  readonly cabin: readonly [front: number, frontRoof: number, backRoof: number, back: number];
  readonly paint: Colour;
}

const paints: readonly Colour[] = [
  [28, 30, 34],
  [72, 76, 82],
  [128, 132, 138],
  [182, 186, 190],
  [228, 228, 226],
  [150, 28, 32],
  [36, 62, 112],
  [44, 92, 74],
  [206, 174, 64],
  [120, 96, 78],
];

export function drawCar(random: Random): Car {
  const paint = pick(random, paints);
  if (chance(random, 0.2))
    return {
      length: between(random, 4.6, 5.4),
      width: 1.95,
      body: 1.05,
      roof: between(random, 1.95, 2.3),
      cabin: [0.14, 0.24, 0.99, 1],
      paint,
    };
  const estate = chance(random, 0.4);
  return {
    length: between(random, 3.8, 4.7),
    width: between(random, 1.68, 1.85),
    body: between(random, 0.82, 0.95),
    roof: between(random, 1.4, 1.62),
    cabin: estate ? [0.24, 0.4, 0.92, 0.99] : [0.26, 0.42, 0.74, int(random, 0, 1) ? 0.94 : 0.86],
    paint,
  };
}

/** Where a car stands: its middle on the ground, and whether its front is up the street (1) or down (-1). */
export interface Parked {
  readonly car: Car;
  readonly x: number;
  readonly z: number;
  readonly heading: 1 | -1;
}
