/**
 * Makes a pedestrian detector out of ImageNet's weights and 120 photographs, in minutes: `npm run finetune`.
 *
 *   --data DIR       the folder PennFudanPed, as published; default data/PennFudanPed
 *   --weights FILE   EfficientNet-Lite0's, any format and names that `loadWeights` knows; default timm's from Hugging Face
 *   --recipe NAME    people: 16 epochs; peopleLong: better and slower. Default people
 *   --seed N  --epochs N  --threads N  --out DIR
 *   --resume         goes on from the last checkpoint in --out
 *   --short          a few images and two steps, to see that all works
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  effdetPostprocess,
  efficientDetLite0,
  evaluate,
  huggingFace,
  loadWeights,
  peopleLongRecipe,
  peopleRecipe,
  type Recipe,
  saveWeights,
  train,
} from 'pyramidion';
import { imageCache } from 'pyramidion/data';
import { useBackend, wasmEngine } from 'pyramidion/engine';
import {
  cocoMetrics,
  curveSvg,
  drawingSvg,
  evaluatedRun,
  matchImage,
  missRate,
  pageHtml,
  plainProtocol,
  report,
} from 'pyramidion/evaluate';
import {
  duration,
  encodeJpeg,
  fromFile,
  pennFudan,
  readCheckpointFile,
  runFolder,
  stopOnInterrupt,
  weightCache,
  writeFileAtomic,
} from 'pyramidion/node';

const { values: given } = parseArgs({
  options: {
    data: { type: 'string', default: 'data/PennFudanPed' },
    weights: { type: 'string' },
    recipe: { type: 'string', default: 'people' },
    seed: { type: 'string', default: '0' },
    epochs: { type: 'string' },
    threads: { type: 'string' },
    out: { type: 'string', default: 'out/finetune' },
    resume: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});

/** A whole number from a flag. */
function number(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < least)
    throw new RangeError(`--${flag} is ${text}; it must be a whole number of at least ${least}`);
  return value;
}
const recipes: { readonly [name: string]: Recipe } = { people: peopleRecipe, peopleLong: peopleLongRecipe };
const named = recipes[given.recipe];
if (named === undefined)
  throw new RangeError(`--recipe is ${given.recipe}; the recipes are ${Object.keys(recipes).join(', ')}`);
const epochs = given.epochs === undefined ? (given.short ? 1 : named.epochs) : number('epochs', given.epochs, 1);
const recipe = { ...named, epochs };
const seed = number('seed', given.seed, 0);
const threads = given.threads === undefined ? {} : { threads: number('threads', given.threads, 1) };
if (!existsSync(join(given.data, 'Annotation')))
  throw new RangeError(
    `--data is ${given.data}, which has no Annotation; unpack https://www.cis.upenn.edu/~jshi/ped_html/PennFudanPed.zip ` +
      "(54 MB; free for research, its photographs remain their authors') and name the folder PennFudanPed",
  );
if (!given.resume && existsSync(join(given.out, 'last.safetensors')))
  throw new RangeError(`${given.out} has a checkpoint; --resume goes on with it, or give another --out`);

// The data: every person in 170 photographs; of each 17 in the order of their names, five are for the test.
const { samples } = await pennFudan(given.data);
const isTest = (i: number) => [1, 4, 8, 11, 15].includes(i % 17);
const part = given.short ? samples.slice(0, 17) : samples;
const learn = part.filter((_, i) => !isTest(i));
const test = part.filter((_, i) => isTest(i));

// The model: anchors of one shape, of people who stand; a quick momentum, for a run of some hundred steps.
const description = {
  format: 'pyramidion-model/1',
  family: 'efficientDetLite0',
  labels: ['person'],
  anchors: { ratios: [[1.56, 0.64]] },
} as const;
await useBackend('wasm');
const model = efficientDetLite0({ ...description, norm: { momentum: 0.9 }, seed });
const source =
  given.weights === undefined
    ? huggingFace({ repo: 'timm/tf_efficientnet_lite0.in1k', cache: weightCache() })
    : fromFile(given.weights);
// Of TensorFlow, whoever renamed them; the classifier's own layers are not wanted.
const { names, loaded } = await loadWeights(model.backbone, source, { variant: 'tensorflow', partial: 'any' });
console.log(`${loaded.length} tensors of the backbone from ${source.name}, named as ${names} does`);

