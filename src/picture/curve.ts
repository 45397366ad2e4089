import { escapeText, short } from './markup.ts';

/** A detector's curve. */
export interface Curve {
  readonly name: string;
  /** The log-average miss rate, for the legend. */
  readonly logAverage: number;
  /** False positives an image and miss rate, in the order of falling scores. */
  readonly curve: readonly { readonly fppi: number; readonly missRate: number }[];
}

export interface CurveOptions {
  /** Above the plot. Default none. */
  readonly title?: string;
  /** Pixels. Default 640. */
  readonly width?: number;
  /** Pixels. Default 480. */
  readonly height?: number;
}

/** Ticks of the field's plots. @see Dollar et al., 2012, figure 11 */
const missTicks = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.64, 0.8, 1] as const;
const fppiDecades = [-3, -2, -1, 0, 1] as const;
/** Told apart without colour vision too. @see Okabe and Ito, 2008 */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#6b6b6b'] as const;
const dashes = ['', '7 3', '2 2'] as const;

/**
 * Miss rate against false positives an image, both logarithmic, as the field draws them: the best detector first in the
 * legend. A line at the left and right edge goes on where a curve begins or ends within. An SVG document.
 *
 * @throws RangeError for no curves
 */
export function curveSvg(
  curves: readonly Curve[],
  { title = '', width = 640, height = 480 }: CurveOptions = {},
): string {
  if (curves.length === 0) throw new RangeError('curveSvg: curves is empty; give at least one');
  const sorted = [...curves].sort((a, b) => a.logAverage - b.logAverage);
  const [left, right, top, bottom] = [56, width - 16, title ? 40 : 16, height - 48];
  const x = (fppi: number) => left + ((Math.log10(clamp(fppi, 1e-3, 10)) + 3) / 4) * (right - left);
  const lowest = Math.log(0.04);
  const y = (miss: number) => bottom + (Math.log(clamp(miss, 0.04, 1)) / -lowest + 1) * (top - bottom);

  const rows = missTicks.map(
    (tick) =>
      `<path class="grid" d="M${left} ${short(y(tick))}H${right}"/><text x="${left - 8}" y="${short(y(tick) + 4)}" text-anchor="end">${tick === 1 ? '1' : `${tick}`.slice(1)}</text>`,
  );
  const columns = fppiDecades.map(
    (decade) =>
      `<path class="grid" d="M${short(x(10 ** decade))} ${top}V${bottom}"/><text x="${short(x(10 ** decade))}" y="${bottom + 18}" text-anchor="middle">10<tspan dy="-5" font-size="9">${decade}</tspan></text>`,
  );
  const minor = fppiDecades
    .slice(0, -1)
    .flatMap((decade) =>
      [2, 3, 4, 5, 6, 7, 8, 9].map(
        (digit) => `<path class="fine" d="M${short(x(digit * 10 ** decade))} ${top}V${bottom}"/>`,
      ),
    );
  const lines = sorted.map(({ curve }, i) => {
    const points = curve.map(({ fppi, missRate }) => `${short(x(fppi))} ${short(y(missRate))}`);
    const last = curve.at(-1);
    const path = [`${left} ${short(y(curve.find(({ fppi }) => fppi > 1e-3)?.missRate ?? 1))}`, ...points];
    if (last) path.push(`${right} ${short(y(last.missRate))}`);
    return `<path class="line" stroke="${colours[i % colours.length]}" stroke-dasharray="${dashes[Math.floor(i / colours.length) % dashes.length]}" d="M${distinct(path).join('L')}"/>`;
  });
  const legend = sorted.map(({ name, logAverage }, i) => {
    const at = bottom - 14 - 18 * (sorted.length - 1 - i);
    const stroke = `stroke="${colours[i % colours.length]}" stroke-dasharray="${dashes[Math.floor(i / colours.length) % dashes.length]}"`;
    return `<path class="line" ${stroke} d="M${left + 12} ${at - 4}h26"/><text x="${left + 46}" y="${at}">${(100 * logAverage).toFixed(2)} % ${escapeText(name)}</text>`;
  });
  const longest = Math.max(...sorted.map(({ name }) => name.length)) + 9;
  const box = `<rect class="legend" x="${left + 4}" y="${bottom - 12 - 18 * sorted.length}" width="${Math.min(right - left - 8, 54 + 7 * longest)}" height="${18 * sorted.length + 4}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="miss rate against false positives per image">
<style>text{font:12px system-ui,sans-serif;fill:#222}.grid{stroke:#bbb}.fine{stroke:#e8e8e8}.line{fill:none;stroke-width:2;stroke-linejoin:round}.legend{fill:#fff;fill-opacity:.85;stroke:#bbb}</style>
<rect width="${width}" height="${height}" fill="#fff"/>
${title ? `<text x="${width / 2}" y="24" text-anchor="middle" style="font-weight:600;font-size:15px">${escapeText(title)}</text>` : ''}
${minor.join('')}${rows.join('')}${columns.join('')}
<clipPath id="plot"><rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/></clipPath>
<g clip-path="url(#plot)">${lines.join('')}</g>
<rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" fill="none" stroke="#444"/>
${box}${legend.join('')}
<text x="${(left + right) / 2}" y="${height - 8}" text-anchor="middle">false positives per image</text>
<text transform="translate(14 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">miss rate</text>
</svg>`;
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** Points that differ from the one before. */
const distinct = (points: readonly string[]): string[] => points.filter((point, i) => point !== points[i - 1]);
