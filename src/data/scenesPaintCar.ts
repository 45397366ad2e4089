import { type Camera, see } from './scenesCamera.ts';
import type { Brush, Colour } from './scenesCanvas.ts';
import type { Car, Parked } from './scenesCar.ts';
import { type Light, lit } from './scenesLight.ts';
import { polygon, shade } from './scenesShapes.ts';
import { scaled } from './scenesStand.ts';

/** A corner of a car, metres from its middle on the ground: to the right, up, and up the street. */
type Corner = readonly [across: number, up: number, along: number];

/** What the parts of one car are painted with. */
interface Shop {
  readonly face: (corners: readonly Corner[], top: Colour, bottom?: Colour) => void;
  readonly look: (colour: Colour, by?: number) => Colour;
  readonly car: Car;
  /** Half its width, of the body and at the roof. */
  readonly half: number;
  readonly inset: number;
  /** Along the street: a share of the car's length from its front. */
  readonly alongOf: (share: number) => number;
  /** The colour of its windows. */
  readonly pane: Colour;
}

/** Paints a car as the boxes that it is: those of its sides that are turned to us, then what is on them. */
export function paintCar(brush: Brush, camera: Camera, light: Light, parked: Parked, dark: number): void {
  const { car, x, z, heading } = parked;
  const { length, width } = car;
  const half = width / 2;
  const middle = see(camera, x, 0, z);
  if (middle.depth < Math.hypot(length, width) / 2 + 0.6) return; // we would stand in it
  const sky = light.skyLow;
  const shop: Shop = {
    car,
    half,
    inset: half * 0.86,
    alongOf: (share) => heading * length * (0.5 - share),
    pane: [46 + 0.22 * sky[0], 56 + 0.22 * sky[1], 64 + 0.22 * sky[2]],
    look: (colour, by = 1) => lit(light, scaled(colour, by * (1 - dark)), middle.depth),
    face: (corners, top, bottom = top) => {
      const points = corners.flatMap(([across, up, along]) => {
        const seen = see(camera, x + across, up, z + along);
        return [seen.x, seen.y];
      });
      polygon(brush, points, top, bottom);
    },
  };
  const side = camera.x > x ? half : -half; // which flank we see, if one
  const near = camera.z < z ? -length / 2 : length / 2; // which end
  const showsSide = Math.abs(camera.x - x) > half;
  const showsEnd = Math.abs(camera.z - z) > length / 2;
  const rear = near * heading < 0;
  const reach = 0.55 * (showsSide ? length : width) * middle.scale;
  shade(brush.canvas, [middle.x, middle.y], [reach, 0.22 * middle.scale + 2], 0.55);
  paintAbove(shop, rear);
  if (showsSide) paintCabinSide(shop, side);
  if (showsEnd) paintCabinEnd(shop, rear);
  if (showsSide) paintFlank(shop, side);
  if (showsEnd) paintEnd(shop, near, rear, light);
}

/** A line across the car: half its length, how high, where along. */
type Line = readonly [half: number, up: number, along: number];

/** What lies between two lines across the car. */
function strip([h1, up1, along1]: Line, [h2, up2, along2]: Line): readonly Corner[] {
  return [
    [-h1, up1, along1],
    [h1, up1, along1],
    [h2, up2, along2],
    [-h2, up2, along2],
  ];
}

/** Where the cabin's windscreen stands, below and at the roof, or its rear window. */
function cabinEnd({ car, alongOf }: Shop, rear: boolean): readonly [low: number, high: number] {
  const [front, frontRoof, backRoof, back] = car.cabin;
  return rear ? [alongOf(back), alongOf(backRoof)] : [alongOf(front), alongOf(frontRoof)];
}

/** Bonnet and boot, the roof, and the cabin's far window, which else would be a hole where the roof slopes. */
function paintAbove(shop: Shop, rear: boolean): void {
  const { face, look, car, half, inset, pane } = shop;
  const { length, body, roof, paint } = car;
  const [frontRoof, backRoof] = [cabinEnd(shop, false)[1], cabinEnd(shop, true)[1]];
  const [low, high] = cabinEnd(shop, !rear);
  face(strip([half, body, length / 2], [half, body, -length / 2]), look(paint, 1.12));
  face(strip([inset, roof, frontRoof], [inset, roof, backRoof]), look(paint, 1.16));
  face(strip([half, body, low], [inset, roof, high]), look(pane, 0.8));
}

