import { fillStyle, percent } from './curveLegend.ts';
import { escapeText } from './markup.ts';
import { difference, whole } from './reportParts.ts';
import { mainResult, type ReportRun } from './reportRun.ts';

/** A card for each run: its log-average miss rate, how far it is from the first, and on how much it stands. */
export function headOf(runs: readonly ReportRun[]): string {
  const base = runs[0];
  const cards = runs.map((run, i) => {
    const { logAverage, images, truths, detections } = mainResult(run);
    const subset = run.subsets[0];
    const { text, kind } = difference(logAverage, base && mainResult(base).logAverage);
    const apart = i === 0 ? '' : `<span class="${kind}">${text} points</span>`;
    const further = [
      run.averagePrecision === undefined ? '' : `average precision ${percent(run.averagePrecision)}`,
      run.calibration === undefined ? '' : `calibration error ${percent(run.calibration.expectedError, 1)}`,
    ].filter((text) => text !== '');
    const name =
      runs.length > 1
        ? `<h3><svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" rx="2" ${fillStyle(i)}/></svg>${escapeText(run.name)}</h3>`
        : '';
    return `<div class="card">${name}<p class="figure"><b>${percent(logAverage)}</b>${apart}</p><p class="soft">log-average miss rate, ${escapeText([subset?.benchmark, subset?.name].filter(Boolean).join(' '))}</p><p class="soft">${whole(images)} images · ${whole(truths)} objects that count · ${whole(detections)} detections</p>${further.length > 0 ? `<p class="soft">${further.join(' · ')}</p>` : ''}</div>`;
  });
  return `<div class="cards">${cards.join('\n')}</div>`;
}
