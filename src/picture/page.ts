import { svgImage } from './dataUri.ts';
import { keyItems } from './drawingKinds.ts';
import { escapeText } from './markup.ts';

type Row = readonly [name: string, value: string];

export interface Page {
  readonly title: string;
  /** A sentence or two below the title. */
  readonly lead?: string;
  /** What came out: names and values, beside the figures. */
  readonly facts?: readonly Row[];
  /** SVG documents: curves and the like. */
  readonly figures?: readonly string[];
  /** Pictures, each an SVG document and a caption. What the lines of `drawingSvg` mean is said above them. */
  readonly gallery?: readonly { readonly svg: string; readonly caption: string }[];
  /** How it was made: names and values, at the end. */
  readonly settings?: readonly Row[];
}

/** One HTML file that needs nothing else, not even scripts: for a screen by day and night, a phone, and paper. */
export function pageHtml({ title, lead = '', facts = [], figures = [], gallery = [], settings = [] }: Page): string {
  const charts = figures.map((svg) => `<figure>${svgImage(svg)}</figure>`);
  const key = keyItems(gallery.map(({ svg }) => svg));
  const cards = gallery.map(
    ({ svg, caption }, i) =>
      `<figure id="picture-${i}"><a href="#picture-${i}">${svgImage(svg)}</a><figcaption>${escapeText(caption)}</figcaption></figure>`,
  );
  const parts = [
    `<h1>${escapeText(title)}</h1>`,
    lead && `<p>${escapeText(lead)}</p>`,
    facts.length + charts.length > 0 && `<section class="top">${charts.join('\n')}${table(facts)}</section>`,
    cards.length > 0 &&
      `<section>${key.length > 0 ? `<ul class="key">${key.join('')}</ul>` : ''}<div class="gallery">\n${cards.join('\n')}\n</div></section>`,
    settings.length > 0 && `<section><h2>Settings</h2>${table(settings)}</section>`,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeText(title)}</title>
<style>${style}</style></head>
<body><main>
${parts.filter((part) => part !== false && part !== '').join('\n')}
</main></body></html>
`;
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(
    ([name, value]) => `<tr><th scope="row">${escapeText(name)}</th><td>${escapeText(value)}</td></tr>`,
  );
  return rows.length > 0 ? `<table>${lines.join('\n')}</table>` : '';
}

const style = `
:root{color-scheme:light dark;--ink:#1c1c1c;--soft:#5c5c5c;--paper:#fff;--line:#ddd}
@media (prefers-color-scheme:dark){:root{--ink:#e6e4e1;--soft:#a3a3a3;--paper:#17181a;--line:#3a3c40}}
body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
main{margin:0 auto;max-width:76rem;padding:1.25rem}
h1{font-size:1.7rem;line-height:1.2;margin:.5rem 0;overflow-wrap:anywhere}h2{font-size:1.2rem}
section{margin:1.75rem 0}
.top{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1.5rem 2rem;align-items:start}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.35rem 1rem .35rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{font-weight:400;color:var(--soft);width:38%;min-width:7rem}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:0 0 .75rem;padding:0;font-size:.85rem}
.key li{display:flex;align-items:center;gap:.4rem}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:1.25rem 1rem}
.gallery figure:target{grid-column:1/-1;scroll-margin-top:1rem}
figure{margin:0;break-inside:avoid}
figcaption{font-size:.85rem;color:var(--soft);overflow-wrap:anywhere}
img{display:block;width:100%;height:auto;border-radius:3px}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--paper:#fff;--line:#ccc}body{font-size:10pt}main{max-width:none;padding:0}.gallery{grid-template-columns:1fr 1fr}h2,.key{break-after:avoid}}
`;
