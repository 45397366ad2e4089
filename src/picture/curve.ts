import { curveAxes, type Frame, type Point } from './curveAxes.ts';
import { curveLegend, legendBelow, legendSize, lineStyle, percent } from './curveLegend.ts';
import { curvePath } from './curvePath.ts';
import { type ChartOptions, chartSvg, checkSize, checkSome } from './curveShell.ts';

/** A detector's curve. */
export interface Curve {
  readonly name: string;
  /** The log-average miss rate, for the legend. */
  readonly logAverage: number;
  /** Number of its colour and dashes, where several pictures show the same detectors. Default its place in the legend. */
  readonly line?: number;
  /** False positives an image and miss rate, in the order of falling scores. */
  readonly curve: readonly Point[];
}

/** As `ChartOptions`: a legend that would hide a curve stands below, and adds its height. */
export type CurveOptions = ChartOptions;

/**
 * Miss rate against false positives an image, both logarithmic, as the field draws them: the best detector first in the
 * legend, lines that differ in colour and dashes. A dot is where a detector has no more detections; the average goes on
 * with its last miss rate. An SVG document, light or dark as its reader asks, white in programs that do not know of it.
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
  const entries = sorted.map(({ name, logAverage, line }) => ({ name, figure: percent(logAverage), line }));
  const frame: Frame = { left: 56, right: width - 16, top: title ? 40 : 16, bottom: height - 48 };
  const room = frame.right - frame.left;
  const axes = curveAxes(
    sorted.flatMap(({ curve }) => curve),
    frame,
  );
  const size = legendSize(entries, room - 12);
  const corner = { left: frame.left + 6, top: frame.bottom - size.height - 6 };
  const hides = sorted.some(({ curve }) =>
    curve.some(({ fppi, missRate }) => axes.x(fppi) <= corner.left + size.width && axes.y(missRate) >= corner.top),
  );
  const below = hides || corner.top < frame.top;
  const place = below ? { ...legendBelow(entries, room), left: frame.left, top: height } : { ...size, ...corner };
  const lines = sorted.map(({ curve, line }, i) => curvePath(curve, axes, lineStyle(line ?? i))).reverse(); // the best on top
  const about = `Miss rate against false positives per image. Log-average miss rate: ${entries.map(({ name, figure }) => `${name} ${figure}`).join(', ')}`;
  return chartSvg({
    title,
    width,
    height: below ? height + place.height + 12 : height,
    about,
    body: `${axes.markup}
<rect class="frame" x="${frame.left}" y="${frame.top}" width="${room}" height="${frame.bottom - frame.top}"/>
${lines.join('\n')}
${curveLegend(entries, place)}`,
  });
}

function check(curves: readonly Curve[], width: number, height: number): void {
  checkSome('curveSvg', 'curves', curves);
  checkSize('curveSvg', width, height);
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
