import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Annotation, Box, Detection } from '../src/core/annotation.ts';
import { cocoFigures } from '../src/evaluate/cocoFigures.ts';
import { cocoMetrics } from '../src/evaluate/cocoMetrics.ts';
import type { EvaluatedImage } from '../src/evaluate/evaluatedImage.ts';
import { pythonWith, runPython } from './python.ts';

const [imageCount, detectionCount, classCount, rounds] = [5000, 100, 80, 5];
const [width, height] = [640, 480];
const classes = Array.from({ length: classCount }, (_, k) => `class ${k + 1}`);

/** mulberry32: u, u, u, ... in [0, 1). */
function uniform(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Images of 0 to 14 objects, some of them crowds, and 100 detections: half of them near an object, some of those of another class. */
function generate(): EvaluatedImage[] {
  const u = uniform(20);
  const quarter = (value: number) => Math.round(4 * value) / 4; // sums of quarters are exact, in both programs
  const label = () => classes[Math.floor(u() ** 2 * classCount)] ?? '';
  const box = (): Box => {
    const [tall, wide] = [quarter(4 + u() ** 3 * 300), quarter(4 + u() ** 3 * 300)];
    const [y, x] = [quarter(u() * (height - tall)), quarter(u() * (width - wide))];
    return [y, x, y + tall, x + wide];
  };
  return Array.from({ length: imageCount }, () => {
    const truths = Array.from({ length: Math.floor(u() * 15) }, (): Annotation => {
      const crowd = u() < 0.02;
      return { box: box(), label: label(), ...(crowd && { ignore: 'a crowd', crowd }) };
    });
    const detections = Array.from({ length: detectionCount }, (): Detection => {
      const near = u() < 0.5 ? truths[Math.floor(u() * truths.length)] : undefined;
      const score = Math.round(1e4 * u() ** (near ? 1 : 3)) / 1e4; // many are equal
      if (near === undefined) return { box: box(), score, label: label() };
      const [y1, x1, y2, x2] = near.box;
      const shift = (side: number) => quarter((u() - 0.5) * side * 0.4);
      const [top, left] = [y1 + shift(y2 - y1), x1 + shift(x2 - x1)];
      const [tall, wide] = [Math.max(1, y2 - y1 + shift(y2 - y1)), Math.max(1, x2 - x1 + shift(x2 - x1))];
      return { box: [top, left, top + tall, left + wide], score, label: u() < 0.9 ? near.label : label() };
    });
    return { truths, detections };
  });
}

const sides = ([y1, x1, y2, x2]: Box) => [x1, y1, x2 - x1, y2 - y1];
const category = (label: string) => classes.indexOf(label) + 1;

function writeCoco(images: readonly EvaluatedImage[], folder: string): void {
  const annotations = images
    .flatMap(({ truths }, image) => truths.map((truth) => ({ truth, image })))
    .map(({ truth: { box, label, crowd }, image }, i) => {
      const [, , w = 0, h = 0] = sides(box);
      return {
        id: i + 1,
        image_id: image + 1,
        category_id: category(label),
        bbox: sides(box),
        area: w * h,
        iscrowd: crowd ? 1 : 0,
      };
    });
  const results = images.flatMap(({ detections }, image) =>
    detections.map(({ box, label, score }) => ({
      image_id: image + 1,
      category_id: category(label),
      bbox: sides(box),
      score,
    })),
  );
  const list = images.map((_, i) => ({ id: i + 1, width, height, file_name: `${i + 1}.jpg` }));
  const categories = classes.map((name, k) => ({ id: k + 1, name }));
  writeFileSync(join(folder, 'truths.json'), JSON.stringify({ images: list, annotations, categories }));
  writeFileSync(join(folder, 'found.json'), JSON.stringify(results));
}

const program = `
import sys, json, time, io, contextlib
from importlib.metadata import version
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
with contextlib.redirect_stdout(io.StringIO()):
    truths = COCO(sys.argv[1])
    found = truths.loadRes(sys.argv[2])
    start = time.perf_counter()
    run = COCOeval(truths, found, 'bbox')
    run.evaluate()
    run.accumulate()
    seconds = time.perf_counter() - start
    run.summarize()
print(json.dumps({'seconds': seconds, 'figures': run.stats.tolist(), 'version': version('pycocotools')}))
`;

/** COCO's figures of 500,000 detections beside pycocotools, both from what they hold in memory. */
export async function run(): Promise<{ ratio: number }> {
  const images = generate();
  const times: number[] = [];
  let figures: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    figures = Object.values(cocoFigures(cocoMetrics(images, { classes })));
    times.push((performance.now() - start) / 1000);
  }
  const ours = Math.min(...times);
  console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, one thread`);
  console.log(
    `${imageCount} images, ${imageCount * detectionCount} detections, ${classCount} classes: AP ${figures[0]?.toFixed(12)}`,
  );
  console.log(`cocoMetrics ${ours.toFixed(2)} s, the least of ${rounds} rounds`);
  const python = pythonWith('pycocotools');
  if (python === undefined) {
    console.log('coco-ap: no Python with pycocotools; set PYTHON to one. Nothing was compared');
    return { ratio: Number.NaN };
  }
  const folder = mkdtempSync(join(tmpdir(), 'coco-ap-'));
  try {
    writeCoco(images, folder);
    const theirs = runPython(python, program, [join(folder, 'truths.json'), join(folder, 'found.json')]) as {
      readonly seconds: number;
      readonly figures: readonly number[];
      readonly version: string;
    };
    const apart = Math.max(...theirs.figures.map((figure, i) => Math.abs(figure - (figures[i] ?? Number.NaN))));
    if (!(apart < 1e-12)) throw new Error(`coco-ap: the figures differ by ${apart}; they should be the same`);
    console.log(
      `pycocotools ${theirs.version} ${theirs.seconds.toFixed(2)} s, one run; its figures differ by ${apart.toExponential(0)} at most`,
    );
    const ratio = ours / theirs.seconds;
    console.log(`coco-ap ratio=${ratio.toFixed(2)}`);
    return { ratio };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
