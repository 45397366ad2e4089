import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpointFolder, readCheckpointFile } from '../../src/node/checkpoints.ts';
import { writeFileAtomic } from '../../src/node/files.ts';
import { progressBar } from '../../src/node/terminal.ts';
import { stepLine } from '../../src/node/terminalLine.ts';
import { duration } from '../../src/node/terminalTime.ts';
import { baselineRecipe } from '../../src/train/recipe.ts';
import type { Report, StepReport } from '../../src/train/report.ts';

import { start } from './reports.ts';

const home = mkdtempSync(join(tmpdir(), 'pyramidion-'));
afterAll(() => rmSync(home, { recursive: true }));

const step: StepReport = {
  kind: 'step',
  epoch: 0,
  epochs: 2,
  step: 5,
  steps: 10,
  loss: { total: 1.2345, classification: 1, localization: 0.2345 },
  learningRate: 0.001,
  imagesPerSecond: 12.34,
  waiting: 0,
  secondsLeft: 75,
};
const card = {
  data: { name: 'toys', images: 40, sha256: 'ab' },
  model: { inputSize: [16, 16], labels: ['person'], parameters: 12 },
  versions: { pyramidion: '1', tfjs: '2', runtime: 'node 3', backend: 'wasm' },
} as const;
const spent = { waiting: 1, steps: 50, validation: 8, saving: 2 };
const reports: Report[] = [
  { kind: 'start', recipe: baselineRecipe, seed: 3, images: 40, stepsPerEpoch: 5, epoch: 0, step: 0, card },
  { ...step, unreached: ['neck/a', 'neck/b'] },
  step,
  {
    kind: 'epoch',
    epoch: 0,
    epochs: 2,
    step: 5,
    loss: step.loss,
    spent,
    best: true,
    validation: { loss: { total: 2 }, missRate: { logAverage: 0.25, images: 4, truths: 9, detections: 20 } },
  },
  { kind: 'end', why: 'stopped', epoch: 1, step: 5, seconds: 61, spent },
];
/** What a terminal gets. */
function written(isTTY: boolean): string {
  let text = '';
  const tell = progressBar({ isTTY, columns: 200, write: (more) => (text += more) });
  for (const report of reports) tell(report);
  return text;
}

describe('the progress bar', () => {
  it('redraws one line on a terminal', () => {
    expect(written(true)).toContain(
      '\r\x1b[K██████████░░░░░░░░░░   5/10  epoch 1/2  loss 1.234  rate 0.001  12.3 images/s  1:15 left',
    );
  });
  it('writes whole lines, and few, into a pipe', () => {
    const lines = written(false).split('\n');
    for (const control of ['\r', '\x1b']) expect(written(false)).not.toContain(control);
    expect(lines.filter((line) => line.includes('5/10'))).toHaveLength(1);
  });
  it('prints the recipe, the weights that nothing reaches, and what the held-out images say', () => {
    const text = written(false);
    expect(text).toContain(JSON.stringify(baselineRecipe));
    expect(text).toContain('2 weights reach no loss, such as neck/a');
    expect(text).toContain('held out: loss 2.000, miss rate 25.0 %  best');
    expect(text).toContain('stopped after 5 steps, 1:01');
  });
  it('fits into a narrow terminal: the least needed goes first, never into a second line', () => {
    const lines = [80, 60, 40, 24, 12].map((columns) => stepLine(step, columns));
    expect(lines).toEqual([
      '██████░░░░░░   5/10  epoch 1/2  loss 1.234  rate 0.001  12.3 images/s  1:15 left',
      ' 5/10  epoch 1/2  loss 1.234  12.3 images/s  1:15 left',
      ' 5/10  epoch 1/2  loss 1.234  1:15 left',
      ' 5/10  loss 1.234',
      ' 5/10',
    ]);
    for (const columns of [10, 13, 33, 79, 200]) expect(stepLine(step, columns).length).toBeLessThanOrEqual(columns);
  });
  it('has colours where the terminal shows them', () => {
    const told = (hasColors: boolean) => {
      let text = '';
      const tell = progressBar({
        isTTY: true,
        columns: 200,
        hasColors: () => hasColors,
        write: (more) => (text += more),
      });
      for (const report of reports) tell(report);
      return text;
    };
    expect(told(true)).toContain('\x1b[36m██████████\x1b[0m░');
    expect(told(true)).toContain('\x1b[32mbest\x1b[0m');
    expect(told(false)).not.toContain('\x1b[3');
  });
  it('is not drawn more than ten times a second, save for the last step', () => {
    let text = '';
    const tell = progressBar({ isTTY: true, columns: 80, write: (more) => (text += more) });
    for (let at = 1; at <= 1000; at++) tell({ ...step, step: at, steps: 1000 });
    expect(text.split('\r').length).toBeLessThan(100);
    expect(text).toContain('1000/1000');
  });
  it('says times as clocks do', () => {
    expect([duration(5), duration(75), duration(3675)]).toEqual(['0:05', '1:15', '1:01:15']);
  });
});

describe('files', () => {
  it('of a checkpoint are a safetensors and a JSON that a person can read, and nothing half-written', async () => {
    const folder = join(home, 'checkpoints');
    const plateau = { best: 1, bad: 0, rate: 1 };
    const state = {
      epoch: 1,
      stepInEpoch: 0,
      step: 5,
      seed: 3,
      images: 40,
      plateau,
      best: 0.5,
      lossSums: {},
    };
    const { card } = start();
    const record = { format: 'pyramidion-checkpoint/2', state, recipe: baselineRecipe, card } as const;
    await checkpointFolder(folder).save('last', Uint8Array.of(1, 2, 3), record);
    expect(await readCheckpointFile(folder, 'last')).toEqual(Uint8Array.of(1, 2, 3));
    expect(JSON.parse(readFileSync(join(folder, 'last.json'), 'utf8'))).toEqual(record);
    expect(readdirSync(folder).sort()).toEqual(['last.json', 'last.safetensors']);
  });
  it('that cannot be put in their place leave nothing behind', async () => {
    await writeFileAtomic(join(home, 'taken/inner'), 'here');
    await expect(writeFileAtomic(join(home, 'taken'), 'no')).rejects.toThrow();
    expect(readdirSync(home).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

it('Ctrl-C raises the signal, a second one ends the process', async () => {
  const source = new URL('../../src/node/interrupt.ts', import.meta.url).href;
  const program = `
    import { stopOnInterrupt } from ${JSON.stringify(source)};
    const { signal } = stopOnInterrupt();
    signal.addEventListener('abort', () => console.log('saving'));
    console.log('ready');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
  const said: string[] = [];
  const code = new Promise<number | null>((resolve) => child.on('exit', resolve));
  child.stdout.on('data', (data) => {
    said.push(String(data).trim());
    child.kill('SIGINT'); // after 'ready', and after 'saving'
  });
  expect(await code).toBe(130);
  expect(said).toEqual(['ready', 'saving']);
});
