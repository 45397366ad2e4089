import { cpus } from 'node:os';
import { version_core as tfjs } from '@tensorflow/tfjs-core';
import type { EvaluatedImage } from '../src/evaluate/matching.ts';
import { missRate } from '../src/evaluate/missRate.ts';
import { plainProtocol } from '../src/evaluate/protocol.ts';
import { acfCaltech, acfCaltechIsThere } from './acfCaltech.ts';

const rounds = 15;
const references = Array.from({ length: 9 }, (_, i) => 10 ** (-2 + i / 4));

type Rectangle = readonly [y1: number, x1: number, y2: number, x2: number];

/**
 * The benchmark's rules written down once, for persons only and without heights, borders or a curve to keep: every
 * overlap of an image, then the matches, then the nine points.
 */
function plain(images: readonly EvaluatedImage[]): number {
  const results: [score: number, hit: number][] = [];
  let truths = 0;
  for (const image of images) {
    const found = [...image.detections].sort((a, b) => b.score - a.score);
    const real = image.truths.filter(({ ignore }) => ignore === undefined);
    const objects = [...real, ...image.truths.filter(({ ignore }) => ignore !== undefined)];
    truths += real.length;
    const shared = found.map(({ box }) => objects.map((object, i) => overlap(box, object.box, i >= real.length)));
    const taken = objects.map(() => false);
    for (const [i, { score }] of found.entries()) {
      let most = 0.5;
      let match = -1;
      for (let k = 0; k < objects.length; k++) {
        if (taken[k]) continue;
        if (match >= 0 && match < real.length && k >= real.length) break;
        const value = shared[i]?.[k] ?? 0;
        if (value < most) continue;
        most = value;
        match = k;
      }
      if (match >= real.length) continue; // on an ignored region: counts neither way
      if (match >= 0) taken[match] = true;
      results.push([score, match >= 0 ? 1 : 0]);
    }
  }
  results.sort((a, b) => b[0] - a[0]);
  const misses = references.map(() => 1);
  let [hits, falses] = [0, 0];
  for (const [, hit] of results) {
    if (hit) hits++;
    else falses++;
    for (const [i, fppi] of references.entries()) if (falses / images.length <= fppi) misses[i] = 1 - hits / truths;
  }
  return Math.exp(misses.reduce((sum, miss) => sum + Math.log(Math.max(1e-10, miss)), 0) / 9);
}

function overlap(a: Rectangle, b: Rectangle, ignored: boolean): number {
  const height = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (height <= 0 || width <= 0) return 0;
  const own = (a[2] - a[0]) * (a[3] - a[1]);
  return (height * width) / (ignored ? own : own + (b[2] - b[0]) * (b[3] - b[1]) - height * width);
}

function milliseconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** `missRate` of the detector ACF-Caltech over 4,024 frames, beside the plain evaluation above. */
export async function run(): Promise<{ ratio: number }> {
  if (!acfCaltechIsThere) {
    console.log('miss-rate: ../shared/data/caltech is not there; nothing was measured');
    return { ratio: Number.NaN };
  }
  const images = await acfCaltech();
  const result = missRate(images, plainProtocol);
  const other = plain(images);
  if (Math.abs(result.logAverage - other) > 1e-12)
    throw new Error(`miss-rate: ${result.logAverage} and ${other} should be the same`);
  const [ours, theirs] = [[] as number[], [] as number[]];
  for (let round = 0; round < rounds; round++) {
    ours.push(milliseconds(() => missRate(images, plainProtocol)));
    theirs.push(milliseconds(() => plain(images)));
  }
  const [a, b] = [Math.min(...ours), Math.min(...theirs)];
  console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, TensorFlow.js ${tfjs}, one thread`);
  console.log(
    `${result.images} frames, ${result.truths} people, ${result.detections} detections that count: ${result.logAverage.toFixed(10)}`,
  );
  console.log(`missRate ${a.toFixed(1)} ms, plain ${b.toFixed(1)} ms; minimum of ${rounds} interleaved rounds`);
  const ratio = a / b;
  console.log(`miss-rate ratio=${ratio.toFixed(2)}`);
  return { ratio };
}
