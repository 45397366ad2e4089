import { type Canvas, coloured } from './augmentCanvas.ts';
import type { ColourPass } from './augmentColour.ts';
import { between, type Random, shuffled } from './augmentRandom.ts';
import type { Colour, Exposure, Photometric } from './augmentSteps.ts';

const paint = (canvas: Canvas, passes: readonly ColourPass[]) => passes.reduce(coloured, canvas);
const around = (middle: number, spread: number) => [middle - spread, middle + spread] as const;

export function colour(canvas: Canvas, step: Colour, random: Random): Canvas {
  const { probability = 1, brightness = 0, contrast = 0, saturation = 0, hue = 0 } = step;
  if (random() >= probability) return canvas;
  const passes: ColourPass[] = [];
  if (brightness > 0) passes.push({ change: 'brightness', factor: between(random, around(1, brightness)) });
  if (contrast > 0) passes.push({ change: 'contrast', factor: between(random, around(1, contrast)) });
  if (saturation > 0) passes.push({ change: 'saturation', factor: between(random, around(1, saturation)) });
  if (hue > 0) passes.push({ change: 'hue', turn: between(random, around(0, hue)) });
  return paint(canvas, shuffled(passes, random));
}

export function photometric(canvas: Canvas, step: Photometric, random: Random): Canvas {
  const { probability = 0.5, brightness = 0.125, contrast = 0.5, saturation = 0.5, hue = 0.05 } = step;
  const maybe = (pass: ColourPass) => (random() < probability ? [pass] : []);
  const contrastPass = maybe({ change: 'contrast', factor: between(random, around(1, contrast)) });
  const contrastFirst = random() < 0.5;
  return paint(canvas, [
    ...maybe({ change: 'brightness', factor: between(random, around(1, brightness)) }),
    ...(contrastFirst ? contrastPass : []),
    ...maybe({ change: 'saturation', factor: between(random, around(1, saturation)) }),
    ...maybe({ change: 'hue', turn: between(random, around(0, hue)) }),
    ...(contrastFirst ? [] : contrastPass),
    ...maybe({ change: 'channels', order: channelOrder(random) }),
  ]);
}

export function exposure(canvas: Canvas, step: Exposure, random: Random): Canvas {
  const { probability = 1, gain = [0.8, 1.2], shift = [-25, 25], pivot = 127 } = step;
  if (random() >= probability) return canvas;
  return coloured(canvas, { change: 'exposure', gain: between(random, gain), shift: between(random, shift), pivot });
}

function channelOrder(random: Random): [number, number, number] {
  const [red = 0, green = 1, blue = 2] = shuffled([0, 1, 2], random);
  return [red, green, blue];
}
