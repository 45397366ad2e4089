import { escapeText } from './markup.ts';
import { errorSection } from './reportErrors.ts';
import { gallerySection } from './reportGallery.ts';
import { headOf } from './reportHead.ts';
import { charts, menu, section } from './reportParts.ts';
import { checkRuns, type ReportRun } from './reportRun.ts';
import { galleryScript, galleryScriptHash } from './reportScript.ts';
import { settingsSection } from './reportSettings.ts';
import { reportStyle } from './reportStyle.ts';
import { subsetSection } from './reportSubsets.ts';

export interface ReportOptions {
  /** Default the names of the runs. */
  readonly title?: string;
  /** A sentence or two below the title. */
  readonly lead?: string;
  /** Further charts, SVG documents: of the data, of the anchors. */
  readonly figures?: readonly string[];
}

/**
 * One HTML file on one detector, or on some side by side with what differs from the first: results under every protocol,
 * curves, errors by kind and by what objects are like, pictures of the worst with filters, settings. It needs nothing
 * else: no network, and no scripts but to filter; good by day and night, on a phone and on paper.
 *
 * @throws RangeError for no runs or more than 6, two of one name, a run without a result, or numbers that no chart can show
 */
export function report(runs: readonly ReportRun[], { title, lead = '', figures = [] }: ReportOptions = {}): string {
  checkRuns(runs);
  const heading = title ?? runs.map(({ name }) => name).join(' and ');
  const sections = [
    subsetSection(runs),
    errorSection(runs),
    section('data', 'Data', charts(figures)),
    gallerySection(runs),
    settingsSection(runs),
  ].filter((part) => part !== '');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src '${galleryScriptHash}'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeText(heading)}</title>
<style>${reportStyle}</style></head>
<body>
<header><h1>${escapeText(heading)}</h1>
${lead && `<p>${escapeText(lead)}</p>`}
${headOf(runs)}
</header>
${menu(sections)}
<main>
${sections.join('\n')}
</main>
<script>${galleryScript}</script>
</body></html>
`;
}
