/** The results of the study, as JSON files of a folder, and how they are read. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FullSizeCosts, StepCosts } from './costs.ts';
import type { RunResult } from './oneRun.ts';

export interface Results {
  readonly runs: readonly RunResult[];
  readonly steps?: StepCosts;
  readonly fullSize?: FullSizeCosts;
}

/** Files that are no run's. */
export const stepsFile = 'steps.json';
const fullSizeFile = 'full-size.json'; // as bench/ladder.ts writes it

const parsed = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

/** What is there so far; runs in the order of their names. */
export function readResults(folder: string): Results {
  const [steps, fullSize] = [join(folder, stepsFile), join(folder, fullSizeFile)];
  const runs = existsSync(folder)
    ? readdirSync(folder).filter((name) => /^(scenes|photographs)-.*\.json$/.test(name))
    : [];
  return {
    runs: runs.sort().map((name) => parsed(join(folder, name))),
    ...(existsSync(steps) ? { steps: parsed(steps) } : {}),
    ...(existsSync(fullSize) ? { fullSize: parsed(fullSize) } : {}),
  };
}

/** Runs of the model of that name, those of one kind of data, by seed. */
export const of = (runs: Results['runs'], data: RunResult['data'], model: string): readonly RunResult[] =>
  runs.filter((one) => one.data === data && one.model === model).toSorted((a, b) => a.seed - b.seed);

/** Runs of a model beside those of another, of the same seed. */
export function pairs(
  runs: Results['runs'],
  data: RunResult['data'],
  { model, than }: { readonly model: string; readonly than: string },
): readonly { readonly run: RunResult; readonly other: RunResult }[] {
  const others = new Map(of(runs, data, than).map((run) => [run.seed, run]));
  return of(runs, data, model).flatMap((run) => {
    const other = others.get(run.seed);
    return other ? [{ run, other }] : [];
  });
}

export const held = ({ held }: RunResult): number => held.logAverage;
export const crowd = ({ crowd }: RunResult): number | undefined => crowd?.logAverage;

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** What was changed, and what it is compared with. */
export const comparisons: readonly (readonly [what: string, model: string, than: string])[] = [
  ['pixels in 0..1', 'wideNotNormalized', 'normalizedWide'],
  ['no lift', 'normalizedNarrow', 'normalizedWide'],
  ['no lift after the pyramid', 'fpnNarrow', 'fpn'],
  ['learned upsampling', 'deconvFpn', 'fpn'],
  ['SGD', 'fpn, SGD', 'fpn'],
  ['SGD', 'vggBaseline, SGD', 'vggBaseline'],
  ["the others' rate", "vggBaseline, the others' rate", 'vggBaseline'],
  ['plateau on mixed streets', 'fpn, plateau on mixed streets', 'fpn'],
  ['plateau on one crowded street', 'fpn, plateau on a crowd', 'fpn'],
  ['boxes shuffled', 'fpn, boxes shuffled', 'fpn'],
];
