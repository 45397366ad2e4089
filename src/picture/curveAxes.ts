import { short } from './markup.ts';

/** Edges of the plot, pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Point {
  readonly fppi: number;
  readonly missRate: number;
}

export interface Axes {
  /** Pixels of so many false positives an image, and of a miss rate; beyond the plot, its edge. */
  readonly x: (fppi: number) => number;
  readonly y: (missRate: number) => number;
  /** Grid, ticks and names. */
  readonly markup: string;
}

/** What the plot shows of false positives an image. */
export const fppiRange = [1e-3, 10] as const;
const decades = [-3, -2, -1, 0, 1] as const;
/** Ticks of the field's plots. @see Dollar et al., 2012, figure 11 */
const ticks = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.64, 0.8, 1] as const;
/** Where curves go lower than the field's did when it chose its ticks. */
const lower = [0.001, 0.002, 0.005, 0.01, 0.02] as const;
const floors = [0.04, 0.008, 0.0008] as const;

/** Logarithmic axes, down to .04 or to where the lowest curve ends. */
export function curveAxes(points: readonly Point[], frame: Frame): Axes {
  const { left, right, top, bottom } = frame;
  const drawn = points.filter(({ fppi, missRate }) => fppi <= fppiRange[1] && missRate > 0);
  const least = drawn.reduce((low, { missRate }) => Math.min(low, missRate), 1);
  const floor = floors.find((value) => value <= least) ?? floors[2];
  const x = (fppi: number) => left + logShare(fppi, ...fppiRange) * (right - left);
  const y = (missRate: number) => bottom + logShare(missRate, floor, 1) * (top - bottom);

  const rows = [...lower, ...ticks]
    .filter((tick) => tick > floor)
    .map((tick) => {
      const at = y(tick);
      const text = tick === 1 ? '1' : `${tick}`.slice(1); // .05, as in the field's plots
      return `<path class="grid" d="M${left} ${short(at)}H${right}"/><text x="${left - 8}" y="${short(at + 4)}" text-anchor="end">${text}</text>`;
    });
  const columns = decades.map((decade) => {
    const at = short(x(10 ** decade));
    return `<path class="grid" d="M${at} ${top}V${bottom}"/><text x="${at}" y="${bottom + 19}" text-anchor="middle">10<tspan dy="-5" font-size="10">${decade}</tspan></text>`;
  });
  const fine = decades
    .slice(0, -1)
    .flatMap((decade) =>
      [2, 3, 4, 5, 6, 7, 8, 9].map((digit) => `M${short(x(digit * 10 ** decade))} ${top}V${bottom}`),
    );
  const names = `<text x="${(left + right) / 2}" y="${bottom + 38}" text-anchor="middle">false positives per image</text><text transform="translate(16 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">miss rate</text>`;
  return { x, y, markup: `<path class="fine" d="${fine.join('')}"/>${rows.join('')}${columns.join('')}${names}` };
}

/** 0 at `low` and below, 1 at `high` and above, and by logarithms between. */
function logShare(value: number, low: number, high: number): number {
  return Math.log(Math.min(high, Math.max(low, value)) / low) / Math.log(high / low);
}
