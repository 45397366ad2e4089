import { escapeText } from './markup.ts';
import { charts, menu, section } from './reportParts.ts';
import { settingsSection } from './reportSettings.ts';
import { reportStyle } from './reportStyle.ts';
import { lossChart, rateChart } from './runCharts.ts';
import { heldLossChart, missRateChart } from './runEpochs.ts';
import { runHead } from './runHead.ts';
import { pictureSection, pictureStyle } from './runPictures.ts';
import { checkStories, type RunStory } from './runStory.ts';
import { timeChart, timeTable } from './runTime.ts';

export interface RunPageOptions {
  /** Default the names of the runs. */
  readonly title?: string;
  /** Below the title. */
  readonly lead?: string;
}

/**
 * One HTML file on a run, or on several side by side: the final numbers, loss, learning rate and miss rate as curves, what
 * time went into, held-out images after some epochs, and how it was made. It needs no network and no scripts.
 *
 * @throws RangeError for no runs or more than 6, or two of one name
 */
export function runPage(stories: readonly RunStory[], { title, lead = '' }: RunPageOptions = {}): string {
  checkStories(stories);
  const heading = title ?? stories.map(({ name }) => name).join(' and ');
  const begun = stories.some(({ taken }) => taken.length > 0);
  const learning = [
    missRateChart(stories),
    heldLossChart(stories),
    ...(begun ? [lossChart(stories), rateChart(stories)] : []),
  ];
  const there = (list: readonly (string | undefined)[]) => list.filter((one) => one !== undefined);
  const [only] = stories;
  const sections = [
    section('learning', 'Learning', charts(there(learning))),
    stories.length === 1 && only ? pictureSection(only) : '',
    section('time', 'Time', timePart(stories)),
    settingsSection(stories.map(({ name, settings }) => ({ name, settings, subsets: [] }))),
  ].filter((part) => part !== '');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeText(heading)}</title>
<style>${reportStyle}${runStyle}${pictureStyle}</style></head>
<body>
<header><h1>${escapeText(heading)}</h1>
${lead && `<p class="soft">${escapeText(lead)}</p>`}
${runHead(stories)}
</header>
${menu(sections)}
<main>
${sections.join('\n')}
</main>
</body></html>
`;
}

/** Beside the bars of one run, its sums. */
function timePart(stories: readonly RunStory[]): string {
  const bars = stories.flatMap(
    (story) => timeChart(story, stories.length > 1 ? `Time of epochs, ${story.name}` : undefined) ?? [],
  );
  const [only] = stories;
  if (bars.length === 0) return '';
  return stories.length === 1 && only ? `<div class="sides">${charts(bars)}${timeTable(only)}</div>` : charts(bars);
}

const runStyle = `
.facts{grid-template-columns:repeat(auto-fit,minmax(min(100%,11rem),1fr))}
.facts b{white-space:nowrap;font-size:min(2rem,7vw)}
.sides{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,27rem),1fr));gap:1rem 1.5rem;align-items:center}.sides .charts{display:block}.sides table{min-width:min(100%,24rem)}
`;
