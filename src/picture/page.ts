import { escapeText } from './markup.ts';

export interface Page {
  readonly title: string;
  /** A sentence or two below the title. */
  readonly lead?: string;
  /** Names and values: settings, figures. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  /** SVG documents: curves and the like. */
  readonly figures?: readonly string[];
  /** Pictures, each an SVG document and a caption. */
  readonly gallery?: readonly { readonly svg: string; readonly caption: string }[];
}

/** One HTML file that needs nothing else: for a screen by day and night, a phone, and paper. */
export function pageHtml({ title, lead = '', facts = [], figures = [], gallery = [] }: Page): string {
  const row = ([name, value]: readonly [string, string]) =>
    `<tr><th scope="row">${escapeText(name)}</th><td>${escapeText(value)}</td></tr>`;
  const cards = gallery.map(
    ({ svg, caption }, i) => `<figure>${own(svg, `g${i}`)}<figcaption>${escapeText(caption)}</figcaption></figure>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeText(title)}</title>
<style>
:root{color-scheme:light dark;--ink:#1c1c1c;--paper:#fbfaf8;--line:#ddd}
@media (prefers-color-scheme:dark){:root{--ink:#e8e6e3;--paper:#17181a;--line:#3a3a3a}}
body{margin:0 auto;max-width:76rem;padding:1.5rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.7rem;line-height:1.2;margin:.5rem 0}
.top{display:flex;flex-wrap:wrap;gap:2rem;align-items:flex-start;margin:1.5rem 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}th{text-align:left;font-weight:500;padding-right:1.5rem}
th,td{padding:.25rem .5rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:1rem}
figure{margin:0;break-inside:avoid}figcaption{font-size:.85rem;opacity:.8}
iframe,figure svg,.top svg{width:100%;height:auto;max-width:40rem;border-radius:4px}
</style>
<h1>${escapeText(title)}</h1>
<p>${escapeText(lead)}</p>
<div class="top"><table>${facts.map(row).join('')}</table>${figures.map((svg, i) => `<figure>${own(svg, `f${i}`)}</figure>`).join('')}</div>
<div class="gallery">${cards.join('\n')}</div>
</html>
`;
}

/** The styles and names of an SVG hold for the whole page it stands in: as an image it keeps them to itself. */
function own(svg: string, name: string): string {
  const bytes = new TextEncoder().encode(svg);
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return `<img id="${name}" alt="" loading="lazy" style="width:100%;height:auto;max-width:40rem;border-radius:4px" src="data:image/svg+xml;base64,${btoa(text)}">`;
}
