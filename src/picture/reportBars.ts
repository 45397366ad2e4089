import { checkNumber } from './curveChart.ts';
import { colourAt, cut, fillStyle } from './curveLegend.ts';
import { chartSvg, checkSome } from './curveShell.ts';
import { escapeText, short, textWidth } from './markup.ts';

/** A value; several, of one thing measured several times; undefined where there is none. */
export type BarValue = number | readonly number[] | undefined;

/** A row: its name, and a value of each run. Of several values the bar is as long as their mean, and each is a dot. */
export interface BarGroup {
  readonly name: string;
  readonly values: readonly BarValue[];
  /** Beside each bar. Default the value. */
  readonly texts?: readonly string[];
}

export interface BarOptions {
  /** Above. Default none. */
  readonly title?: string;
  /** Pixels. Default 560. */
  readonly width?: number;
  /** The value of the longest bar. Default the greatest. */
  readonly most?: number;
  /** How a value is written. Default as it is. */
  readonly text?: (value: number) => string;
}

const where = 'barsSvg';
/** Height of a bar, and between rows; pixels. */
const [bar, gap] = [15, 9];
/** Of a dot; pixels. */
const radius = 3;

/**
 * Level bars in rows, one of each run in a row: how often errors of each kind are made, and the like. An SVG document.
 *
 * @throws RangeError for no rows or no runs, a row of another number of values, or one below 0
 */
export function barsSvg(groups: readonly BarGroup[], runs: readonly string[], options: BarOptions = {}): string {
  const { title = '', width = 560, text = (value) => `${value}` } = options;
  checkSome(where, 'groups', groups);
  checkSome(where, 'runs', runs);
  if (!(width >= 300 && width < 1e5)) throw new RangeError(`${where}: width is ${width}; it must be 300 or more`);
  for (const { name, values } of groups) {
    if (values.length !== runs.length)
      throw new RangeError(`${where}: '${name}' has ${values.length} values for ${runs.length} runs; give one of each`);
    for (const value of values.flatMap((one) => one ?? []))
      checkNumber(where, `a value of '${name}'`, value, [0, Number.POSITIVE_INFINITY]);
  }
  const most =
    options.most ??
    groups
      .flatMap(({ values }) => values)
      .flatMap((value) => value ?? [])
      .reduce((a, b) => Math.max(a, b), 0);
  const texts = groups.map(({ values, texts: own }) => values.map((value, i) => own?.[i] ?? told(meanOf(value), text)));
  const names = Math.min(0.36 * width, Math.ceil(13 * Math.max(...groups.map(({ name }) => textWidth(name)))) + 18);
  const after = Math.ceil(12 * Math.max(...texts.flat().map(textWidth))) + 14;
  const legend = runs.length > 1 ? 26 : 0;
  const [left, top] = [names, title ? 44 : 12];
  const room = Math.max(40, width - left - after - 8);
  const row = bar * runs.length + gap;
  const reach = (value: number) => (most > 0 ? (Math.min(value, most) / most) * room : 0);
  const rows = groups.map(({ name, values }, g) => {
    const y = top + g * row;
    const bars = values.map((value, i) => {
      const at = y + i * bar;
      const long = reach(meanOf(value) ?? 0);
      const each = typeof value === 'object' ? value : [];
      const dots = each.map((one) => dot(left + reach(one), at, text(one)));
      const end = left + Math.max(long, ...each.map((one) => reach(one) + radius));
      return `<rect ${fillStyle(i)} x="${left}" y="${short(at + 1)}" width="${short(long)}" height="${bar - 2}"/>${texture(i, left, at, long)}${dots.join('')}<text font-size="12" x="${short(end + 6)}" y="${short(at + bar - 3.5)}">${escapeText(texts[g]?.[i] ?? '')}</text>`;
    });
    return `<text text-anchor="end" x="${left - 8}" y="${short(y + (bar * runs.length) / 2 + 4.5)}">${escapeText(cut(name, (left - 14) / 13))}<title>${escapeText(name)}</title></text>${bars.join('')}`;
  });
  const bottom = top + groups.length * row;
  const axis = `<path class="frame" d="M${left} ${top - 4}V${short(bottom - gap + 4)}"/>`;
  const about = `${title}: ${groups.map(({ name }, g) => `${name} ${texts[g]?.join(' and ')}`).join(', ')}`;
  return chartSvg({
    title,
    width,
    height: bottom + legend + 4,
    about,
    body: `${rows.join('\n')}${axis}${legend > 0 ? key(runs, left, bottom, width - left) : ''}`,
  });
}

const dot = (x: number, top: number, text: string) =>
  `<circle class="each" cx="${short(x)}" cy="${short(top + bar / 2)}" r="${radius}"><title>${escapeText(text)}</title></circle>`;

/** Of several values their mean. */
function meanOf(value: BarValue): number | undefined {
  if (typeof value !== 'object') return value;
  return value.length > 0 ? value.reduce((sum, one) => sum + one, 0) / value.length : undefined;
}

const told = (value: number | undefined, text: (value: number) => string) => (value === undefined ? '' : text(value));

/** Slanted lines over every second run's bars: told apart on grey paper too. */
function texture(run: number, left: number, top: number, long: number): string {
  if (run % 2 === 0 || long < 1) return '';
  const lines = Array.from({ length: Math.ceil(long / 7) }, (_, i) => {
    const x = left + 7 * i;
    return `M${short(x)} ${short(top + bar - 1)}L${short(Math.min(left + long, x + 6))} ${short(top + 1)}`;
  });
  return `<path class="weave" d="${lines.join('')}"/>`;
}

function key(runs: readonly string[], left: number, top: number, room: number): string {
  const each = room / runs.length;
  return runs
    .map((name, i) => {
      const x = left + i * each;
      return `<rect ${fillStyle(colourAt(i))} x="${short(x)}" y="${top + 4}" width="22" height="12"/>${texture(i, x, top + 3, 22)}<text x="${short(x + 28)}" y="${top + 15}">${escapeText(cut(name, (each - 34) / 13))}<title>${escapeText(name)}</title></text>`;
    })
    .join('');
}
