import { fillStyle, percent } from './curveLegend.ts';
import { escapeText } from './markup.ts';
import { type Cell, table, whole } from './reportParts.ts';
import { bestEpoch, type RunStory } from './runStory.ts';
import { clock, total } from './runTime.ts';

/** The final numbers: cards of a run, or a table of several. */
export const runHead = (stories: readonly RunStory[]): string =>
  stories.length === 1 ? stories.map(cards).join('') : comparison(stories);

function cards(story: RunStory): string {
  const { ended, epochs, stepsPerEpoch, seconds, imagesPerSecond } = story;
  const best = bestEpoch(story);
  const rate = best?.held?.missRate;
  const last = ended.at(-1);
  const lastHeld = ended.findLast(({ held }) => held !== undefined);
  const spent = total(seconds);
  const lastRate = lastHeld === best ? undefined : lastHeld?.held?.missRate;
  const later = lastRate ? `; ${percent(lastRate.logAverage, 1)} after epoch ${lastHeld?.epoch}` : '';
  const all = [
    rate && best
      ? card(percent(rate.logAverage, 1), 'log-average miss rate', [
          `best, after epoch ${best.epoch}${later}`,
          `${whole(rate.images)} held-out images, ${whole(rate.truths)} objects that count`,
        ])
      : '',
    last?.loss.total === undefined
      ? ''
      : card(
          (lastHeld?.held?.loss.total ?? last.loss.total).toPrecision(3),
          lastHeld ? 'loss on held-out images' : 'loss',
          [`${last.loss.total.toPrecision(3)} on those learned from, mean of epoch ${last.epoch}`],
        ),
    card(clock(spent), 'time', [
      ...(imagesPerSecond === undefined ? [] : [`${imagesPerSecond.toPrecision(3)} images a second`]),
      ...(spent > 0 ? [`${percent(seconds.waiting / spent, 1)} of it waiting for images`] : []),
    ]),
    card(`${last?.epoch ?? 0} of ${epochs}`, `epochs, ${statusWords[story.status]}`, [
      `${whole(story.taken.at(-1)?.step ?? 0)} of ${whole(epochs * stepsPerEpoch)} steps`,
    ]),
  ];
  return `<div class="cards facts">${all.join('\n')}</div>`;
}

const statusWords = { running: 'going on', stopped: 'stopped', early: 'ended early', done: 'done' } as const;

const card = (figure: string, name: string, lines: readonly string[]) =>
  `<div class="card"><p class="figure"><b>${escapeText(figure)}</b></p><p>${escapeText(name)}</p>${lines.map((line) => `<p class="soft">${escapeText(line)}</p>`).join('')}</div>`;

function comparison(stories: readonly RunStory[]): string {
  const key = stories.map(
    ({ name }, i) =>
      `<li><svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" rx="2" ${fillStyle(i)}/></svg>${escapeText(name)}</li>`,
  );
  const head = ['', 'Miss rate, best', 'after epoch', 'Held-out loss', 'Epochs', 'Time', 'Images a second'];
  const rows = stories.map((story): Cell[] => {
    const best = bestEpoch(story);
    const held = story.ended.findLast((one) => one.held !== undefined)?.held;
    const cells = [
      best?.held?.missRate && percent(best.held.missRate.logAverage, 1),
      best && `${best.epoch}`,
      held?.loss.total?.toPrecision(3),
      `${story.ended.length} of ${story.epochs}, ${statusWords[story.status]}`,
      clock(total(story.seconds)),
      story.imagesPerSecond?.toPrecision(3),
    ];
    return [{ text: story.name }, ...cells.map((text): Cell => ({ text: text ?? '\u2013', kind: 'number' }))];
  });
  return `<ul class="key">${key.join('')}</ul>${table(
    head.map((text, i) => (i === 0 ? { text } : { text, kind: 'number' })),
    rows,
  )}`;
}
