import type { Box } from '../core/annotation.ts';
import { type Canvas, coloured, type Photograph, type Rgb, withLayer } from './augmentCanvas.ts';
import type { ColourPass } from './augmentColour.ts';
import { between, type Random, shuffled } from './augmentRandom.ts';
import type { Blur, Colour, CutOut, Exposure, Photometric } from './augmentStepsPaint.ts';
import { intersect, inverse, placeBox } from './placement.ts';

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

export function blur(canvas: Canvas, step: Blur, random: Random): Canvas {
  const { probability = 0.5, sigma = [0.1, 2] } = step;
  return random() < probability ? withLayer(canvas, { kind: 'blur', sigma: between(random, sigma) }) : canvas;
}

export function cutOut(canvas: Canvas, step: CutOut, random: Random): Canvas {
  const { probability = 0.5, count = 1, area = [0.02, 0.33], ratio = [0.3, 3.3], fill = [127, 127, 127] } = step;
  if (random() >= probability) return canvas;
  return Array.from({ length: count }, () => {
    const whole = canvas.size[0] * canvas.size[1] * between(random, area);
    const tall = Math.exp(between(random, [Math.log(ratio[0]), Math.log(ratio[1])]));
    const height = Math.min(canvas.size[0], Math.sqrt(whole * tall));
    const width = Math.min(canvas.size[1], Math.sqrt(whole / tall));
    const [y, x] = [(canvas.size[0] - height) * random(), (canvas.size[1] - width) * random()];
    return [y, x, y + height, x + width] as const;
  }).reduce((patched, extent) => patch(patched, extent, fill), canvas);
}

/** A rectangle over the canvas; each photograph knows what it hides of it. */
export function patch(canvas: Canvas, extent: Box, fill: Rgb): Canvas {
  const hidden = (photograph: Photograph): Photograph => {
    const box = intersect(extent, photograph.extent);
    if (box === undefined) return photograph;
    return { ...photograph, covered: [...photograph.covered, placeBox(box, inverse(photograph.placement))] };
  };
  const [first, ...others] = canvas.photographs;
  const photographs: Canvas['photographs'] = [hidden(first), ...others.map(hidden)];
  return withLayer({ ...canvas, photographs }, { kind: 'patch', extent, fill });
}

function channelOrder(random: Random): [number, number, number] {
  const [red = 0, green = 1, blue = 2] = shuffled([0, 1, 2], random);
  return [red, green, blue];
}
