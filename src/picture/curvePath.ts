import { type Axes, fppiRange, type Point } from './curveAxes.ts';
import { short } from './markup.ts';

type Place = readonly [x: string, y: string];

/**
 * A curve as the field draws it: to the right for a false detection, down for a hit. It begins at the left edge where
 * there are points before, and ends in a dot where the detector has no more to say; what is beyond the plot is cut.
 */
export function curvePath(curve: readonly Point[], { x, y }: Axes, attributes: string): string {
  const [from, to] = fppiRange;
  const points: Point[] = curve.filter(({ fppi }) => fppi > from && fppi <= to);
  const before = curve.findLast(({ fppi }) => fppi <= from);
  if (before) points.unshift({ fppi: from, missRate: before.missRate });
  const last = points.at(-1);
  if (last === undefined) return '';
  const goesOn = curve.some(({ fppi }) => fppi > to);
  if (goesOn) points.push({ fppi: to, missRate: last.missRate });
  const places = points.map(({ fppi, missRate }): Place => [short(x(fppi)), short(y(missRate))]);
  const path = `<path class="line" ${attributes} d="M${corners(places)
    .map(([a, b]) => `${a} ${b}`)
    .join('L')}"/>`;
  const [endX, endY] = places.at(-1) ?? [];
  return goesOn ? path : `${path}<circle class="end" ${attributes} cx="${endX}" cy="${endY}" r="3"/>`;
}

/** Without the places between two others on one upright or level line: of 38,000 detections, 1,500 corners are left. */
function corners(places: readonly Place[]): Place[] {
  return places.filter(([x, y], i) => {
    const [before, after] = [places[i - 1], places[i + 1]];
    if (before === undefined || after === undefined) return true;
    return !(before[0] === x && x === after[0]) && !(before[1] === y && y === after[1]);
  });
}
