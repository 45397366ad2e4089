/** A run by its log, which a run that was broken off has in parts. */
import { readFileSync } from 'node:fs';
import type { Report } from 'pyramidion';
import type { RunResult } from './oneRun.ts';

/** Entries of a loss curve. */
const entries = 64;

type Line = Report & { readonly time: string };

/** What the lines of a log say; of a step that was taken twice, after a resume, the last. */
export function readLog(file: string): Pick<RunResult, 'step' | 'loss' | 'validations'> & { readonly steps: number } {
  const lines: Line[] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const losses = new Map<number, number>();
  const validations = new Map<number, RunResult['validations'][number]>();
  const seconds: number[] = [];
  let before: Line | undefined;
  let step = 0;
  for (const line of lines) {
    if (line.kind === 'step') {
      step = line.step;
      losses.set(step, line.loss.total ?? Number.NaN);
      if (before?.kind === 'step') seconds.push((Date.parse(line.time) - Date.parse(before.time)) / 1000);
    }
    const { missRate, loss } = line.kind === 'epoch' && line.validation ? line.validation : {};
    if (missRate && loss)
      validations.set(step, { step, loss: rounded(loss.total ?? Number.NaN), missRate: rounded(missRate.logAverage) });
    before = line;
  }
  seconds.sort((a, b) => a - b);
  const at = (share: number) => rounded(seconds[Math.floor(share * (seconds.length - 1))] ?? Number.NaN);
  return {
    steps: step,
    step: { median: at(0.5), least: at(0.02) },
    loss: means([...losses.entries()]),
    validations: [...validations.values()],
  };
}

/** Means of stretches of equal length, each at its last step. */
function means(losses: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const length = Math.max(1, Math.ceil(losses.length / entries));
  return Array.from({ length: Math.ceil(losses.length / length) }, (_, i) => {
    const part = losses.slice(i * length, (i + 1) * length);
    const mean = part.reduce((sum, [, loss]) => sum + loss, 0) / part.length;
    return [part.at(-1)?.[0] ?? 0, rounded(mean)];
  });
}

const rounded = (value: number) => Number(value.toPrecision(4));
