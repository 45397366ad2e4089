import { lineColours } from './curveLegend.ts';
import { escapeText, short } from './markup.ts';

/** How large a chart is, and what stands above it. */
export interface ChartOptions {
  /** Above the plot. Default none. */
  readonly title?: string;
  /** Pixels, 300 or more. Default 560. */
  readonly width?: number;
  /** Pixels, 200 or more; a legend below adds its height. Default 440. */
  readonly height?: number;
}

export interface Chart {
  readonly title: string;
  /** Pixels, of the whole. */
  readonly width: number;
  readonly height: number;
  /** What it shows, in words: for those who do not see it. */
  readonly about: string;
  readonly body: string;
}

/** An SVG document of a chart: light or dark as its reader asks, white in programs that do not know of it. */
export function chartSvg({ title, width, height, about, body }: Chart): string {
  const size = fitted(title, width - 24);
  const heading = `<text x="${short(width / 2)}" y="25" text-anchor="middle" font-size="${short(size)}" font-weight="600">${escapeText(title)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="pyramidion-curve" viewBox="0 0 ${short(width)} ${short(height)}" width="${short(width)}" height="${short(height)}" font-family="system-ui,sans-serif" font-size="13" role="img" aria-label="${escapeText(about)}">
<style>${style}</style>
<rect class="paper" width="100%" height="100%"/>
${title ? heading : ''}${body}
</svg>`;
}

/** @throws RangeError for a plot that is too small to be read */
export function checkSize(where: string, width: number, height: number): void {
  if (!(width >= 300 && height >= 200 && width + height < 1e5))
    throw new RangeError(`${where}: the plot is ${width}x${height} pixels; it needs 300x200 or more`);
}

/** @throws RangeError where there is nothing to draw */
export function checkSome(where: string, name: string, list: readonly unknown[]): void {
  if (list.length === 0) throw new RangeError(`${where}: ${name} is empty; give at least one`);
}

/** Height of a title's letters: 16 pixels, or less where it is long. */
const fitted = (title: string, room: number) =>
  Math.max(9, Math.min(16, room / (0.56 * Math.max(1, [...title].length))));

/** Only of things in this picture, so that it can stand in a page; letters of pictures within keep their own colour. */
const rules = (list: readonly (readonly [selector: string, rule: string])[]) =>
  list.map(([selector, rule]) => `.pyramidion-curve ${selector}{${rule}}`).join('');

const style = `${rules([
  ['text:not([fill])', 'fill:#222'],
  ['text.soft', 'fill:#5c5c5c'],
  ['.weave', 'fill:none;stroke:#fff;stroke-opacity:.6;stroke-width:1.5'],
  ['.halo', 'stroke:#fff;stroke-width:3;paint-order:stroke'],
  ['.paper', 'fill:#fff'],
  ['.frame', 'fill:none;stroke:#444'],
  ['.grid', 'stroke:#bbb;fill:none'],
  ['.fine', 'stroke:#e8e8e8;fill:none'],
  ['.guide', 'stroke:#777;fill:none;stroke-dasharray:5 4'],
  ['.legend', 'fill:#fff;fill-opacity:.9;stroke:#bbb'],
  ['.line', 'fill:none;stroke-width:2;stroke-linejoin:round'],
  ['.end', 'fill:#fff;stroke-width:2;stroke-dasharray:none'],
  ['.each', 'fill:#fff;stroke:#222'],
])}@media screen and (prefers-color-scheme:dark){${rules([
  ['text:not([fill])', 'fill:#ddd'],
  ['text.soft', 'fill:#a3a3a3'],
  ['.weave', 'stroke:#17181a'],
  ['.halo', 'stroke:#17181a'],
  ['.paper', 'fill:#17181a'],
  ['.frame', 'stroke:#888'],
  ['.grid', 'stroke:#4a4c50'],
  ['.fine', 'stroke:#2a2c2f'],
  ['.guide', 'stroke:#8c8c8c'],
  ['.legend', 'fill:#17181a;stroke:#4a4c50'],
  ['.end', 'fill:#17181a'],
  ['.each', 'fill:#17181a;stroke:#ddd'],
  ...lineColours.map(([, dark], i) => [`[data-colour="${i}"]`, `stroke:${dark}`] as const),
  ...lineColours.map(([, dark], i) => [`[data-fill="${i}"]`, `fill:${dark}`] as const),
])}}`;
