import { escapeText, short, textWidth } from './markup.ts';

export interface LegendEntry {
  readonly name: string;
  /** Before the name: `44.22 %`. Empty for none. */
  readonly figure: string;
  /** Number of its colour and dashes. Default its place in the legend. */
  readonly line?: number | undefined;
}

/** Where a legend stands, and in how many columns. */
export interface LegendPlace {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  /** Default 'line'. */
  readonly sign?: 'line' | 'square';
}

/** Height of an entry, pixels. */
const legendRow = 18;
/** Height of the letters, pixels, as the whole plot has them. */
const letters = 13;
/** What a line and the room around it take, pixels. */
const beside = 54;

/** How large the legend is in one column, no wider than `most`; pixels. */
export function legendSize(entries: readonly LegendEntry[], most: number): Omit<LegendPlace, 'left' | 'top'> {
  const widest = Math.max(...entries.map((entry) => letters * textWidth(`${entry.figure} ${entry.name}`)));
  return { width: Math.min(most, Math.ceil(widest) + beside), height: legendRow * entries.length + 4, columns: 1 };
}

/** The same in as many columns as stand side by side within `most` pixels. */
export function legendBelow(entries: readonly LegendEntry[], most: number): Omit<LegendPlace, 'left' | 'top'> {
  const { width } = legendSize(entries, most);
  const columns = Math.min(entries.length, Math.max(1, Math.floor(most / width)));
  const rows = Math.ceil(entries.length / columns);
  return { width: Math.min(most, width * columns), height: legendRow * rows + 4, columns };
}

/** Figures and names in a box, down its columns; a name too long is cut, and whole in its tooltip. */
export function curveLegend(entries: readonly LegendEntry[], place: LegendPlace): string {
  const { left, top, width, height, columns, sign = 'line' } = place;
  const rows = Math.ceil(entries.length / columns);
  const lines = entries.map(({ name, figure, line }, i) => {
    const x = left + Math.floor(i / rows) * (width / columns);
    const y = top + legendRow * ((i % rows) + 1) - 3;
    const before = figure && `${figure} `;
    const shown = cut(name, (width / columns - beside) / letters - textWidth(before));
    const mark =
      sign === 'line'
        ? `<path class="line" ${lineStyle(line ?? i)} d="M${short(x + 8)} ${short(y - 4)}h32"/>`
        : `<rect ${fillStyle(line ?? i)} x="${short(x + 19)}" y="${short(y - 10)}" width="10" height="10" rx="2"/>`;
    return `${mark}<text x="${short(x + 48)}" y="${short(y)}">${escapeText(before)}${escapeText(shown)}<title>${escapeText(name)}</title></text>`;
  });
  return `<rect class="legend" x="${short(left)}" y="${short(top)}" width="${short(width)}" height="${short(height)}"/>${lines.join('')}`;
}

/** A share as a figure of a legend: `44.22 %`. */
export const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`;

/** A text in so much room, in heights of its letters. */
export function cut(name: string, room: number): string {
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

/** Told apart without colour vision, on white and on black. @see Okabe and Ito, 2008 */
export const lineColours = [
  ['#0072b2', '#56b4e9'],
  ['#d55e00', '#ff8a3d'],
  ['#009e73', '#2fd6a4'],
  ['#b3558a', '#eca3cd'],
  ['#8a6500', '#f0c04a'],
  ['#555555', '#c4c4c4'],
] as const;
/** As many as share no divisor with the colours, so that 30 lines differ, neighbours in both: on grey paper too. */
const dashes = [
  '',
  ' stroke-dasharray="8 3"',
  ' stroke-dasharray="2 2.5"',
  ' stroke-dasharray="10 3 2 3"',
  ' stroke-dasharray="16 4"',
] as const;

/** The number of the colour at a place of the legend. */
export const colourAt = (place: number): number => place % lineColours.length;

/** The attributes of the line at a place of the legend. */
export const lineStyle = (place: number): string =>
  `data-colour="${colourAt(place)}" stroke="${lineColours[colourAt(place)]?.[0]}"${dashes[place % dashes.length]}`;

/** The attributes of what is filled at a place of the legend. */
export const fillStyle = (place: number): string =>
  `data-fill="${colourAt(place)}" fill="${lineColours[colourAt(place)]?.[0]}"`;
