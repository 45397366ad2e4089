/**
 * Trains a pedestrian detector and shows what it learned: `npm run train-caltech`.
 *
 *   --rung NAME        a rung of examples/ladder.ts; default fpn
 *   --data DIR         a Caltech folder as published: set00 ... set10, annotations
 *   --penn-fudan DIR   the Penn-Fudan photographs; without either folder, seeded street scenes
 *   --size HxW         of the input, multiples of 128; default 128x256 for scenes, 256x384 for photographs
 *   --epochs N  --seed N
 *   --out DIR          a folder without a run; default out/train-caltech
 *   --resume           goes on from the last checkpoint in --out
 *   --shuffle          boxes shuffled among the images: nothing can be learned then, and nothing should be
 *   --short            less than a minute, to see that all works
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluate, type Recipe, scenesRecipe, studyRecipe, train } from 'pyramidion';
import { imageCache, type Sample, scenes } from 'pyramidion/data';
import { useBackend } from 'pyramidion/engine';
import {
  caltechProtocols,
  curveSvg,
  drawingSvg,
  evaluatedRun,
  matchImage,
  missRate,
  pageHtml,
  plainProtocol,
  report,
  scaledProtocol,
} from 'pyramidion/evaluate';
import { caltech, duration, encodeJpeg, pennFudan, runFolder, stopOnInterrupt } from 'pyramidion/node';
import { ladder, small } from './ladder.ts';

const { values: given } = parseArgs({
  options: {
    rung: { type: 'string', default: 'fpn' },
    data: { type: 'string' },
    'penn-fudan': { type: 'string' },
    size: { type: 'string' },
    epochs: { type: 'string' },
    seed: { type: 'string', default: '0' },
    out: { type: 'string', default: 'out/train-caltech' },
    resume: { type: 'boolean', default: false },
    shuffle: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});

/** A whole number from a flag. */
function number(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new RangeError(`--${flag} is ${text}; it must be a whole number`);
  return value;
}
const isRung = (name: string): name is keyof typeof ladder => name in ladder;
if (!isRung(given.rung))
  throw new RangeError(`--rung is ${given.rung}; the rungs are ${Object.keys(ladder).join(', ')}`);
const rung = given.rung;
const seed = number('seed', given.seed);
const photographs = given.data !== undefined || given['penn-fudan'] !== undefined;
const [height = 0, width = 0] = (given.size ?? (photographs ? '256x384' : '128x256')).split('x').map(Number);
if (!(height % 128 === 0 && width % 128 === 0 && height > 0 && width > 0))
  throw new RangeError(`--size is ${given.size}; it must be HxW, multiples of 128 such as 256x384`);

// Data: what to learn from, what is held out, and by which rules it is judged.
async function load(): Promise<{ learn: readonly Sample[]; held: readonly Sample[]; protocol: typeof plainProtocol }> {
  if (given.data !== undefined) {
    // As in the study: these frames validate, and therefore leave the training set.
    const frames = { set: 'set02', video: 'V001', frames: [121, 189] } as const;
    const { samples: learn } = await caltech(given.data, { sets: 'train', skip: 3, except: [frames], onBad: 'skip' });
    const { samples: held } = await caltech(given.data, { sets: ['set02'], skip: 1, only: [frames], onBad: 'skip' });
    return { learn, held, protocol: caltechProtocols[0] };
  }
  if (given['penn-fudan'] !== undefined) {
    const { samples } = await pennFudan(given['penn-fudan']);
    const test = (i: number) => [1, 4, 8, 11, 15].includes(i % 17);
    return {
      learn: samples.filter((_, i) => !test(i)),
      held: samples.filter((_, i) => test(i)),
      protocol: plainProtocol,
    };
  }
  const kind = {
    seed,
    size: [height, width] as const,
    heights: [94, 375] as const, // of 480 rows
    people: [1, 7] as const,
    secondsPerFrame: 2,
  };
  return {
    learn: scenes({ ...kind, sequences: given.short ? 16 : 5600, framesPerSequence: 1 }),
    held: scenes({ ...kind, first: 100_000, sequences: given.short ? 16 : 200, framesPerSequence: 1 }), // other streets
    protocol: reasonable(480, Math.round((480 * width) / height)),
  };
}

