import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const home = mkdtempSync(join(tmpdir(), 'pyramidion-'));
afterAll(() => rmSync(home, { recursive: true }));

/** Runs the example as its reader would; what it printed. */
const example = (...flags: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const args = ['--conditions=pyramidion-source', '--import', 'tsx', 'examples/train-caltech.ts', ...flags];
    execFile(process.execPath, args, { cwd: root, encoding: 'utf8' }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(stdout),
    );
  });

describe('the training example', { timeout: 120_000 }, () => {
  it('with boxes shuffled among the images learns nothing, and its page says that they were', async () => {
    const said = await example('--short', '--shuffle', '--epochs', '8', '--out', home);
    const [, percent] = /miss rate ([\d.]+) % on 16 held-out images/.exec(said) ?? [];
    expect(Number(percent)).toBeGreaterThanOrEqual(90);
    expect(readFileSync(join(home, 'index.html'), 'utf8')).toContain('boxes shuffled');
    const log = readFileSync(join(home, 'log.jsonl'), 'utf8').trimEnd().split('\n');
    expect(log.map((line) => JSON.parse(line).kind).filter((kind) => kind === 'step')).toHaveLength(32); // 8 epochs of 16 images in fours
  });
  it('names what a flag may be', async () => {
    await expect(example('--rung', 'eighth')).rejects.toThrow(/the rungs are vggBaseline, .*weightedFpn/);
    await expect(example('--size', '100x256')).rejects.toThrow(/multiples of 128/);
  });
});
