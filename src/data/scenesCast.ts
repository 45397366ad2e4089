import { between, chance, int, pick, type Random } from './random.ts';
import type { Camera } from './scenesCamera.ts';
import { drawCar } from './scenesCar.ts';
import { drawFigure, type Figure } from './scenesFigure.ts';
import { drawLight, type Light } from './scenesLight.ts';
import type { SceneSettings } from './scenesOptions.ts';
import { findPath, type Gait, type MovingCar, type Path, type Stage } from './scenesPath.ts';
import { drawProp, keepsToKerb, type Prop } from './scenesProp.ts';
import { drawStreet, type Street } from './scenesStreet.ts';

/** Somebody, or a group that has one box. */
export interface Actor {
  readonly track: number;
  readonly kind: Gait;
  /** Members, and where each is beside the path, metres to the right and ahead. */
  readonly members: readonly {
    readonly figure: Figure;
    readonly right: number;
    readonly ahead: number;
    readonly phase: number;
  }[];
  readonly path: Path;
}

/** One sequence: a street in a light, and all that is in it. */
export interface Cast {
  readonly street: Street;
  readonly light: Light;
  readonly cameraAt: (time: number) => Camera;
  readonly actors: readonly Actor[];
  readonly cars: readonly MovingCar[];
  readonly props: readonly { readonly prop: Prop; readonly x: number; readonly z: number }[];
}

export function drawCast(random: Random, settings: SceneSettings): Cast {
  const street = drawStreet(random);
  const light = drawLight(random);
  const cameraAt = drawCamera(random, street, settings);
  const cars = drawCars(random, street, cameraAt(0));
  const props = drawProps(random, street);
  const actors = drawActors(random, { street, light, cameraAt, cars, settings });
  return { street, light, cameraAt, actors, cars, props };
}

function drawCamera(random: Random, street: Street, { size }: SceneSettings): (time: number) => Camera {
  const [height, width] = size;
  const along = chance(random, 0.6);
  const yaw = along ? between(random, -0.22, 0.22) : pick(random, [-1, 1] as const) * between(random, 0.45, 1.35);
  const back = street.wall - 1.4;
  const x = along ? between(random, -back * 0.8, back * 0.8) : -Math.sign(yaw) * back * between(random, 0.75, 1);
  const y = chance(random, 0.15) ? between(random, 2.4, 3.6) : between(random, 1.2, 2);
  const focal = height * between(random, 1.15, 1.75);
  const horizon = height * between(random, 0.34, 0.5) - (y > 2.3 ? 0.1 * height : 0);
  const speed = chance(random, 0.4) ? between(random, 0.3, 1.6) : 0;
  const turn = chance(random, 0.15) ? between(random, -0.04, 0.04) : 0;
  return (time) => ({ x, y, z: speed * time, yaw: yaw + turn * time, focal, horizon, width, height });
}

function drawCars(random: Random, street: Street, camera: Camera): readonly MovingCar[] {
  const cars: MovingCar[] = [];
  for (const side of [-1, 1] as const) {
    if (!chance(random, 0.6)) continue;
    const full = between(random, 0.25, 0.9);
    for (let z = between(random, -8, 4); z < 70; z += between(random, 5.6, 8)) {
      const car = drawCar(random);
      const x = side * (street.road - car.width / 2 - 0.15);
      const hides = Math.hypot(x - camera.x, z - camera.z) < 5; // a car before the lens would be all of the picture
      if (chance(random, full) && !hides) cars.push({ car, path: { x, z, heading: side > 0 ? 0 : Math.PI, speed: 0 } });
    }
  }
  const driving = chance(random, 0.45) ? int(random, 1, 2) : 0;
  for (let i = 0; i < driving; i++) {
    const side = pick(random, [-1, 1] as const);
    const path = {
      x: side * street.road * 0.42,
      z: between(random, 9, 60),
      heading: side > 0 ? 0 : Math.PI,
      speed: between(random, 0, 6),
    };
    cars.push({ car: drawCar(random), path });
  }
  return cars;
}

function drawProps(random: Random, street: Street): Cast['props'] {
  const props: { prop: Prop; x: number; z: number }[] = [];
  for (const side of [-1, 1]) {
    const gap = between(random, 2.5, 7);
    for (let z = between(random, -4, 2); z < 55; z += gap * between(random, 0.6, 1.6)) {
      const prop = drawProp(random);
      const kerb = keepsToKerb(random, prop);
      const x = side * (kerb ? street.road + 0.3 + between(random, 0.2, 0.8) : street.wall - between(random, 0.4, 0.9));
      props.push({ prop, x, z });
    }
  }
  return props;
}

function drawActors(random: Random, stage: Stage): readonly Actor[] {
  const actors: Actor[] = [];
  const { light, settings } = stage;
  const weather = light.name === 'rain' ? 'rain' : light.name === 'clear' && chance(random, 0.6) ? 'warm' : 'cool';
  const [low, high] = settings.heights;
  const member = (right: number, ahead: number) => ({
    figure: drawFigure(random, weather),
    right,
    ahead,
    phase: between(random, 0, 2 * Math.PI),
  });
  const enter = (kind: Gait, members: Actor['members'], from: number, to: number) => {
    const path = findPath(random, stage, kind, members[0]?.figure.height ?? 1.7, from, to);
    if (path) actors.push({ track: actors.length + 1, kind, members, path });
    return path;
  };
  for (let i = int(random, ...settings.people); i > 0; i--) {
    const path = enter('walker', [member(0, 0)], low, high);
    if (path && chance(random, 0.25)) {
      const beside = pick(random, [-1, 1]) * between(random, 0.5, 0.75);
      const moved = {
        ...path,
        x: path.x + beside * Math.cos(path.heading),
        z: path.z - beside * Math.sin(path.heading),
      };
      actors.push({ track: actors.length + 1, kind: 'walker', members: [member(0, 0)], path: moved });
    }
  }
  for (let i = chance(random, 0.35) ? int(random, 1, 3) : 0; i > 0; i--)
    enter('walker', [member(0, 0)], low * 0.35, low * 0.75);
  if (chance(random, 0.2)) {
    const members = Array.from({ length: int(random, 4, 7) }, () =>
      member(between(random, -1.3, 1.3), between(random, -0.9, 0.9)),
    );
    enter('group', members, low * 0.7, low * 1.5);
  }
  if (settings.cyclists !== 'none' && chance(random, 0.25)) enter('cyclist', [member(0, 0)], low * 1.1, high);
  return actors;
}
