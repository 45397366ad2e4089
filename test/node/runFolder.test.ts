import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../../src/node/files.ts';
import { readLog } from '../../src/node/log.ts';
import { readModelCard } from '../../src/node/modelCard.ts';
import { runFolder } from '../../src/node/runFolder.ts';
import { runReport } from '../../src/node/runPage.ts';
import { runStory } from '../../src/node/runStory.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { train } from '../../src/train/train.ts';
import { saveWeights } from '../../src/weights/save.ts';
import { recipe, samples, toy } from '../train/toy.ts';
import { end, epoch, start, step, whole } from './reports.ts';

const home = mkdtempSync(join(tmpdir(), 'pyramidion-run-'));
afterAll(() => rmSync(home, { recursive: true }));
beforeAll(() => useBackend('wasm'));

const held = samples.slice(0, 2);
const silent = { terminal: 'none', pictures: held } as const;

/** Trains the toy in a folder, until a signal after so many steps. */
async function trained(folder: string, begin: 'new' | 'last', stopAfter = Number.POSITIVE_INFINITY) {
  const run = await runFolder(folder, { ...silent, begin });
  const controller = new AbortController();
  return train(toy(), {
    data: samples,
    recipe,
    validation: { data: held },
    card: { name: 'toy', data: { name: 'toys', licence: 'CC0-1.0' } },
    signal: controller.signal,
    ...run,
    onReport: async (report) => {
      await run.onReport(report);
      if (report.kind === 'step' && report.step === stopAfter) controller.abort();
    },
  });
}

describe('the folder of a run', () => {
  it('keeps checkpoints, card, log, events, pictures and page, and goes on as if nothing had been', async () => {
    const [broken, unbroken] = [join(home, 'broken'), join(home, 'unbroken')];
    await trained(broken, 'new', 4);
    await trained(broken, 'last');
    await trained(unbroken, 'new');
    expect(readdirSync(broken).sort()).toEqual(
      [
        ...['README.md', 'best.json', 'best.safetensors', 'events'],
        ...['last.json', 'last.safetensors', 'log.jsonl', 'pictures', 'run.html'],
      ].sort(),
    );
    const steps = (folder: string) =>
      readLog(join(folder, 'log.jsonl')).flatMap((line) => (line.kind === 'step' ? [[line.step, line.loss]] : []));
    expect(steps(broken)).toEqual(steps(unbroken));
    expect(steps(broken).map(([at]) => at)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(readdirSync(join(broken, 'events'))).toHaveLength(2);
    expect(readdirSync(join(broken, 'pictures')).sort()).toEqual(['toy%2F0.jpg', 'toy%2F1.jpg']);
    const page = readFileSync(join(broken, 'run.html'), 'utf8');
    expect(page).toContain('<b>2 of 2</b>');
    expect(page).toContain('<h3>toy/1</h3>');
    expect(readFileSync(join(broken, 'README.md'), 'utf8')).toContain(
      '| learned from | toys; licence: CC0-1.0; 6 images |',
    );
    expect(await runReport([broken])).toBe(page);
    expect(await runReport([broken, unbroken])).toContain('<h1>broken and unbroken</h1>');
  });
  it('is not written over by a new run, nor gone on with where there is nothing', async () => {
    await expect(runFolder(join(home, 'broken'), silent)).rejects.toThrow(
      /has a checkpoint; go on with it by begin: 'last'/,
    );
    await expect(runFolder(join(home, 'absent'), { ...silent, begin: 'last' })).rejects.toThrow(/no last.safetensors/);
    expect(await runFolder(join(home, 'absent'), { ...silent, begin: 'either' })).not.toHaveProperty('resume');
    await expect(runReport([join(home, 'absent')])).rejects.toThrow(/there is no log.jsonl/);
  });
  it('tells where its weights are from, by the header of the file alone', async () => {
    const info = await readModelCard(join(home, 'broken'));
    expect(info.file).toBe(join(home, 'broken', 'best.safetensors'));
    expect(info.card).toMatchObject({
      card: { name: 'toy', data: { images: 6 } },
      recipe: { name: 'toy' },
      state: { seed: 0 },
    });
    await writeFileAtomic(join(home, 'bare.safetensors'), await saveWeights(toy()));
    expect(await readModelCard(join(home, 'bare.safetensors'))).not.toHaveProperty('card');
  });
});

it('the time of epochs is told apart, and what came before a stop counts for the epoch that it broke', () => {
  const timed = <T>(report: T) => ({ ...report, time: '' });
  const story = runStory('a', whole.map(timed));
  expect(story.ended.map(({ seconds }) => seconds)).toEqual([
    { steps: 8, waiting: 1, validation: 2, saving: 0 },
    { steps: 8, waiting: 1, validation: 2, saving: 1 }, // the first epoch was saved after it was told
  ]);
  expect(story).toMatchObject({ status: 'done', seconds: { saving: 2 }, imagesPerSecond: (4 * 12) / 24 });
  const stopped = { ...end, why: 'stopped', spent: { steps: 12, waiting: 1, validation: 2, saving: 1 } } as const;
  const again = { ...epoch(1, 0.2), spent: { steps: 5, waiting: 0, validation: 2, saving: 0 } };
  const lines = [...whole.slice(0, 5), stopped, start(3, 1), step(4), again];
  const resumed = runStory('b', lines.map(timed));
  expect(resumed.ended[1]?.seconds).toEqual({ steps: 4 + 5, waiting: 0, validation: 2, saving: 1 });
  expect(resumed).toMatchObject({ status: 'running', seconds: { steps: 17, waiting: 1, validation: 4, saving: 1 } });
});
