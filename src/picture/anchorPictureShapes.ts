import { checkNumber, planeChart } from './curveChart.ts';
import { fillStyle } from './curveLegend.ts';
import { logTicks } from './curvePlane.ts';
import { type ChartOptions, checkSome } from './curveShell.ts';
import { short } from './markup.ts';

/** Height and width, pixels of the input. */
type Shape = readonly [height: number, width: number];

/**
 * Shapes of boxes as dots, shapes of anchors as squares of their level's colour, both axes logarithmic: boxes far from any
 * square are out of reach. Of more than 4,000 boxes every so many-th is drawn. An SVG document.
 *
 * @throws RangeError for no boxes, no levels, a side that is not above 0, or too small a size
 */
export function anchorShapesSvg(
  boxes: readonly Shape[],
  levels: readonly { readonly name?: string; readonly shapes: readonly Shape[] }[],
  options: ChartOptions = {},
): string {
  const where = 'anchorShapesSvg';
  checkSome(where, 'boxes', boxes);
  checkSome(where, 'levels', levels);
  const all = [...boxes, ...levels.flatMap(({ shapes }) => shapes)];
  for (const side of all.flat()) checkNumber(where, 'a side', side, [Number.MIN_VALUE, Number.POSITIVE_INFINITY]);
  const axis = (sides: readonly number[], name: string) => {
    const from = sides.reduce((a, b) => Math.min(a, b)) / 1.15;
    const to = sides.reduce((a, b) => Math.max(a, b)) * 1.15;
    return { name, from, to, scale: 'log', ticks: logTicks(from, to) } as const;
  };
  const every = Math.ceil(boxes.length / 4000);
  return planeChart({
    ...options,
    where,
    about: `Shapes of ${boxes.length} boxes and of anchors:`,
    across: axis(
      all.map(([, width]) => width),
      'width, pixels',
    ),
    up: axis(
      all.map(([height]) => height),
      'height, pixels',
    ),
    entries: levels.map(({ name, shapes }, l) => ({
      name: name ?? `level ${l}`,
      figure: `${shapes.length} ${shapes.length === 1 ? 'anchor' : 'anchors'} ·`,
    })),
    sign: 'square',
    body: ({ x, y }) => {
      const dots = boxes
        .filter((_, i) => i % every === 0)
        .map(([height, width]) => `M${short(x(width))} ${short(y(height))}h0`);
      const squares = levels.flatMap(({ shapes }, l) =>
        shapes.map(
          ([height, width]) =>
            `<rect ${fillStyle(l)} class="anchor" x="${short(x(width) - 5)}" y="${short(y(height) - 5)}" width="10" height="10" rx="2"><title>${round(height)} x ${round(width)}</title></rect>`,
        ),
      );
      return `<path class="boxes" stroke="#8a8f98" stroke-opacity=".45" stroke-width="3" stroke-linecap="round" d="${dots.join('')}"/>${squares.join('')}`;
    },
  });
}

const round = (value: number) => `${Math.round(value * 10) / 10}`;
