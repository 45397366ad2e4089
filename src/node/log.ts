import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Report } from '../train/report.ts';

/** Writes each report as a line of JSON at the end of a file: whole lines, in order, there as soon as they are said. */
export function jsonLines(path: string): (report: Report) => void {
  mkdirSync(dirname(path), { recursive: true });
  return (report) => appendFileSync(path, `${JSON.stringify({ time: new Date().toISOString(), ...report })}\n`);
}
