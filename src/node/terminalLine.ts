import type { StepReport } from '../train/report.ts';
import { duration } from './terminalTime.ts';

/** Cells that a bar has at least and at most. */
const [narrow, wide] = [8, 20];

/**
 * How far a run is, in one line of at most so many cells: step, loss and the time that is left go before epoch, rate of
 * images and learning rate, and the bar takes what is left.
 */
export function stepLine(report: StepReport, columns: number): string {
  const { step, steps, epoch, epochs, loss, imagesPerSecond, secondsLeft, learningRate } = report;
  const fields = [
    { rank: 0, text: `${`${step}`.padStart(`${steps}`.length)}/${steps}` },
    { rank: 3, text: `epoch ${epoch + 1}/${epochs}` },
    { rank: 1, text: `loss ${(loss.total ?? Number.NaN).toFixed(3)}` },
    { rank: 5, text: `rate ${rateText(learningRate)}` },
    { rank: 4, text: `${imagesPerSecond.toFixed(1)} images/s` },
    { rank: 2, text: `${duration(secondsLeft)} left` },
  ];
  const shown = new Set<number>();
  let room = columns;
  for (const { rank, text } of fields.toSorted((a, b) => a.rank - b.rank)) {
    const takes = text.length + (shown.size > 0 ? 2 : 0);
    if (takes > room) break; // those of higher ranks go too, so that fields do not come and go
    shown.add(rank);
    room -= takes;
  }
  const line = fields.filter(({ rank }) => shown.has(rank)).map(({ text }) => text);
  return room - 2 < narrow ? line.join('  ') : [bar(step / steps, Math.min(wide, room - 2)), ...line].join('  ');
}

function bar(share: number, cells: number): string {
  const full = Math.min(cells, Math.round(cells * share));
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
}

/** 0.0007, 7.0e-7. */
export const rateText = (rate: number): string =>
  rate === 0 || rate >= 1e-4 ? `${Number(rate.toPrecision(2))}` : rate.toExponential(1);
