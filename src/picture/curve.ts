import { curveAxes, type Frame, type Point } from './curveAxes.ts';
import { curveLegend, legendSize, lineColours, lineStyle } from './curveLegend.ts';
import { curvePath } from './curvePath.ts';
import { escapeText, short } from './markup.ts';

/** A detector's curve. */
export interface Curve {
  readonly name: string;
  /** The log-average miss rate, for the legend. */
  readonly logAverage: number;
  /** False positives an image and miss rate, in the order of falling scores. */
  readonly curve: readonly Point[];
}

export interface CurveOptions {
  /** Above the plot. Default none. */
  readonly title?: string;
  /** Pixels, 300 or more. Default 560. */
  readonly width?: number;
  /** Pixels, 200 or more. A legend that would hide a curve stands below, and adds its height. Default 440. */
  readonly height?: number;
}

/**
 * Miss rate against false positives an image, both logarithmic, as the field draws them: the best detector first in the
 * legend. A dot is where a detector has no more detections; the average goes on with its last miss rate. An SVG
 * document, light or dark as its reader asks, white in programs that do not know of it.
 *
 * @throws RangeError for no curves, a number that is not finite, or too small a size
 * @see Dollar et al., 2012, figure 11
 */
export function curveSvg(
  curves: readonly Curve[],
  { title = '', width = 560, height = 440 }: CurveOptions = {},
): string {
  check(curves, width, height);
  const sorted = curves.toSorted((a, b) => a.logAverage - b.logAverage);
  const frame: Frame = { left: 56, right: width - 16, top: title ? 40 : 16, bottom: height - 48 };
  const axes = curveAxes(
    sorted.flatMap(({ curve }) => curve),
    frame,
  );
  const size = legendSize(sorted, frame.right - frame.left - 12);
  const corner = { left: frame.left + 6, top: frame.bottom - size.height - 6 };
  const below = sorted.some(({ curve }) =>
    curve.some(({ fppi, missRate }) => axes.x(fppi) <= corner.left + size.width && axes.y(missRate) >= corner.top),
  );
  const legend = curveLegend(sorted, { ...size, ...(below ? { left: frame.left, top: height } : corner) });
  const lines = sorted.map(({ curve }, i) => curvePath(curve, axes, lineStyle(i))).reverse(); // the best on top
  const whole = below ? height + size.height + 12 : height;
  const heading = `<text x="${width / 2}" y="25" text-anchor="middle" font-size="16" font-weight="600">${escapeText(title)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="pyramidion-curve" viewBox="0 0 ${short(width)} ${short(whole)}" width="${short(width)}" height="${short(whole)}" font-family="system-ui,sans-serif" font-size="13" role="img" aria-label="${escapeText(described(sorted))}">
<style>${style}</style>
<rect class="paper" width="100%" height="100%"/>
${title ? heading : ''}${axes.markup}
<rect class="frame" x="${frame.left}" y="${frame.top}" width="${frame.right - frame.left}" height="${frame.bottom - frame.top}"/>
${lines.join('\n')}
${legend}
</svg>`;
}

function check(curves: readonly Curve[], width: number, height: number): void {
  if (curves.length === 0) throw new RangeError('curveSvg: curves is empty; give at least one');
  if (!(width >= 300 && height >= 200))
    throw new RangeError(`curveSvg: the plot is ${width}x${height} pixels; it needs 300x200 or more`);
  for (const { name, logAverage, curve } of curves) {
    const wrong = [{ fppi: 0, missRate: logAverage }, ...curve].find(
      ({ fppi, missRate }) => !(Number.isFinite(fppi) && Number.isFinite(missRate)),
    );
    if (wrong)
      throw new RangeError(
        `curveSvg: '${name}' has ${wrong.fppi} false positives an image or a miss rate of ${wrong.missRate}; both are finite numbers`,
      );
  }
}

const described = (sorted: readonly Curve[]) =>
  `Miss rate against false positives per image. Log-average miss rate: ${sorted.map(({ name, logAverage }) => `${name} ${(100 * logAverage).toFixed(2)} %`).join(', ')}`;

/** Only of things in this picture, so that it can stand in a page. */
const rules = (list: readonly (readonly [selector: string, rule: string])[]) =>
  list.map(([selector, rule]) => `.pyramidion-curve ${selector}{${rule}}`).join('');

const style = `${rules([
  ['text', 'fill:#222'],
  ['.paper', 'fill:#fff'],
  ['.frame', 'fill:none;stroke:#444'],
  ['.grid', 'stroke:#bbb'],
  ['.fine', 'stroke:#e8e8e8;fill:none'],
  ['.legend', 'fill:#fff;fill-opacity:.9;stroke:#bbb'],
  ['.line', 'fill:none;stroke-width:2;stroke-linejoin:round'],
  ['.end', 'fill:#fff;stroke-width:2;stroke-dasharray:none'],
])}@media (prefers-color-scheme:dark){${rules([
  ['text', 'fill:#ddd'],
  ['.paper', 'fill:#17181a'],
  ['.frame', 'stroke:#888'],
  ['.grid', 'stroke:#4a4c50'],
  ['.fine', 'stroke:#2a2c2f'],
  ['.legend', 'fill:#17181a;stroke:#4a4c50'],
  ['.end', 'fill:#17181a'],
  ...lineColours.map(([, dark], i) => [`[data-colour="${i}"]`, `stroke:${dark}`] as const),
])}}`;
