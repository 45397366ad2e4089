import { placeNoise } from './random.ts';
import { type Camera, type Seen, see } from './scenesCamera.ts';
import type { Brush, Colour } from './scenesCanvas.ts';
import { type Light, lit } from './scenesLight.ts';
import { type Prop, vivid } from './scenesProp.ts';
import { capsule, ellipse, polygon, shade } from './scenesShapes.ts';
import { scaled } from './scenesStand.ts';

/** Paints what stands at a place; `dark` is the shadow there. */
export function paintProp(
  brush: Brush,
  camera: Camera,
  light: Light,
  prop: Prop,
  x: number,
  z: number,
  dark: number,
): void {
  const foot = see(camera, x, 0, z);
  if (foot.depth < (prop.kind === 'tree' ? 6 : 2.5)) return; // nearer, it would be all of the picture
  const look = (colour: Colour, by = 1) => lit(light, scaled(colour, by * (1 - dark)), foot.depth);
  const up = (metres: number) => foot.y - metres * foot.scale;
  shade(brush.canvas, [foot.x, foot.y], [foot.scale * 0.35 * prop.wide + 1, foot.scale * 0.09 + 1], 0.45);
  painters[prop.kind]({ brush, prop, foot, up, look, light });
}

interface Scene {
  readonly brush: Brush;
  readonly prop: Prop;
  readonly foot: Seen;
  /** The row of a height in metres. */
  readonly up: (metres: number) => number;
  readonly look: (colour: Colour, by?: number) => Colour;
  readonly light: Light;
}

function post({ brush, foot, up, look, prop }: Scene, radius: number, height: number, colour = prop.colour): void {
  const r = radius * foot.scale;
  capsule(brush, [foot.x, foot.y - r, r], [foot.x, up(height) + r, r * 0.85], look(colour));
}

/** An upright block, pixels from metres. */
function block({ brush, foot, up, look }: Scene, half: number, low: number, high: number, colour: Colour): void {
  const h = half * foot.scale;
  polygon(
    brush,
    [foot.x - h, up(high), foot.x + h, up(high), foot.x + h, up(low), foot.x - h, up(low)],
    look(colour, 1.06),
    look(colour, 0.82),
  );
}

function crown(scene: Scene, low: number, high: number, half: number): void {
  const { brush, foot, look, prop } = scene;
  const autumn = placeNoise(prop.seed, 1, 1);
  const leaf: Colour =
    autumn < 0.7 ? [70 + 30 * autumn, 100 + 20 * autumn, 48] : autumn < 0.85 ? [168, 122, 44] : [140, 76, 40];
  const fine = Math.min(1, 60 / (half * foot.scale)); // a crown that is large in the picture has smaller leaves
  const count = Math.round(44 / fine);
  for (let i = 0; i < count; i++) {
    const t = i / count;
    const across = (placeNoise(prop.seed, i, 2) * 2 - 1) * half;
    const rise = low + (high - low) * placeNoise(prop.seed, i, 3);
    const middle = 1 - Math.abs((2 * (rise - low)) / (high - low) - 1) ** 2;
    const radius = half * (0.17 + 0.2 * placeNoise(prop.seed, i, 4)) * Math.sqrt(fine) * foot.scale;
    const tone = 0.6 + 0.3 * t + 0.26 * ((rise - low) / (high - low)) + 0.1 * placeNoise(prop.seed, i, 6);
    const [x, y] = [foot.x + across * (0.35 + 0.65 * middle) * foot.scale, scene.up(rise)];
    ellipse(brush, [x, y], [radius, radius * 0.78], look(leaf, tone));
  }
}

