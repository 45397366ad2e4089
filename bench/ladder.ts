import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { version_core as tfjs } from '@tensorflow/tfjs-core';
import { ladder } from '../examples/ladder.ts';
import type { MeasuredRung } from './ladderRung.ts';

/** Rungs whose step tfjs's backend takes in reasonable time and memory. */
const tfjsSteps: readonly string[] = ['efficientNetBackbone', 'fpn'];
/** A rung that takes longer is told as such; milliseconds. */
const patience = 8 * 60_000;

const program = fileURLToPath(new URL('./ladderRung.ts', import.meta.url));

/** One rung in a process of its own, so that one that needs more memory than there is ends alone. */
async function measured(name: string): Promise<MeasuredRung | string> {
  const flags = [...process.execArgv, program, name, tfjsSteps.includes(name) ? 'yes' : 'no'];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, flags, { timeout: patience, maxBuffer: 1e8 });
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  } catch (error) {
    const { killed, stderr = '' } = Object(error) as { readonly killed?: boolean; readonly stderr?: string };
    if (killed) return `not done within ${patience / 60_000} minutes`;
    const [, said] = /^(\w*Error: .{1,120})/m.exec(stderr) ?? [];
    return said ?? 'the process ended without a word';
  }
}

/** The ladder as the study had it, at 512x640, one image: what each rung costs, on our engine and on tfjs's wasm. */
export async function run(): Promise<{ ratio: number }> {
  console.log(
    `${cpus()[0]?.model}, Node ${process.versions.node}, TensorFlow.js ${tfjs}, 512x640, one image, one thread, minimum`,
  );
  console.log(
    'rung                      parameters       MACs  peak MB   forward      tfjs      step      tfjs   MB of the step',
  );
  const ratios: number[] = [];
  for (const name of Object.keys(ladder)) {
    const found = await measured(name);
    if (typeof found === 'string') {
      console.log(`${name.padEnd(22)}  ${found}`);
      continue;
    }
    const { parameters, macs, peakBytes, forward, step, stepBytes } = found;
    const time = (value: number | string) => (typeof value === 'number' ? `${value.toFixed(0)} ms` : '-').padStart(10);
    console.log(
      `${name.padEnd(22)}${parameters.toLocaleString('en').padStart(14)}${`${(macs / 1e9).toFixed(2)} G`.padStart(11)}` +
        `${(peakBytes / 1e6).toFixed(0).padStart(9)}${time(forward.ours)}${time(forward.tfjs)}${time(step.ours)}${time(step.tfjs)}` +
        `${(stepBytes / 1e6).toFixed(0).padStart(17)}`,
    );
    for (const [whose, value] of Object.entries(step))
      if (typeof value === 'string' && value !== 'not run') console.log(`${''.padEnd(24)}no step, ${whose}: ${value}`);
    ratios.push(forward.ours / forward.tfjs);
  }
  const ratio = Math.max(...ratios);
  console.log(`ladder ratio=${ratio.toFixed(2)}`);
  return { ratio };
}
