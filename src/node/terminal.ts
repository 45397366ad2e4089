import type { EpochReport, Report, StartReport } from '../train/report.ts';
import { stepLine } from './terminalLine.ts';
import { duration } from './terminalTime.ts';

/** Where lines go: process.stderr or the like. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Whether it shows colours; Node's says no where NO_COLOR is set. */
  readonly hasColors?: () => boolean;
  readonly write: (text: string) => unknown;
}

/** Time between two drawings on a terminal, and between two lines in a pipe; milliseconds. */
const [redrawn, apart] = [100, 10_000];

/**
 * Tells a person how a run goes. On a terminal one line is redrawn, as wide as there is room; in a pipe a line comes every
 * ten seconds. Epochs and the recipe are lines of their own.
 */
export function progressBar(to: Terminal = process.stderr): (report: Report) => void {
  let drawn = false;
  let last = Number.NEGATIVE_INFINITY;
  const paint = (code: number, text: string) => (to.isTTY && to.hasColors?.() ? `\x1b[${code}m${text}\x1b[0m` : text);
  const line = (text: string) => {
    to.write(`${drawn ? '\r\x1b[K' : ''}${text}\n`);
    drawn = false;
  };
  return (report) => {
    switch (report.kind) {
      case 'start':
        return line(startLine(report));
      case 'step': {
        if (report.unreached) line(`${report.unreached.length} weights reach no loss, such as ${report.unreached[0]}`);
        const now = performance.now();
        if (now - last < (to.isTTY ? redrawn : apart) && report.step < report.steps) return;
        last = now;
        if (!to.isTTY) return line(stepLine(report, Number.POSITIVE_INFINITY).replace(/^[█░]+ {2}/, ''));
        const text = stepLine(report, Math.max(12, (to.columns ?? 80) - 1)); // a full line would begin the next one
        to.write(`\r\x1b[K${text.replace(/^█+/, (full) => paint(36, full))}`);
        drawn = true;
        return;
      }
      case 'epoch':
        return line(`${epochText(report)}${report.best ? `  ${paint(32, 'best')}` : ''}`);
      case 'end':
        return line(`${report.why} after ${report.step} steps, ${duration(report.seconds)}`);
    }
  };
}

const startLine = ({ recipe, seed, images, stepsPerEpoch, step }: StartReport): string =>
  `${step > 0 ? `going on at step ${step}` : 'training'}: ${images} images, ${stepsPerEpoch} steps an epoch, seed ${seed}\n` +
  `recipe ${JSON.stringify(recipe)}`;

function epochText({ epoch, epochs, loss, validation }: EpochReport): string {
  const parts = Object.entries(loss).map(([part, value]) => `${part} ${value.toFixed(3)}`);
  const held = validation
    ? `  held out: loss ${validation.loss.total?.toFixed(3)}` +
      (validation.missRate ? `, miss rate ${(100 * validation.missRate.logAverage).toFixed(1)} %` : '')
    : '';
  return `epoch ${epoch + 1}/${epochs}  ${parts.join('  ')}${held}`;
}
