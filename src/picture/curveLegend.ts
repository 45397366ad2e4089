import { escapeText, textWidth } from './markup.ts';

export interface LegendEntry {
  readonly name: string;
  readonly logAverage: number;
}

/** Height of an entry, pixels. */
const legendRow = 18;
/** Height of the letters, pixels, as the whole plot has them. */
const letters = 13;

/** How large the legend is, no wider than `most`; pixels. */
export function legendSize(entries: readonly LegendEntry[], most: number): { width: number; height: number } {
  const widest = Math.max(...entries.map((entry) => letters * textWidth(`${percent(entry)} ${entry.name}`)));
  return { width: Math.min(most, Math.ceil(widest) + 54), height: legendRow * entries.length + 4 };
}

/** Names and log-average miss rates in a box; a name too long is cut, and whole in its tooltip. */
export function curveLegend(
  entries: readonly LegendEntry[],
  {
    left,
    top,
    width,
    height,
  }: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): string {
  const lines = entries.map((entry, i) => {
    const y = top + legendRow * (i + 1) - 3;
    const name = cut(entry.name, (width - 54) / letters - textWidth(`${percent(entry)} `));
    return `<path class="line" ${lineStyle(i)} d="M${left + 8} ${y - 4}h28"/><text x="${left + 44}" y="${y}">${percent(entry)} ${escapeText(name)}<title>${escapeText(entry.name)}</title></text>`;
  });
  return `<rect class="legend" x="${left}" y="${top}" width="${width}" height="${height}"/>${lines.join('')}`;
}

const percent = ({ logAverage }: LegendEntry) => `${(100 * logAverage).toFixed(2)} %`;

function cut(name: string, room: number): string {
  if (textWidth(name) <= room + 0.1) return name; // what rounding took
  const kept: string[] = [];
  let wide = 1; // of the three dots
  for (const c of name) {
    wide += textWidth(c);
    if (wide > room) break;
    kept.push(c);
  }
  return `${kept.join('')}…`;
}

/** Told apart without colour vision, on white and on black; dashes begin where the colours begin again. @see Okabe and Ito, 2008 */
export const lineColours = [
  ['#0072b2', '#56b4e9'],
  ['#d55e00', '#ff8a3d'],
  ['#009e73', '#2fd6a4'],
  ['#b3558a', '#eca3cd'],
  ['#8a6500', '#f0c04a'],
  ['#555555', '#c4c4c4'],
] as const;
const dashes = ['', ' stroke-dasharray="8 3"', ' stroke-dasharray="2 2.5"'] as const;

/** The attributes of the line at a place of the legend. */
export const lineStyle = (place: number): string =>
  `data-colour="${place % lineColours.length}" stroke="${lineColours[place % lineColours.length]?.[0]}"${dashes[Math.floor(place / lineColours.length) % dashes.length]}`;
