import type { EndReport, EpochReport, Report, StartReport, StepReport } from '../train/report.ts';
import type { Machine } from './logMachine.ts';

interface Timed {
  /** When it was said, as ISO 8601. */
  readonly time: string;
}

/** A line of a log: a report, when it was said, and with a start on which machine. */
export type LogLine =
  | (StartReport & Timed & { readonly machine?: Machine })
  | (StepReport & Timed)
  | (EpochReport & Timed)
  | (EndReport & Timed);

/**
 * The lines of a log. A last one that was cut, as by a process that was killed, is left out.
 *
 * @throws RangeError naming the line that is no report, for any other line
 */
export function parseLog(text: string, name = 'log'): LogLine[] {
  const rows = text.split('\n');
  const last = rows.pop() ?? ''; // empty after a whole line
  const lines = rows.flatMap((row, i) => (row.trim() === '' ? [] : [lineOf(row, `${name}: line ${i + 1}`)]));
  try {
    return last.trim() === '' ? lines : [...lines, lineOf(last, name)];
  } catch {
    return lines;
  }
}

function lineOf(row: string, where: string): LogLine {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch (cause) {
    throw new RangeError(`${where} is no JSON; it is no log of a run, or damaged`, { cause });
  }
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  if (!['start', 'step', 'epoch', 'end'].includes(`${kind}`))
    throw new RangeError(`${where} is of kind ${kind}; a log has start, step, epoch and end`);
  return value as LogLine; // written by jsonLines, whose kinds it names
}

/** What is still true where a run goes on after `step` steps, in `epoch`: the rest will be said again. */
export const linesBefore = (lines: readonly LogLine[], { step, epoch }: Pick<Report, 'step' | 'epoch'>): LogLine[] =>
  lines.filter((line) => (line.kind === 'epoch' ? line.epoch < epoch : line.step <= step));
