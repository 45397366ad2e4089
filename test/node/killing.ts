import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../../src/weights/safetensors.ts';

const program = fileURLToPath(new URL('./killedProgram.ts', import.meta.url));

export interface KilledRun {
  readonly folder: string;
  /** Of `killedProgram.ts`. */
  readonly recipe: string;
  readonly seed: number;
  /** Of the whole run, a multiple of 3. */
  readonly steps: number;
}

export interface Killing {
  /** How often at most. */
  readonly kills: number;
  /** Uniform in [0, 1): when. */
  readonly random: () => number;
  /** Hears of each kill. */
  readonly onKill?: (after: number) => void;
}

/** Starts a run until it is done, and kills it (SIGKILL) at moments that are drawn. Gives how often it was killed. */
export async function runKilled(run: KilledRun, { kills, random, onKill }: Killing): Promise<number> {
  mkdirSync(run.folder, { recursive: true });
  for (let killed = 0; ; killed++) {
    const after = killed < kills ? Math.floor(random() * 14) : undefined; // reports: a step, an epoch, the start
    const ended = await session(run, after, random() * 8);
    if (ended === 'done') return killed;
    onKill?.(ended);
  }
}

/** One process. @returns after how many reports it was killed */
function session(
  { folder, recipe, seed, steps }: KilledRun,
  after: number | undefined,
  delay: number,
): Promise<number | 'done'> {
  const child = spawn(
    process.execPath,
    ['--conditions=pyramidion-source', '--import', 'tsx', program, folder, recipe, `${seed}`, `${steps}`],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let [heard, errors] = [0, ''];
  child.stderr.on('data', (data) => (errors += data));
  child.stdout.on('data', (data) => {
    const before = heard;
    heard += String(data).split('\n').length - 1;
    if (after !== undefined && before <= after && heard > after) setTimeout(() => child.kill('SIGKILL'), delay);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(heard);
      else if (code === 0) resolve('done');
      else reject(new Error(`the run ended with ${code ?? signal}: ${errors.slice(-2000)}`));
    });
  });
}

/** All that is to be the same in two folders: files, numbers and records of the checkpoints, and the log without its times. */
export function leftIn(folder: string): { readonly [file: string]: unknown } {
  const files = readdirSync(folder)
    .filter((file) => !file.startsWith('log.jsonl.'))
    .sort(); // logs of runs that never saved
  return Object.fromEntries(files.map((file) => [file, content(join(folder, file))]));
}

function content(path: string): unknown {
  if (path.endsWith('.safetensors')) {
    const { tensors, metadata } = readSafetensors(new Uint8Array(readFileSync(path)), path);
    const numbers = [...tensors].map(([name, { values }]) => [
      name,
      Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
    ]);
    return { tensors: Object.fromEntries(numbers), record: JSON.parse(metadata.record ?? '') };
  }
  if (!path.endsWith('.jsonl')) return readFileSync(path, 'utf8');
  const lines = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return lines
    .filter(({ kind }) => kind === 'step' || kind === 'epoch')
    .map(({ kind, step, epoch, loss, learningRate, best, validation }) => ({
      ...{ kind, step, epoch, loss, learningRate, best, validation },
    }));
}
