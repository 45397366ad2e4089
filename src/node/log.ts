import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Report } from '../train/report.ts';
import { appendWhole } from './files.ts';
import { type LogLine, linesBefore, parseLog } from './logLines.ts';
import { machine } from './logMachine.ts';

/**
 * Writes each report as a line of JSON at the end of a file: whole lines, in order, there as soon as they are said. The
 * start tells the machine too. Where a run goes on from a checkpoint, lines of steps and epochs that it will repeat are
 * taken out, as is a line that was cut: each is there once. Where a run begins anew, an earlier log is kept beside it.
 */
export function jsonLines(path: string): (report: Report) => LogLine {
  mkdirSync(dirname(path), { recursive: true });
  return (report) => {
    if (report.kind === 'start') keepBefore(path, report);
    const line: LogLine = {
      time: new Date().toISOString(),
      ...report,
      ...(report.kind === 'start' && { machine: machine() }),
    };
    appendWhole(path, `${JSON.stringify(line)}\n`);
    return line;
  };
}

/** The lines of a log that `jsonLines` wrote; none where there is no file. @throws RangeError for a line that is no report */
export const readLog = (path: string): LogLine[] =>
  existsSync(path) ? parseLog(readFileSync(path, 'utf8'), path) : [];

/** Keeps what comes before a start, if that is not all there is. */
function keepBefore(path: string, start: Pick<Report, 'step' | 'epoch'>): void {
  if (!existsSync(path)) return;
  const text = readFileSync(path, 'utf8');
  const lines = parseLog(text, path);
  if (start.step === 0 && lines[0]) {
    renameSync(path, `${path}.${lines[0].time.replaceAll(':', '-')}`);
    return;
  }
  const kept = linesBefore(lines, start).map((line) => `${JSON.stringify(line)}\n`);
  if (kept.join('') === text) return;
  const beside = `${path}.part`;
  writeFileSync(beside, kept.join(''), { flush: true });
  renameSync(beside, path);
}
