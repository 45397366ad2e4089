import { svgImage } from './dataUri.ts';
import { escapeText } from './markup.ts';

/** A part of the report with a heading, which the page's own menu names. Empty without content. */
export const section = (id: string, heading: string, content: string): string =>
  content === '' ? '' : `<section id="${id}"><h2>${escapeText(heading)}</h2>\n${content}\n</section>`;

/** Links to the sections that are there. */
export function menu(sections: readonly string[]): string {
  const links = sections.flatMap((html) => {
    const [, id, heading] = /^<section id="([a-z]+)"><h2>([^<]*)</.exec(html) ?? [];
    return id === undefined ? [] : [`<a href="#${id}">${heading}</a>`];
  });
  return links.length > 1 ? `<nav aria-label="Sections">${links.join('')}</nav>` : '';
}

/** Charts side by side where there is room. */
export const charts = (svgs: readonly string[]): string =>
  svgs.length === 0
    ? ''
    : `<div class="charts">${svgs.map((svg) => `<figure>${svgImage(svg)}</figure>`).join('\n')}</div>`;

/** A cell of a table. */
export interface Cell {
  readonly text: string;
  readonly kind?: 'number' | 'better' | 'worse' | 'differs';
}

/** A table that is scrolled sideways where it is too wide; the first cell of a row is its heading. */
export function table(head: readonly Cell[], rows: readonly (readonly Cell[])[], caption = ''): string {
  const cell = (tag: 'td' | 'th', { text, kind }: Cell, scope = '') =>
    `<${tag}${scope}${kind ? ` class="${kind}"` : ''}>${escapeText(text)}</${tag}>`;
  const top = head.map((one) => cell('th', one, ' scope="col"')).join('');
  const lines = rows.map(
    ([first = { text: '' }, ...rest]) =>
      `<tr>${cell('th', first, ' scope="row"')}${rest.map((one) => cell('td', one)).join('')}</tr>`,
  );
  return `<div class="wide" tabindex="0"><table>${caption && `<caption>${escapeText(caption)}</caption>`}${head.length > 0 ? `<thead><tr>${top}</tr></thead>` : ''}<tbody>
${lines.join('\n')}
</tbody></table></div>`;
}

/** What is unfolded by hand. */
export const fold = (summary: string, content: string): string =>
  content === '' ? '' : `<details><summary>${escapeText(summary)}</summary>\n${content}\n</details>`;

/** Of a miss rate in percent: how much more or less, and whether that is better. */
export function difference(value: number | undefined, base: number | undefined): Cell {
  if (value === undefined || base === undefined) return { text: '', kind: 'number' };
  const points = Math.round(1e4 * (value - base)) / 100;
  if (points === 0) return { text: '0.00', kind: 'number' };
  return points < 0
    ? { text: `\u2212${(-points).toFixed(2)}`, kind: 'better' }
    : { text: `+${points.toFixed(2)}`, kind: 'worse' };
}

export const whole = (value: number): string => value.toLocaleString('en');
