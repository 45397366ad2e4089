import type { Frame } from './curveAxes.ts';
import { escapeText, short, textWidth } from './markup.ts';

/** An axis: what it shows, from where to where. */
export interface Axis {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Default linear. */
  readonly scale?: 'linear' | 'log';
  /** Default some round numbers. */
  readonly ticks?: readonly number[];
  /** How a tick is written. Default as a short decimal. */
  readonly text?: (tick: number) => string;
}

export interface Plane {
  /** Pixels of a value; beyond the plot, its edge. */
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** Grid, ticks, names and the frame. */
  readonly markup: string;
}

/** Two axes that cross in a frame. */
export function curvePlane(across: Axis, up: Axis, frame: Frame): Plane {
  const { left, right, top, bottom } = frame;
  const x = (value: number) => left + share(value, across) * (right - left);
  const y = (value: number) => bottom - share(value, up) * (bottom - top);
  const columns = ticksOf(across).map((tick) => {
    const at = short(x(tick));
    return `<path class="fine" d="M${at} ${top}V${bottom}"/><text x="${at}" y="${bottom + 18}" text-anchor="middle">${escapeText(textOf(across, tick))}</text>`;
  });
  const rows = ticksOf(up).map((tick) => {
    const at = y(tick);
    return `<path class="fine" d="M${left} ${short(at)}H${right}"/><text x="${left - 8}" y="${short(at + 4)}" text-anchor="end">${escapeText(textOf(up, tick))}</text>`;
  });
  const names = `<text x="${short((left + right) / 2)}" y="${bottom + 38}" text-anchor="middle">${escapeText(across.name)}</text><text transform="translate(16 ${short((top + bottom) / 2)}) rotate(-90)" text-anchor="middle">${escapeText(up.name)}</text>`;
  const edge = `<rect class="frame" x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/>`;
  return { x, y, markup: `${columns.join('')}${rows.join('')}${edge}${names}` };
}

/** Values at even steps of a round number, from below `from` to above `to`: 1, 2 or 5 times a power of ten. */
export function roundTicks(from: number, to: number, about = 5): number[] {
  const raw = (to - from) / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * (raw / power > 5 ? 10 : raw / power > 2 ? 5 : raw / power > 1 ? 2 : 1);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Every value of 1, 2 and 5 times a power of ten in a range, and some between where it is short. */
export function logTicks(from: number, to: number): number[] {
  const digits = to / from > 20 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 7];
  const powers = Array.from(
    { length: Math.ceil(Math.log10(to)) - Math.floor(Math.log10(from)) + 1 },
    (_, i) => Math.floor(Math.log10(from)) + i,
  );
  return powers
    .flatMap((power) => digits.map((digit) => Number((digit * 10 ** power).toPrecision(12))))
    .filter((tick) => tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9));
}

const ticksOf = ({ from, to, scale, ticks }: Axis) =>
  ticks ?? (scale === 'log' ? logTicks(from, to) : roundTicks(from, to));

const textOf = ({ text }: Axis, tick: number) => (text ? text(tick) : `${tick}`.replace(/^0\./, '.'));

/** How much the ticks of an upright axis and its name take, pixels. */
export const besideOf = (up: Axis): number =>
  Math.max(56, Math.ceil(13 * Math.max(...ticksOf(up).map((tick) => textWidth(textOf(up, tick))))) + 34);

/** 0 at `from`, 1 at `to`. */
function share(value: number, { from, to, scale }: Axis): number {
  const within = Math.min(to, Math.max(from, value));
  return scale === 'log' ? Math.log(within / from) / Math.log(to / from) : (within - from) / (to - from);
}
