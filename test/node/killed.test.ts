import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { leftIn, runKilled } from './killing.ts';

const home = mkdtempSync(join(tmpdir(), 'pyramidion-killed-'));
afterAll(() => rmSync(home, { recursive: true }));

it('a run that is killed three times leaves the bits, the files and the log of an unbroken one', async () => {
  const run = { recipe: 'averages', seed: 5, steps: 48 };
  const whole = join(home, 'whole');
  const broken = join(home, 'broken');
  await runKilled({ ...run, folder: whole }, { kills: 0, random: () => 0 });
  const kills = await runKilled({ ...run, folder: broken }, { kills: 3, random: keyedRandom('killed', 3) });
  expect(kills).toBe(3);
  const left = leftIn(whole);
  expect(Object.keys(left)).toEqual(expect.arrayContaining(['last.safetensors', 'best.safetensors', 'log.jsonl']));
  expect(left['log.jsonl']).toHaveLength(48 + 16); // steps and epochs
  expect(leftIn(broken)).toEqual(left);
}, 120_000);
