import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ladder } from '../../examples/ladder.ts';
import { charts } from '../../examples/ladder-study/charts.ts';
import { scenesData, shuffled } from '../../examples/ladder-study/data.ts';
import { readLog } from '../../examples/ladder-study/log.ts';
import { oneRun } from '../../examples/ladder-study/oneRun.ts';
import { readResults } from '../../examples/ladder-study/results.ts';
import { rungs, studyRuns } from '../../examples/ladder-study/runs.ts';
import { narrowed, scenesSize } from '../../examples/ladder-study/settings.ts';
import { tables, withTables } from '../../examples/ladder-study/tables.ts';
import { moduleModel } from '../../src/cli/modelModule.ts';
import { count } from '../../src/core/model.ts';
import { imageCache, scenes } from '../../src/data.ts';
import { useBackend } from '../../src/engine.ts';
import { plainProtocol } from '../../src/evaluate.ts';
import { xmlFaults } from '../picture/xml.ts';

const home = mkdtempSync(join(tmpdir(), 'pyramidion-study-'));
afterAll(() => rmSync(home, { recursive: true }));
const docs = new URL('../../docs/', import.meta.url).pathname;
const results = readResults(join(docs, 'ladder'));

describe('the runs of the study', () => {
  const runs = studyRuns([0, 1, 2]);
  it('are the seven rungs for each seed, and others, each once', () => {
    expect(new Set(runs.map(({ id }) => id)).size).toBe(runs.length);
    for (const seed of [0, 1, 2])
      for (const rung of rungs) expect(runs.map(({ id }) => id)).toContain(`scenes-${rung}-${seed}`);
  });
  it('give rungs 2 to 7 one recipe, and the same anchors to all', () => {
    const recipes = rungs.slice(1).map((rung) => runs.find(({ id }) => id === `scenes-${rung}-0`)?.recipe);
    expect(new Set(recipes).size).toBe(1);
    const anchors = rungs.map((rung) => [...ladder[rung](narrowed([128, 128])).anchors]);
    for (const own of anchors) expect(own).toEqual(anchors[0]);
  });
  it('take as many steps with half of the frames', () => {
    const steps = runs
      .filter(({ data }) => data === 'scenes')
      .map(({ frames = 640, recipe }) => (frames / recipe.batch) * recipe.epochs);
    expect(new Set(steps)).toEqual(new Set([1280]));
  });
  it('hold streets out that nobody learns from, the same for every seed', () => {
    const [a, b] = [scenesData(0, 4), scenesData(1, 4)];
    expect(a.held.map(({ id }) => id)).toEqual(b.held.map(({ id }) => id));
    expect(a.learn.map(({ id }) => id)).not.toEqual(b.learn.map(({ id }) => id));
    const first = a.held[0]?.id ?? '';
    expect(first).toContain('V100000');
  });
  it('are of models that the command line finds by name', async () => {
    const file = new URL('../../examples/ladder-study/models.ts', import.meta.url).pathname;
    for (const rung of rungs) {
      const { model } = await moduleModel(`${file}#streets.${rung}`);
      expect([model.inputSize, count(model)]).toEqual([scenesSize, count(ladder[rung](narrowed(scenesSize)))]);
    }
  });
  it('shuffle boxes so that no image keeps its own', () => {
    const { learn } = scenesData(0, 6);
    for (const [i, { objects }] of shuffled(learn).entries()) expect(objects).not.toBe(learn[i]?.objects);
  });
});