/** Caltech's Reasonable for frames that are as wide as ours: people of 50 rows of 480 on, no nearer to the border than 5 pixels. */
const reasonable = (rows: number, columns: number) =>
  scaledProtocol(
    { ...caltechProtocols[0], bounds: [5, 5, rows - 5, columns - 5] },
    { from: [rows, columns], to: [height, width] },
  );

const recipe: Recipe = photographs
  ? { ...studyRecipe, batch: 8, clipNorm: 10, epochs: number('epochs', given.epochs ?? '30') }
  : { ...scenesRecipe, epochs: number('epochs', given.epochs ?? '2') };

/** Each image with the objects of another, far away in the list. */
const shuffled = (samples: readonly Sample[]): Sample[] =>
  samples.map((sample, i) => {
    const other = samples[(i + Math.floor(samples.length / 2)) % samples.length] ?? sample;
    const [y, x] = [sample.height / other.height, sample.width / other.width];
    const objects = other.objects.map(({ box: [y1, x1, y2, x2], visible: _, ...rest }) => ({
      ...rest,
      box: [y1 * y, x1 * x, y2 * y, x2 * x] as const,
    }));
    return { id: sample.id, width: sample.width, height: sample.height, objects, image: sample.image };
  });

const start = performance.now();
await useBackend('wasm');
const { learn, held, protocol } = await load();
const model = ladder[rung](small([height, width]));
const { signal, dispose } = stopOnInterrupt();
const folder = await runFolder(given.out, { begin: given.resume ? 'last' : 'new', pictures: held });

const { why } = await train(model, {
  data: given.shuffle ? shuffled(learn) : learn,
  recipe,
  seed,
  signal,
  validation: { data: held, protocol, every: photographs ? 4 : 1 },
  card: { name: rung, data: { name: photographs ? 'photographs' : 'street scenes' } },
  cache: imageCache({ bytes: 1e9 }),
  ...folder,
});
dispose();
if (why === 'stopped') {
  console.log(`\nsaved; go on with the same command and --resume`);
  process.exit();
}

// What it learned: the miss rate on the held-out images, the curve, and pictures of what it finds.
const { images } = await evaluate(model, held);
const result = missRate(images, protocol);
const curve = curveSvg([{ name: rung, ...result }], { title: `Held-out images, ${protocol.name}` });
const shown = 0.3; // boxes below this score are in the curve, not in the pictures
const gallery = await Promise.all(
  held.slice(0, 24).map(async (sample, i) => {
    const picture = await sample.image();
    const { truths = [], detections = [] } = images[i] ?? {};
    const image = { truths, detections: detections.filter(({ score }) => score >= shown) };
    const matches = matchImage(image, protocol);
    const falses = matches.detections.filter(({ hit }) => !hit).length;
    const { width, height } = sample;
    const svg = drawingSvg({ ...image, width, height, image: await encodeJpeg(picture), matches });
    return { svg, caption: `${sample.id}: ${matches.found.size} of ${matches.counted.length} found, ${falses} false` };
  }),
);
const time = duration((performance.now() - start) / 1000);
const percent = `${(100 * result.logAverage).toFixed(1)} %`;
const settings = [
  ['rung', rung],
  ['input', `${height} x ${width}`],
  ['seed', `${seed}`],
  ['recipe', JSON.stringify(recipe)],
] as const;
writeFileSync(join(given.out, 'curve.svg'), curve);
writeFileSync(
  join(given.out, 'index.html'),
  pageHtml({
    title: `${rung}: ${percent} log-average miss rate`,
    lead: `On ${result.images} held-out images with ${result.truths} people that count, after ${time} on this machine. Boxes from score ${shown} on are shown.`,
    facts: [
      ['log-average miss rate', percent],
      ['images learned from', `${learn.length}${given.shuffle ? ', boxes shuffled' : ''}`],
      ['time', time],
    ],
    settings,
    figures: [curve],
    gallery,
  }),
);
const pictures = { samples: held, encode: encodeJpeg };
const run = await evaluatedRun({ name: rung, images, protocols: [protocol], pictures, settings });
writeFileSync(join(given.out, 'report.html'), report([run], { lead: `${result.images} held-out images.` }));
console.log(`log-average miss rate ${percent} on ${result.images} held-out images, ${time}`);
console.log(
  `look at ${join(given.out, 'index.html')}, at report.html for what was missed, and at run.html for how it learned`,
);