function paintCabinSide(shop: Shop, side: number): void {
  const { face, look, car, pane } = shop;
  const { body, roof, paint } = car;
  const [front, frontRoof] = cabinEnd(shop, false);
  const [back, backRoof] = cabinEnd(shop, true);
  const sideIn = side * 0.86;
  const panel = (
    out: number,
    low: number,
    high: number,
    [lowA, lowB]: Ends,
    [highA, highB]: Ends,
  ): readonly Corner[] => [
    [out, low, lowA],
    [sideIn, high, highA],
    [sideIn, high, highB],
    [out, low, lowB],
  ];
  const [low, high] = [body + (roof - body) * 0.06, body + (roof - body) * 0.88];
  const within = ([a, b]: Ends): Ends => [a + (b - a) * 0.1, b + (a - b) * 0.1];
  const post = (frontRoof + backRoof) / 2;
  const postEnds: Ends = [post - 0.05, post + 0.05];
  face(panel(side, body, roof, [front, back], [frontRoof, backRoof]), look(paint, 0.95));
  face(
    panel(side * 0.995, low, high, within([front, back]), within([frontRoof, backRoof])),
    look(pane, 0.95),
    look(pane, 0.75),
  );
  face(panel(side, low, high, postEnds, postEnds), look(paint, 0.9));
}

type Ends = readonly [from: number, to: number];

function paintCabinEnd(shop: Shop, rear: boolean): void {
  const { face, look, car, half, inset, pane } = shop;
  const { body, roof, paint } = car;
  const [low, high] = cabinEnd(shop, rear);
  face(strip([half, body, low], [inset, roof, high]), look(paint, 1));
  const glassTop = body + (roof - body) * 0.9;
  face(
    strip([half * 0.9, body + 0.04, low], [inset * 0.9, glassTop, low + (high - low) * 0.9]),
    look(pane, 0.85),
    look(pane, 1.1),
  );
}

function paintFlank({ face, look, car, alongOf }: Shop, side: number): void {
  const { body, length, paint } = car;
  const sheet = (low: number, high: number, from: number, to: number): readonly Corner[] => [
    [side, high, from],
    [side, high, to],
    [side, low, to],
    [side, low, from],
  ];
  const wheel = (share: number, radius: number): readonly Corner[] =>
    Array.from({ length: 12 }, (_, i): Corner => {
      const angle = (i / 12) * 2 * Math.PI;
      return [side, 0.32 + radius * Math.sin(angle), alongOf(share) + radius * Math.cos(angle)];
    });
  face(sheet(0.3, body, -length / 2, length / 2), look(paint, 0.98), look(paint, 0.72));
  for (const share of [0.2, 0.8]) {
    face(wheel(share, 0.38), look([24, 24, 26]));
    face(wheel(share, 0.31), look([38, 38, 40]));
    face(wheel(share, 0.19), look([150, 152, 156]));
  }
  const handle = alongOf(0.52);
  face(sheet(body - 0.16, body - 0.12, handle, handle + 0.16), look([40, 40, 42]));
}

function paintEnd({ face, look, car, half }: Shop, near: number, rear: boolean, light: Light): void {
  const { body, paint } = car;
  face(strip([half, body, near], [half, 0.28, near]), look(paint, 0.9), look(paint, 0.68));
  const lamp: Colour = rear ? [186, 30, 28] : [226, 228, 220];
  const glow: Colour = rear ? [255, 60, 48] : [255, 250, 226];
  const on = light.name === 'night' || light.name === 'rain' || light.name === 'fog';
  for (const side of [-1, 1]) {
    const [inner, outer] = [side * half * 0.62, side * half * 0.96];
    const corners: readonly Corner[] = [
      [inner, body - 0.14, near],
      [outer, body - 0.12, near],
      [outer, body - 0.32, near],
      [inner, body - 0.3, near],
    ];
    face(corners, on ? glow : look(lamp));
  }
  face(strip([0.26, 0.56, near], [0.26, 0.45, near]), look([224, 220, 196]));
  face(strip([half, 0.38, near], [half, 0.26, near]), look([44, 44, 46]));
  if (!rear) face(strip([0.5, body - 0.16, near], [0.46, body - 0.34, near]), look([30, 30, 32]));
}
