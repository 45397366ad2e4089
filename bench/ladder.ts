import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { version_core as tfjs } from '@tensorflow/tfjs-core';
import { writeFileAtomic } from 'pyramidion/node';
import { ladder } from '../examples/ladder.ts';
import type { FullSizeCosts, FullSizeRung, Machine } from '../examples/ladder-study/costs.ts';
import type { OnOurs, OnTfjs } from './ladderRung.ts';

/** What takes longer is told as such; milliseconds. */
const patience = 8 * 60_000;
const program = fileURLToPath(new URL('./ladderRung.ts', import.meta.url));
const results = fileURLToPath(new URL('../docs/ladder/full-size.json', import.meta.url));

/** A process of its own, so that one that needs more memory than there is ends alone. What it printed, or why it ended. */
async function measured<T>(...args: readonly string[]): Promise<T | string> {
  try {
    const flags = [...process.execArgv, program, ...args];
    const { stdout } = await promisify(execFile)(process.execPath, flags, { timeout: patience, maxBuffer: 1e8 });
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  } catch (error) {
    const { killed, stderr = '' } = Object(error) as { readonly killed?: boolean; readonly stderr?: string };
    if (killed) return `not done within ${patience / 60_000} minutes`;
    const [, said] = /^(\w*Error: .{1,120})/m.exec(stderr) ?? [];
    return said ?? 'the process ended without a word';
  }
}

const words = (value: number | string) => (typeof value === 'number' ? `${value.toFixed(0)} ms` : '-');
const line = (name: string, cells: readonly string[]) =>
  console.log(`${name.padEnd(22)}${cells.map((cell) => cell.padStart(13)).join('')}`);

/**
 * The ladder as the study had it, at 512x640, one image: what each rung costs, on our engine and on tfjs's wasm. Printed,
 * and kept in docs/ladder, from where `npm run ladder-study -- --figures` makes the page's table.
 */
export async function run(): Promise<{ ratio: number }> {
  console.log('512x640, one image, one thread, minimum');
  line('rung', ['parameters', 'MACs', 'peak MB', 'forward', 'tfjs', 'step', 'tfjs', 'MB of step']);
  const rungs: Record<string, FullSizeRung | string> = {};
  const ratios: number[] = [];
  let machine: Machine | undefined;
  for (const name of Object.keys(ladder)) {
    const ours = await measured<OnOurs>(name);
    const theirs = await measured<OnTfjs>(name, 'tfjs');
    if (typeof ours === 'string') {
      rungs[name] = ours;
      line(name, [ours]);
      continue;
    }
    machine ??= ours.machine;
    const { parameters, macs, peakBytes, forward, stepBytes } = ours;
    const step = { ours: ours.step, tfjs: typeof theirs === 'string' ? theirs : theirs.step };
    rungs[name] = { parameters, macs, peakBytes, forward, step, stepBytes };
    const sizes = [parameters.toLocaleString('en'), `${(macs / 1e9).toFixed(2)} G`, (peakBytes / 1e6).toFixed(0)];
    const times = [forward.ours, forward.tfjs, step.ours, step.tfjs].map(words);
    line(name, [...sizes, ...times, (stepBytes / 1e6).toFixed(0)]);
    for (const [whose, value] of Object.entries(step))
      if (typeof value === 'string') console.log(`${''.padEnd(22)}no step, ${whose}: ${value}`);
    ratios.push(forward.ours / forward.tfjs);
  }
  if (!machine) throw new Error('ladder: no rung could be measured');
  const costs: FullSizeCosts = { machine, tfjs, rungs };
  await writeFileAtomic(results, `${JSON.stringify(costs)}\n`);
  const ratio = Math.max(...ratios);
  console.log(`${machine.processor}, Node ${machine.node} (${machine.engine}), TensorFlow.js ${tfjs}`);
  console.log(`ladder ratio=${ratio.toFixed(2)}`);
  return { ratio };
}