const { signal, dispose } = stopOnInterrupt();
const folder = await runFolder(given.out, { begin: given.resume ? 'last' : 'new', name: recipe.name });
const on = await wasmEngine(threads);
const cache = imageCache({ bytes: 1e9 });
const start = performance.now();
const { why, state } = await train(model, {
  data: learn,
  recipe,
  seed,
  signal,
  on,
  cache,
  card: {
    name: 'EfficientDet-Lite0 for people',
    data: {
      name: 'Penn-Fudan',
      source: 'https://www.cis.upenn.edu/~jshi/ped_html/',
      note: `${learn.length} of its 170 photographs, which are for research and remain their authors'`,
    },
    began: { name: 'EfficientNet-Lite0, trained on ImageNet', source: source.name },
  },
  ...folder,
});
dispose();
if (why === 'stopped') {
  console.log('\nsaved; go on with the same command and --resume');
  process.exit();
}
const seconds = (performance.now() - start) / 1000;

// What is kept: averages, where the recipe has some, in the place of the last step's weights; without the optimizer's slots.
await loadWeights(model, await readCheckpointFile(given.out, 'last'));
await writeFileAtomic(join(given.out, 'model.safetensors'), await saveWeights(model));
await writeFileAtomic(join(given.out, 'model.json'), `${JSON.stringify(description, null, 2)}\n`);

// What it learned, on the test photographs.
const rule = { ...effdetPostprocess, candidates: 1000, scoreAbove: 0.01 };
const { images } = await evaluate(model, test, { ...(recipe.fit ? { fit: recipe.fit } : {}), rule, on, cache });
const { AP, AP50, AP75 } = cocoMetrics(images);
const missed = missRate(images, plainProtocol);
const results = {
  ...{ recipe: recipe.name, seed, steps: state.step, images: images.length, people: missed.truths },
  ...{ AP50, AP, AP75, logAverageMissRate: missed.logAverage },
  ...(given.resume ? {} : { trainingSeconds: seconds }),
  ...{ node: process.versions.node, threads: on.threads, build: on.build },
};
await writeFileAtomic(join(given.out, 'result.json'), `${JSON.stringify(results, null, 2)}\n`);

// Pictures: of the photographs with the most errors, and of those with none and the most people.
const shown = 0.4; // boxes below this score are in the figures, not in the pictures
const looked = images.map(({ truths, detections, size, id }, i) => {
  const image = { truths, detections: detections.filter(({ score }) => score >= shown) };
  const matches = matchImage(image, plainProtocol);
  const falses = matches.detections.filter(({ hit }) => !hit).length;
  const [height, width] = size;
  const caption = `${id}: ${matches.found.size} of ${truths.length} found, ${falses} false`;
  return { i, image, matches, width, height, caption, errors: truths.length - matches.found.size + falses };
});
const people = ({ image }: (typeof looked)[number]) => image.truths.length;
const byErrors = looked.toSorted((a, b) => b.errors - a.errors || people(b) - people(a));
const pictures = async (chosen: typeof looked) =>
  Promise.all(
    chosen.map(async ({ i, image, matches, width, height, caption }) => {
      const picture = await test[i]?.image();
      const drawn = { ...image, width, height, matches };
      return { caption, svg: drawingSvg(picture ? { ...drawn, image: await encodeJpeg(picture) } : drawn) };
    }),
  );
const [worst, best] = [
  byErrors.slice(0, 12),
  byErrors
    .slice(12)
    .filter(({ errors }) => errors === 0)
    .slice(0, 12),
];
const percent = (value = Number.NaN) => `${(100 * value).toFixed(1)} %`;
const facts = [
  ['AP50', percent(AP50)],
  ['AP (.5 to .95)', percent(AP)],
  ['log-average miss rate', percent(missed.logAverage)],
  ['learned from', `${learn.length} photographs, ${state.step} steps${given.resume ? '' : `, ${duration(seconds)}`}`],
] as const;
const settings = [
  ['seed', `${seed}`],
  ['engine', `${on.build}, ${on.threads} threads, Node ${process.versions.node}`],
  ['recipe', JSON.stringify(recipe)],
] as const;
const curve = curveSvg([{ name: recipe.name, ...missed }], { title: 'Test photographs, every person' });
const held = `On ${images.length} photographs with ${missed.truths} people that it has not seen.`;
const page = {
  title: `People in Penn-Fudan's photographs: AP50 ${percent(AP50)}`,
  lead: `${held} Boxes from score ${shown} on are shown: first the photographs with the most errors, then some with none.`,
  figures: [curve],
  gallery: [...(await pictures(worst)), ...(await pictures(best))],
};
await writeFileAtomic(join(given.out, 'index.html'), pageHtml({ ...page, facts, settings }));
const run = await evaluatedRun({
  name: recipe.name,
  images,
  protocols: [plainProtocol],
  pictures: { samples: test, encode: encodeJpeg },
  settings,
});
await writeFileAtomic(join(given.out, 'report.html'), report([run], { lead: held }));
for (const [name, value] of facts) console.log(`${name}: ${value}`);
console.log(
  `look at ${join(given.out, 'index.html')}, at report.html for what was missed, and at run.html for how it learned`,
);
console.log(`detect with: npx pyramidion detect --model ${given.out} photo.jpg`);
