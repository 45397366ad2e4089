import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EvaluatedImage } from '../src/evaluate/evaluatedImage.ts';
import { missRate } from '../src/evaluate/missRate.ts';
import { plainProtocol } from '../src/evaluate/protocol.ts';
import { benchmarkProtocol } from '../src/evaluate/protocols.ts';
import { acfCaltech, acfCaltechIsThere } from './acfCaltech.ts';
import { kaistAnnotationFile, kaistIsThere, kaistMlpd, kaistResultFile } from './kaistMlpd.ts';
import { pythonWith, runPython } from './python.ts';

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
async function caltech(): Promise<number> {
  if (!acfCaltechIsThere) {
    console.log('miss-rate: ../shared/data/caltech is not there; Caltech was not measured');
    return Number.NaN;
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
  console.log(
    `Caltech: ${result.images} frames, ${result.truths} people, ${result.detections} detections that count: ${result.logAverage.toFixed(10)}`,
  );
  console.log(
    `  missRate ${a.toFixed(1)} ms, the plain loop ${b.toFixed(1)} ms, ratio ${(a / b).toFixed(2)}; minimum of ${rounds} interleaved rounds`,
  );
  return a / b;
}

/** The references that the published program has: rounded. */
const published = [0.01, 0.0178, 0.0316, 0.0562, 0.1, 0.1778, 0.3162, 0.5623, 1];

/** All, day and night of KAIST, both files read. */
function kaist(): number[] {
  const images = kaistMlpd();
  return ['Reasonable', 'Reasonable_day', 'Reasonable_night'].map((name) => {
    const protocol = benchmarkProtocol('KAIST Sejong', name);
    return missRate(images, { ...protocol, rules: { ...protocol.rules, references: published } }).logAverage;
  });
}

const program = `
import sys, json, time, io, contextlib, math
sys.path.insert(0, sys.argv[1])
with contextlib.redirect_stdout(io.StringIO()):
    import evaluation_script as script
    times = []
    for i in range(int(sys.argv[4])):
        start = time.perf_counter()
        result = script.evaluate(sys.argv[2], sys.argv[3])
        times.append(time.perf_counter() - start)
    rates = [result[name].summarize(0) for name in ('all', 'day', 'night')]
print(json.dumps({'first': times[0], 'least': min(times), 'rates': [float(rate) for rate in rates]}))
`;

/** The same of the program that MLPD published, in the folder of the environment's KAIST_EVALUATION. */
function kaistBesidePython(): number {
  if (!kaistIsThere) {
    console.log('miss-rate: ../shared/data/kaist is not there; KAIST was not measured');
    return Number.NaN;
  }
  const first = milliseconds(kaist);
  const ours = Math.min(first, ...Array.from({ length: rounds }, () => milliseconds(kaist)));
  console.log(
    `KAIST: all, day and night of MLPD, both files read: ${kaist()
      .map((rate) => (100 * rate).toFixed(4))
      .join(', ')} %`,
  );
  console.log(
    `  missRate ${ours.toFixed(1)} ms, at the first time ${first.toFixed(0)} ms; minimum of ${rounds} rounds`,
  );
  const folder = process.argv[3] ?? process.env.KAIST_EVALUATION;
  if (folder === undefined) {
    console.log('  beside the published program: not run; give the folder of evaluation_script.py as KAIST_EVALUATION');
    return Number.NaN;
  }
  const python = pythonWith('numpy', 'matplotlib');
  if (python === undefined) {
    console.log('  beside the published program: not run; set PYTHON to a Python with numpy and matplotlib');
    return Number.NaN;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'miss-rate-')); // the program writes beside where it runs
  try {
    const files = [fileURLToPath(kaistAnnotationFile), fileURLToPath(kaistResultFile)];
    const theirs = runPython(python, program, [resolve(folder), ...files, '5'], scratch) as {
      readonly first: number;
      readonly least: number;
      readonly rates: readonly number[];
    };
    const apart = Math.max(...kaist().map((rate, i) => Math.abs(rate - (theirs.rates[i] ?? Number.NaN))));
    if (!(apart < 1e-12)) throw new Error(`miss-rate: the miss rates differ by ${apart}; they should be the same`);
    console.log(
      `  the published program ${(1000 * theirs.least).toFixed(0)} ms, at the first time ${(1000 * theirs.first).toFixed(0)} ms; minimum of 5 rounds, without its start and its drawing`,
    );
    return ours / (1000 * theirs.least);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Caltech beside a plain loop, and KAIST beside the published Python where that is there. */
export async function run(): Promise<{ ratio: number }> {
  console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, one thread`);
  const loop = await caltech();
  const python = kaistBesidePython();
  console.log(
    Number.isNaN(python) ? `miss-rate loop ratio=${loop.toFixed(2)}` : `miss-rate ratio=${python.toFixed(2)}`,
  );
  return { ratio: Number.isNaN(python) ? loop : python };
}
