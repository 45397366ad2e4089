import type { EpochReport, Report, StartReport, StepReport } from '../train/report.ts';

/** Where lines go: process.stderr or the like. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

/** How often a step is told where no bar can be redrawn, milliseconds. */
const apart = 10_000;

/**
 * Tells a person how a run goes. On a terminal a bar is redrawn at each step; in a pipe a line comes every ten seconds.
 * Epochs and the recipe are lines of their own.
 */
export function progressBar(to: Terminal = process.stderr): (report: Report) => void {
  let drawn = false;
  let last = Number.NEGATIVE_INFINITY;
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
        const text = stepLine(report);
        if (to.isTTY) {
          to.write(`\r\x1b[K${text.slice(0, (to.columns ?? 80) - 1)}`);
          drawn = true;
        } else if (performance.now() - last > apart) {
          last = performance.now();
          line(text);
        }
        return;
      }
      case 'epoch':
        return line(epochLine(report));
      case 'end':
        return line(`${report.why} after ${report.step} steps, ${duration(report.seconds)}`);
    }
  };
}

const startLine = ({ recipe, seed, images, stepsPerEpoch, step }: StartReport): string =>
  `${step > 0 ? `going on at step ${step}` : 'training'}: ${images} images, ${stepsPerEpoch} steps an epoch, seed ${seed}\n` +
  `recipe ${JSON.stringify(recipe)}`;

function stepLine({
  step,
  steps,
  epoch,
  epochs,
  loss,
  imagesPerSecond,
  secondsLeft,
  learningRate,
}: StepReport): string {
  const width = 20;
  const full = Math.round((width * step) / steps);
  const bar = '█'.repeat(full) + '░'.repeat(width - full);
  return (
    `${bar} ${step}/${steps}  epoch ${epoch + 1}/${epochs}  loss ${(loss.total ?? Number.NaN).toFixed(3)}  ` +
    `${imagesPerSecond.toFixed(1)} images/s  ${duration(secondsLeft)} left  rate ${learningRate.toPrecision(2)}`
  );
}

function epochLine({ epoch, epochs, loss, validation, best }: EpochReport): string {
  const parts = Object.entries(loss).map(([part, value]) => `${part} ${value.toFixed(3)}`);
  const held = validation
    ? `  held out: loss ${validation.loss.total?.toFixed(3)}` +
      (validation.missRate ? `, miss rate ${(100 * validation.missRate.logAverage).toFixed(1)} %` : '')
    : '';
  return `epoch ${epoch + 1}/${epochs}  ${parts.join('  ')}${held}${best ? '  best' : ''}`;
}

/** 75 -> 1:15. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => `${n}`.padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