describe('a run', { timeout: 60_000 }, () => {
  beforeAll(() => useBackend('wasm'));
  const size = [128, 128] as const;
  const street = { seed: 0, size, framesPerSequence: 1, heights: [94, 375] as const, people: [2, 3] as const };
  const data = {
    size,
    learn: scenes({ ...street, sequences: 8 }),
    held: scenes({ ...street, first: 100, sequences: 2 }),
    protocol: plainProtocol,
  };
  const [, plain] = studyRuns([0]);
  if (!plain) throw new Error('no second run');
  const run = { ...plain, recipe: { ...plain.recipe, epochs: 2 } };

  it('that is broken off goes on, and ends as one that was not', async () => {
    const cache = imageCache({ bytes: 1e8 });
    const whole = await oneRun(run, data, { folder: join(home, 'whole'), signal: new AbortController().signal, cache });
    const stopped = new AbortController();
    const broken = { folder: join(home, 'broken'), cache };
    const parted = oneRun(run, data, { ...broken, signal: stopped.signal });
    const log = join(home, 'broken', 'log.jsonl');
    const watch = setInterval(() => {
      try {
        if (readFileSync(log, 'utf8').includes('"kind":"step"')) stopped.abort();
      } catch {} // not there yet
    }, 1);
    expect(await parted).toBeUndefined();
    clearInterval(watch);
    const resumed = await oneRun(run, data, { ...broken, signal: new AbortController().signal });
    expect(resumed?.budget).toEqual({ frames: 8, steps: 4, size });
    expect(resumed?.held).toEqual(whole?.held);
    expect(resumed?.loss).toEqual(whole?.loss);
    expect(resumed?.validations).toEqual(whole?.validations);
  });
});

describe('a log', () => {
  it('that has a step twice, after a resume, counts the last', () => {
    const step = (number: number, total: number, second: number) =>
      JSON.stringify({
        time: new Date(1000 * second).toISOString(),
        kind: 'step',
        step: number,
        loss: { total },
      });
    const file = join(home, 'log.jsonl');
    writeFileSync(file, `${[step(1, 9, 0), step(2, 8, 1), step(2, 7, 5), step(3, 6, 6)].join('\n')}\n`);
    const { steps, loss } = readLog(file);
    expect(steps).toBe(3);
    expect(loss).toEqual([
      [1, 9],
      [2, 7],
      [3, 6],
    ]);
  });
});

describe('the page of the study', () => {
  it('has tables that its results make', () => {
    const page = readFileSync(join(docs, 'ladder.md'), 'utf8');
    const made = tables(results);
    expect([...made.keys()]).toEqual(['rungs', 'steps', 'changes', 'full size']);
    for (const part of made.values()) expect(page).toContain(part);
    expect(withTables(page, made)).toBe(page);
  });
  it('says what a step bought by runs of the same seed, and nothing where there are none', () => {
    const [one] = results.runs.filter(({ data }) => data === 'scenes');
    if (!one) throw new Error('there are no results');
    const run = (model: string, seed: number, logAverage: number) => ({
      ...one,
      ...{ model, seed, held: { ...one.held, logAverage }, crowd: { ...one.held, logAverage: 0.5 } },
    });
    const runs = [
      ...[run('normalizedWide', 0, 0.4), run('normalizedWide', 1, 0.3)],
      ...[run('fpn', 0, 0.3), run('fpn', 1, 0.26), run('fpn', 2, 0.1)], // seed 2 of the other is missing
    ];
    const made = tables({ runs });
    expect(made.get('rungs')).toContain('| 5 fpn | 22.0 % (30.0, 26.0, 10.0) | 50.0 % (50.0, 50.0, 50.0) | not run |');
    expect(made.get('steps')).toContain(
      '| 5 fpn, not 3 | \u22127.0 (\u221210.0, \u22124.0) | +0.0 (+0.0, +0.0) | not run |',
    );
    expect(made.get('steps')).toContain('| 6 deconvFpn, not 5 | not run |');
    expect(made.has('full size')).toBe(false);
  });
  it('shows figures that are there', () => {
    const page = readFileSync(join(docs, 'ladder.md'), 'utf8');
    const there = readdirSync(join(docs, 'ladder'));
    const shown = [...page.matchAll(/\(ladder\/([\w.-]+)\)/g)].map(([, name]) => name);
    expect(shown.length).toBeGreaterThan(7);
    for (const name of shown) expect(there).toContain(name);
  });
  it('has charts that are XML, and of no results none', () => {
    for (const svg of charts(results).values()) expect(xmlFaults(svg)).toEqual([]);
    expect(charts({ runs: [] }).size).toBe(0);
  });
  it('rests on runs that the program makes', () => {
    const runs = new Map(studyRuns([0, 1, 2]).map((run) => [run.id, run]));
    for (const { id, recipe, model, seed } of results.runs)
      expect({ id, recipe, model, seed }).toEqual({
        id,
        recipe: runs.get(id)?.recipe,
        model: runs.get(id)?.model,
        seed: runs.get(id)?.seed,
      });
  });
});
