/**
 * The ladder as a study: trains the seven rungs under one budget, and what the study did wrong beside them.
 * `npm run ladder-study`; a run that is done is not made again, one that was broken off goes on. Two of these side by side,
 * on two cores, share the runs.
 *
 *   --seeds N          how many seeds; default 3
 *   --photographs DIR  the Penn-Fudan folder with its split.json; without it those runs are left out
 *   --only TEXT        runs whose names have this in them
 *   --steps            measures a step of each rung, on a machine that does nothing else
 *   --figures          draws what is there into --results, and makes the tables of docs/ladder.md anew
 *   --list             prints the runs and what came of them
 *   --results DIR      where results are, a JSON file each; default docs/ladder
 *   --runs DIR         where checkpoints and logs are; default out/ladder-study
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { imageCache } from 'pyramidion/data';
import { useBackend } from 'pyramidion/engine';
import { FolderTaken, lockFolder, stopOnInterrupt, writeFileAtomic } from 'pyramidion/node';
import { stepCosts } from './ladder-study/costs.ts';
import { photographsData, type StudyData, scenesData } from './ladder-study/data.ts';
import { figures } from './ladder-study/figures.ts';
import { oneRun, type RunResult } from './ladder-study/oneRun.ts';
import { stepsFile } from './ladder-study/results.ts';
import { type Run, studyRuns } from './ladder-study/runs.ts';
import { photographsSize } from './ladder-study/settings.ts';

const { values: given } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3' },
    photographs: { type: 'string' },
    only: { type: 'string', default: '' },
    steps: { type: 'boolean', default: false },
    figures: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    results: { type: 'string', default: 'docs/ladder' },
    runs: { type: 'string', default: 'out/ladder-study' },
  },
});
const seeds = Array.from({ length: Number(given.seeds) }, (_, seed) => seed);
const wanted = studyRuns(seeds).filter(
  ({ id, data }) => id.includes(given.only) && (data === 'scenes' || given.photographs !== undefined),
);
const fileOf = ({ id }: Run) => join(given.results, `${id}.json`);
const resultOf = (run: Run): RunResult | undefined =>
  existsSync(fileOf(run)) ? JSON.parse(readFileSync(fileOf(run), 'utf8')) : undefined;

if (given.list) {
  for (const run of wanted) {
    const { held, step } = resultOf(run) ?? {};
    const said = held && step ? `${(100 * held.logAverage).toFixed(1)} %  ${step.median} s a step` : 'not yet';
    console.log(`${run.id.padEnd(34)}${said}`);
  }
  process.exit();
}

await useBackend('wasm');
if (given.steps) {
  await writeFileAtomic(join(given.results, stepsFile), `${JSON.stringify(await stepCosts())}\n`);
  process.exit();
}
if (given.figures) {
  await figures({ results: given.results, runs: given.runs, page: 'docs/ladder.md' });
  process.exit();
}
const { signal, dispose } = stopOnInterrupt();
// Streets are painted once for all runs of a seed.
const known = new Map<string, StudyData>();
let cache = imageCache({ bytes: 3e9 });
async function dataOf({ data, seed, frames }: Run): Promise<StudyData> {
  const name = `${data} ${seed}`;
  const found = known.get(name);
  const whole =
    found ??
    (data === 'photographs' && given.photographs !== undefined
      ? await photographsData(given.photographs, photographsSize)
      : scenesData(seed));
  if (!found) {
    known.clear();
    cache = imageCache({ bytes: 3e9 });
    known.set(name, whole);
  }
  return frames === undefined ? whole : { ...whole, learn: whole.learn.slice(0, frames) };
}

/** The folder of a run for this process alone, unless another is at it. */
async function claimed(folder: string): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lockFolder(folder);
  } catch (error) {
    if (error instanceof FolderTaken) return undefined;
    throw error;
  }
}

for (const run of wanted) {
  if (signal.aborted) break;
  const folder = join(given.runs, run.id);
  const release = existsSync(fileOf(run)) ? undefined : await claimed(folder);
  if (release === undefined) continue;
  try {
    if (existsSync(fileOf(run))) continue; // done since
    console.log(`\n${run.id}`);
    const result = await oneRun(run, await dataOf(run), { folder, signal, cache });
    if (result === undefined) break;
    await writeFileAtomic(fileOf(run), `${JSON.stringify(result)}\n`);
    console.log(`log-average miss rate ${(100 * result.held.logAverage).toFixed(1)} %`);
  } finally {
    await release();
  }
}
dispose();
if (signal.aborted) console.log('\nsaved; the same command goes on');
