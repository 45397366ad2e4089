import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { jsonLines, readLog } from '../../src/node/log.ts';
import { parseLog } from '../../src/node/logLines.ts';
import type { Report } from '../../src/train/report.ts';
import { end, epoch, start, step, whole } from './reports.ts';

const home = mkdtempSync(join(tmpdir(), 'pyramidion-log-'));
afterAll(() => rmSync(home, { recursive: true }));

/** What a log says without its times and machine. */
const said = (path: string) => readLog(path).map(({ time: _, ...line }) => ({ ...line, machine: undefined }));
const told = (reports: readonly Report[]) => reports.map((report) => ({ ...report, machine: undefined }));

it('has each report as a line, and the start tells versions, seed, recipe, data and machine', () => {
  const path = join(home, 'deep/log.jsonl');
  const log = jsonLines(path);
  for (const [i, report] of whole.entries()) {
    log(report);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(i + 2); // there at once, whole
  }
  expect(said(path)).toEqual(told(whole));
  const [first] = readLog(path);
  expect(first).toMatchObject({ seed: 3, recipe: { name: 'baseline' }, card: { data: { name: 'toys', images: 40 } } });
  expect(first).toMatchObject({ machine: { node: process.versions.node } });
});
it('has each step and epoch once where a run was killed and goes on from an earlier checkpoint', () => {
  const path = join(home, 'killed.jsonl');
  const before = jsonLines(path);
  for (const report of whole.slice(0, 6)) before(report); // four steps; the checkpoint is of the first epoch's end
  appendFileSync(path, '{"time":"2026-11-24T20:39:47.000Z","kind":"st'); // killed while it wrote
  const after = jsonLines(path);
  const rest = [start(2, 1), step(3), step(4), epoch(1, 0.25), end];
  for (const report of rest) after(report);
  expect(said(path)).toEqual(told([...whole.slice(0, 4), ...rest]));
});
it('has an epoch anew where the checkpoint is from before its end', () => {
  const path = join(home, 'unsaved.jsonl');
  for (const report of whole.slice(0, 4)) jsonLines(path)(report); // the epoch was told, then the process was killed
  jsonLines(path)(start(2, 0));
  expect(said(path)).toEqual(told([...whole.slice(0, 3), start(2, 0)]));
});
it('keeps the log of an earlier run beside that of one that begins anew', () => {
  const folder = join(home, 'anew');
  const path = join(folder, 'log.jsonl');
  for (const report of whole) jsonLines(path)(report);
  const old = readFileSync(path, 'utf8');
  jsonLines(path)(start());
  expect(said(path)).toEqual(told([start()]));
  const [, beside = ''] = readdirSync(folder).sort();
  expect(beside).toMatch(/^log\.jsonl\.\d{4}-\d\d-\d\dT[\d.-]+Z$/);
  expect(readFileSync(join(folder, beside), 'utf8')).toBe(old);
});
it('is refused by line where it is damaged, save for the end that a kill cuts', () => {
  const line = JSON.stringify({ time: '', ...step(1) });
  expect(parseLog(`${line}\n{"kind":`)).toHaveLength(1);
  expect(() => parseLog(`${line}\n{"kind":\n${line}\n`, 'a.jsonl')).toThrow('a.jsonl: line 2 is no JSON');
  expect(() => parseLog(`{"kind":"batch"}\n`, 'a.jsonl')).toThrow('a.jsonl: line 1 is of kind batch');
  writeFileSync(join(home, 'none.jsonl'), '');
  expect([readLog(join(home, 'none.jsonl')), readLog(join(home, 'absent.jsonl'))]).toEqual([[], []]);
});