const painters: { readonly [Kind in Prop['kind']]: (scene: Scene) => void } = {
  lamp: (scene) => {
    const { brush, prop, foot, up, look, light } = scene;
    post(scene, 0.06, prop.height);
    const reach = (placeNoise(prop.seed, 1, 2) < 0.5 ? -1 : 1) * 0.9 * foot.scale;
    const r = 0.04 * foot.scale;
    capsule(brush, [foot.x, up(prop.height - 0.1), r], [foot.x + reach, up(prop.height + 0.2), r], look(prop.colour));
    const on = light.name === 'night';
    ellipse(
      brush,
      [foot.x + reach, up(prop.height + 0.14)],
      [0.24 * foot.scale, 0.09 * foot.scale],
      on ? [255, 240, 196] : look([176, 178, 176]),
    );
    if (on)
      shade(
        brush.canvas,
        [foot.x + reach, up(prop.height + 0.1)],
        [1.6 * foot.scale, 1.6 * foot.scale],
        -0.6,
        [255, 226, 160],
      );
  },
  sign: (scene) => {
    const { brush, prop, foot, up, look } = scene;
    post(scene, 0.035, prop.height);
    const half = 0.32 * prop.wide * foot.scale;
    const y = up(prop.height - 0.3);
    const shape = placeNoise(prop.seed, 1, 2);
    if (shape < 0.4) {
      ellipse(brush, [foot.x, y], [half, half], look([196, 40, 40]));
      ellipse(brush, [foot.x, y], [half * 0.72, half * 0.72], look([232, 230, 226]));
    } else if (shape < 0.65)
      polygon(
        brush,
        [foot.x, y - half * 1.1, foot.x + half * 1.1, y + half * 0.8, foot.x - half * 1.1, y + half * 0.8],
        look([228, 226, 220]),
      );
    else
      polygon(
        brush,
        [foot.x - half, y - half, foot.x + half, y - half, foot.x + half, y + half, foot.x - half, y + half],
        look(prop.second),
      );
  },
  bin: (scene) => {
    const { prop } = scene;
    block(scene, 0.27 * prop.wide, 0.04, prop.height - 0.1, prop.colour);
    block(scene, 0.3 * prop.wide, prop.height - 0.12, prop.height, scaled(prop.colour, 0.7));
  },
  bollard: (scene) => {
    const { brush, prop, foot, up, look } = scene;
    post(scene, 0.09 * prop.wide, prop.height * 0.9);
    const r = 0.11 * prop.wide * foot.scale;
    ellipse(brush, [foot.x, up(prop.height * 0.92)], [r, r], look(prop.colour, 1.1));
    block(scene, 0.092 * prop.wide, prop.height * 0.66, prop.height * 0.76, [226, 224, 218]);
  },
  tree: (scene) => {
    const { brush, prop, foot, up, look } = scene;
    const r = 0.13 * prop.wide * foot.scale;
    const bark: Colour = [84, 68, 54];
    const fork = prop.height * 0.42;
    capsule(brush, [foot.x, foot.y, r * 1.25], [foot.x, up(fork), r * 0.8], look(bark));
    for (const side of [-1, 1])
      capsule(
        brush,
        [foot.x, up(fork * 0.92), r * 0.6],
        [foot.x + side * 0.16 * prop.height * foot.scale, up(prop.height * 0.66), r * 0.3],
        look(bark, 0.9),
      );
    crown(scene, prop.height * 0.42, prop.height, prop.height * 0.27 * prop.wide);
  },
  pillar: (scene) => {
    const { brush, prop, foot, up, look } = scene;
    const half = 0.55 * prop.wide;
    block(scene, half, 0, prop.height, [186, 180, 168]);
    for (let i = 0; i < 4; i++) {
      const low = 0.5 + (i >> 1) * ((prop.height - 0.9) / 2);
      const left = (i & 1 ? 0.04 : -half * 0.94) * foot.scale + foot.x;
      const colour = vivid[Math.floor(vivid.length * placeNoise(prop.seed, i, 5))] ?? prop.second;
      const [w, h] = [half * 0.88 * foot.scale, ((prop.height - 1.1) / 2) * foot.scale];
      polygon(brush, [left, up(low) - h, left + w, up(low) - h, left + w, up(low), left, up(low)], look(colour));
    }
    ellipse(brush, [foot.x, up(prop.height)], [half * 1.12 * foot.scale, 0.16 * foot.scale], look(prop.colour, 0.9));
  },
  postbox: (scene) => {
    const { brush, prop, foot, up, look } = scene;
    const r = 0.26 * prop.wide * foot.scale;
    capsule(brush, [foot.x, foot.y - r * 0.4, r], [foot.x, up(prop.height) + r, r], look(prop.colour));
    polygon(
      brush,
      [
        foot.x - r * 0.6,
        up(prop.height * 0.78),
        foot.x + r * 0.6,
        up(prop.height * 0.78),
        foot.x + r * 0.6,
        up(prop.height * 0.73),
        foot.x - r * 0.6,
        up(prop.height * 0.73),
      ],
      look([28, 26, 26]),
    );
  },
  dummy: (scene) => {
    const { brush, prop, foot, up, look } = scene;
    const h = prop.height;
    const kind = placeNoise(prop.seed, 1, 2);
    const r = 0.12 * h * prop.wide * foot.scale;
    if (kind < 0.5) {
      block(scene, 0.16 * h * prop.wide * 0.6, 0, h * 0.78, prop.colour); // a parking meter or a wrapped parasol
      ellipse(brush, [foot.x, up(h * 0.84)], [r * 0.8, r * 0.95], look(prop.second));
    } else {
      capsule(brush, [foot.x, foot.y - r * 0.3, r * 0.35], [foot.x, up(h * 0.45), r * 0.35], look(prop.second, 0.8));
      capsule(brush, [foot.x, up(h * 0.42), r], [foot.x, up(h * 0.72), r * 1.1], look(prop.colour));
      block(scene, 0.05, h * 0.8, h, scaled(prop.second, 0.9));
    }
  },
  signal: (scene) => {
    const { brush, prop, foot, up, look } = scene;
    post(scene, 0.05, prop.height);
    block(scene, 0.15, prop.height - 0.85, prop.height, [30, 32, 34]);
    const on = Math.floor(3 * placeNoise(prop.seed, 1, 2));
    const colours: readonly Colour[] = [
      [240, 60, 50],
      [246, 190, 60],
      [70, 220, 120],
    ];
    colours.forEach((colour, i) => {
      const r = 0.09 * foot.scale;
      ellipse(
        brush,
        [foot.x, up(prop.height - 0.16 - 0.26 * i)],
        [r, r],
        i === on ? colour : look(scaled(colour, 0.25)),
      );
    });
  },
  shrub: (scene) => {
    crown(scene, 0.1, scene.prop.height, scene.prop.height * 0.6 * scene.prop.wide);
  },
};
