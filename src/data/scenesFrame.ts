import type { Annotation } from '../core/annotation.ts';
import { annotate } from './scenesAnnotate.ts';
import { paintBackdrop } from './scenesBackdrop.ts';
import { type Camera, see } from './scenesCamera.ts';
import { type Brush, type Canvas, type Extent, newBrush, newCanvas } from './scenesCanvas.ts';
import type { Actor, Cast } from './scenesCast.ts';
import { groundShadow } from './scenesGround.ts';
import { type Light, lit } from './scenesLight.ts';
import type { SceneSettings } from './scenesOptions.ts';
import { paintBicycle } from './scenesPaintBicycle.ts';
import { paintCar } from './scenesPaintCar.ts';
import { paintFigure } from './scenesPaintFigure.ts';
import { paintProp } from './scenesPaintProp.ts';
import { paintUmbrella } from './scenesPaintUmbrella.ts';
import { at } from './scenesPath.ts';
import { cyclingPose, walkingPose } from './scenesPose.ts';
import { shade } from './scenesShapes.ts';
import { type Stand, scaled } from './scenesStand.ts';

/** A painted frame and what is in it. */
export interface SceneFrame {
  readonly canvas: Canvas;
  readonly objects: readonly Annotation[];
}

interface Painted {
  readonly depth: number;
  readonly paint: () => void;
}

/** Paints one frame, what is far first; boxes are read off the masks. */
export function paintScene(cast: Cast, frame: number, settings: SceneSettings, kind: 'picture' | 'masks'): SceneFrame {
  const [height, width] = settings.size;
  const time = frame * settings.secondsPerFrame;
  const camera = cast.cameraAt(time);
  const { light, street } = cast;
  const canvas = newCanvas(height, width, kind);
  paintBackdrop(canvas, camera, street, light);
  const sideLight = light.sun === 0 ? 0.04 : -0.2 * light.sun * Math.cos(camera.yaw);
  const extents = new Map<Actor, Extent>();
  const dark = (x: number) => groundShadow(street, light, x);
  const thing = () => newBrush(canvas, 0, sideLight);

  const items: Painted[] = [
    ...cast.cars.map(({ car, path }): Painted => {
      const place = at(path, time);
      const parked = { car, ...place, heading: path.heading === 0 ? (1 as const) : (-1 as const) };
      return {
        depth: see(camera, place.x, 0, place.z).depth,
        paint: () => paintCar(thing(), camera, light, parked, dark(place.x)),
      };
    }),
    ...cast.props.map(
      ({ prop, x, z }): Painted => ({
        depth: see(camera, x, 0, z).depth,
        paint: () => paintProp(thing(), camera, light, prop, x, z, dark(x)),
      }),
    ),
    ...cast.actors.map((actor): Painted => {
      const place = at(actor.path, time);
      const paint = () => {
        const brush = newBrush(canvas, actor.track, sideLight);
        extents.set(actor, brush.extent);
        paintActor(brush, camera, light, actor, time, dark(place.x));
      };
      return { depth: see(camera, place.x, 0, place.z).depth, paint };
    }),
  ];
  items.sort((a, b) => b.depth - a.depth);
  for (const { depth, paint } of items) if (depth > 0.5) paint();
  return { canvas, objects: annotate(canvas, extents, settings) };
}

function paintActor(brush: Brush, camera: Camera, light: Light, actor: Actor, time: number, dark: number): void {
  const { path, members, kind } = actor;
  const middle = at(path, time);
  const [cos, sin] = [Math.cos(path.heading), Math.sin(path.heading)];
  const stands = members.map(({ figure, right, ahead, phase }) => {
    const x = middle.x + right * cos + ahead * sin;
    const z = middle.z - right * sin + ahead * cos;
    const foot = see(camera, x, 0, z);
    const bearing = Math.atan2(x - camera.x, z - camera.z); // we see somebody from where we are
    const stand: Stand = {
      x: foot.x,
      y: foot.y,
      size: figure.height * foot.scale,
      turn: path.heading - bearing,
      look: (colour) => lit(light, scaled(colour, 1 - 0.8 * dark), foot.depth),
      lean: kind === 'cyclist' ? 0.08 : path.speed > 0 ? 0.012 : 0,
    };
    return { figure, stand, foot, phase };
  });
  stands.sort((a, b) => b.foot.depth - a.foot.depth);
  for (const { figure, stand, phase } of stands) {
    castShadow(brush.canvas, light, stand, dark);
    if (kind === 'cyclist') {
      const pose = cyclingPose(phase + time * 5);
      paintBicycle(brush, figure, stand, 'far');
      paintFigure(brush, figure, pose, stand);
      paintBicycle(brush, figure, stand, 'near');
      continue;
    }
    const still = path.speed === 0;
    const steps = (2 * Math.PI * path.speed * time) / (1.62 * figure.height * figure.stride * 1.2);
    const pose = walkingPose(still ? { ...figure, stride: 0.05 } : figure, phase + steps);
    paintFigure(brush, figure, pose, stand);
    if (figure.umbrella) paintUmbrella({ ...brush, owner: 0 }, figure.umbrella, stand);
  }
}

/** A dark place under the feet, and the long shadow of the sun. */
function castShadow(canvas: Canvas, light: Light, { x, y, size }: Stand, dark: number): void {
  shade(canvas, [x, y], [0.17 * size, 0.035 * size + 0.5], 0.5);
  if (light.sun === 0 || dark > 0.1) return;
  const reach = 0.55 * size;
  shade(canvas, [x - light.sun * reach * 0.9, y - 0.02 * size], [reach, 0.05 * size], light.shadow);
}
