import { between, chance, pick, type Random } from './random.ts';
import { type Camera, see, standAt } from './scenesCamera.ts';
import type { Car } from './scenesCar.ts';
import type { Light } from './scenesLight.ts';
import type { SceneSettings } from './scenesOptions.ts';
import type { Street } from './scenesStreet.ts';

/** Where something is at the time 0 and how it moves: metres and seconds. */
export interface Path {
  readonly x: number;
  readonly z: number;
  /** Radians: 0 up the street, pi / 2 to the right. */
  readonly heading: number;
  readonly speed: number;
}

export function at({ x, z, heading, speed }: Path, time: number): { readonly x: number; readonly z: number } {
  return { x: x + speed * time * Math.sin(heading), z: z + speed * time * Math.cos(heading) };
}

/** A car and where it goes. */
export interface MovingCar {
  readonly car: Car;
  readonly path: Path;
}

/** Who moves: somebody on foot, on a bicycle, or several together. */
export type Gait = 'walker' | 'cyclist' | 'group';

/** What people are put into. */
export interface Stage {
  readonly street: Street;
  readonly light: Light;
  readonly cameraAt: (time: number) => Camera;
  readonly cars: readonly MovingCar[];
  readonly settings: SceneSettings;
}

/** A path on which somebody, at one moment, has a height in the range and is in the picture, and stays in reach. */
export function findPath(
  random: Random,
  stage: Stage,
  kind: Gait,
  metres: number,
  from: number,
  to: number,
): Path | undefined {
  const { street, cameraAt, settings } = stage;
  const [rows, columns] = settings.size;
  const last = (settings.framesPerSequence - 1) * settings.secondsPerFrame;
  for (let attempt = 0; attempt < 80; attempt++) {
    const moment = last * random();
    const camera = cameraAt(moment);
    const pixels = (Math.exp(between(random, Math.log(from), Math.log(to))) * rows) / 480;
    const depth = (metres * camera.focal) / pixels;
    const place = standAt(camera, between(random, -0.02, 1.02) * columns, depth);
    const { heading, speed } = drawGait(random, kind, Math.abs(place.x) < street.road);
    const path = {
      x: place.x - speed * moment * Math.sin(heading),
      z: place.z - speed * moment * Math.cos(heading),
      heading,
      speed,
    };
    const fits = [0, last / 2, last].every((time) => staysInReach(stage, path, time, metres, to));
    const feet = see(camera, place.x, 0, place.z);
    if (fits && feet.y < rows * 1.03 && feet.y - pixels > -0.25 * pixels && isFree(stage, place)) return path;
  }
  return undefined;
}

function drawGait(random: Random, kind: Gait, onRoad: boolean): { heading: number; speed: number } {
  const along = pick(random, [0, Math.PI]) + between(random, -0.12, 0.12);
  if (kind === 'cyclist') return { heading: along, speed: between(random, 1.5, 3.5) };
  const across = pick(random, [-1, 1]) * (Math.PI / 2 + between(random, -0.2, 0.2));
  if (chance(random, 0.12)) return { heading: between(random, 0, 2 * Math.PI), speed: 0 };
  const heading = chance(random, onRoad ? 0.7 : 0.2) ? across : along;
  return { heading, speed: between(random, 0.8, 1.6) };
}

function staysInReach({ street, cameraAt }: Stage, path: Path, time: number, metres: number, to: number): boolean {
  const camera = cameraAt(time);
  const place = at(path, time);
  const seen = see(camera, place.x, 0, place.z);
  const pixels = (metres * seen.scale * 480) / camera.height;
  return Math.abs(place.x) < street.wall - 0.4 && place.z < street.end - 1 && seen.depth > 1.5 && pixels < to * 1.12;
}

/** Nobody stands in a car. */
function isFree({ cars }: Stage, { x, z }: { readonly x: number; readonly z: number }): boolean {
  return cars.every(
    ({ car, path }) => Math.abs(x - path.x) > car.width / 2 + 0.25 || Math.abs(z - path.z) > car.length / 2 + 0.25,
  );
}
