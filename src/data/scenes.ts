import type { Annotation } from '../core/annotation.ts';
import { keyedRandom } from '../core/random.ts';
import { between } from './random.ts';
import type { Sample } from './sample.ts';
import { type Cast, drawCast } from './scenesCast.ts';
import { paintScene } from './scenesFrame.ts';
import { develop, type Lens } from './scenesGrade.ts';
import { type SceneSettings, type ScenesOptions, sceneSettings } from './scenesOptions.ts';

/** Sequences that are kept in mind; one takes some kilobytes. */
const remembered = 64;

/**
 * Street scenes with people who walk through them, painted when they are asked for. A frame depends on seed, sequence and
 * frame alone: the same bits in any order, on any machine, however many sequences there are.
 *
 * Labels are those of the Caltech set: `person`; `people`, a group, `person?`, one that is too small, and `ignore`, hardly
 * seen, cut by the border or on a bicycle, are ignored. Boxes are read off the painted masks: whole extents before anything
 * hides them, within the image, and what can be seen. `track` is the same through a sequence.
 *
 * @throws RangeError or TypeError for options that cannot be
 */
export function scenes(options: ScenesOptions): readonly Sample[] {
  const settings = sceneSettings(options);
  const { sequences, framesPerSequence, first } = settings;
  const casts = new Map<number, Sequence>();
  const sequenceOf = (number: number) => {
    const known = casts.get(number);
    if (known) return known;
    const made = drawSequence(settings, number);
    casts.set(number, made);
    for (const oldest of casts.keys()) {
      if (casts.size <= remembered) break;
      casts.delete(oldest);
    }
    return made;
  };
  return Array.from({ length: sequences * framesPerSequence }, (_, i) => {
    const number = first + Math.floor(i / framesPerSequence);
    return sceneSample(settings, number, i % framesPerSequence, () => sequenceOf(number));
  });
}

interface Sequence {
  readonly cast: Cast;
  readonly lens: Lens;
}

function drawSequence(settings: SceneSettings, number: number): Sequence {
  const random = keyedRandom('scenes', settings.seed, number, 'cast');
  const lens = { blur: between(random, 0.04, 0.2), vignette: between(random, 0, 0.3) };
  return { lens, cast: drawCast(random, settings) };
}

function sceneSample(settings: SceneSettings, number: number, frame: number, sequence: () => Sequence): Sample {
  const [height, width] = settings.size;
  let objects: readonly Annotation[] | undefined;
  return {
    id: `scenes-${settings.seed}/V${pad(number, 3)}/I${pad(frame, 5)}`,
    width,
    height,
    get objects() {
      objects ??= paintScene(sequence().cast, frame, settings, 'masks').objects;
      return objects;
    },
    image: async () => {
      const { cast, lens } = sequence();
      const painted = paintScene(cast, frame, settings, 'picture');
      objects ??= painted.objects;
      return develop(painted.canvas, cast.light, lens, keyedRandom('scenes', settings.seed, number, frame, 'noise'));
    },
  };
}

const pad = (number: number, digits: number) => String(number).padStart(digits, '0');
