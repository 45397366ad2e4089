import { textWidth } from './markup.ts';
import type { Cell, Grid } from './networkMapGrid.ts';
import type { MapStation, NetworkMapInput } from './networkMapInput.ts';

/** A station as it stands on the paper, pixels. */
export interface Spot {
  readonly node: MapStation;
  readonly cell: Cell;
  /** Its centre. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** One line or two; empty for a fusion. */
  readonly lines: readonly string[];
  /** Shape of what it gives, where it is not that of a map that it reads in its row; of an input what happens to it first. */
  readonly label: string;
}

export interface Plan {
  readonly grid: Grid;
  /** By number of the station; undefined for outputs. */
  readonly spots: readonly (Spot | undefined)[];
  /** Centre of each row. */
  readonly rowY: readonly number[];
  readonly rowHeight: readonly number[];
  /** Left and right end of each column. */
  readonly columnX: readonly (readonly [left: number, right: number])[];
  /** Where the last gap ends, and outputs begin. */
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const sizes = { title: 12, small: 10, label: 9.5, radius: 12 } as const;
const high = { row: 64, box: 36, slot: 20, gap: 5 } as const;
export const times = (text: string): string => text.replace(/(?<=\d|^| )x(?=\d)/g, '×');
/** Digits are wider in some fonts than in others. */
export const labelWidth = (label: string): number => label.length * 0.65 * sizes.label;
export const shapeText = (shape: readonly number[]): string => shape.slice(1).join('×');

/** Widths by the texts, heights by what stands in a cell. */
export function planOf(flow: NetworkMapInput['flow'], grid: Grid, left: number, top: number): Plan {
  const { nodes, edges } = flow;
  const labels = nodes.map((node, i) => labelOf(flow, grid, node, i));
  const titled = titles(nodes, grid);
  const lines = nodes.map((node, i) => linesOf(node, titled(i)));
  const widthOf = (i: number) => {
    const { kind } = nodes[i] as MapStation; // of its own numbers
    if (kind === 'fusion') return 2 * sizes.radius;
    const [title = '', second = ''] = lines[i] ?? [];
    const text = Math.max(textWidth(title) * sizes.title, textWidth(second) * sizes.small);
    return Math.max(kind === 'step' ? 40 : 64, Math.ceil(text) + 16);
  };

  const rowHeight = grid.rows.map((_, row) => {
    const most = Math.max(1, ...Array.from({ length: grid.columns }, (_, column) => grid.slots(row, column)));
    return Math.max(high.row, most * (high.slot + high.gap) + 14);
  });
  const rowY: number[] = [];
  let y = top;
  for (const height of rowHeight) {
    rowY.push(y + height / 2);
    y += height;
  }

  const columnX: [number, number][] = [];
  let x = left;
  for (let column = 0; column < grid.columns; column++) {
    const here = [...nodes.keys()].filter((i) => grid.cells[i]?.column === column);
    const width = Math.max(...here.map(widthOf));
    const leaves = here.filter((i) => edges.some(({ from, to }) => from === i && grid.cells[to]?.column !== column));
    const text = Math.max(0, ...leaves.map((i) => labelWidth(labels[i] ?? '') + 24)); // room for a mark or a bend
    columnX.push([x, x + width]);
    x += width + Math.max(32, Math.ceil(text));
  }

  const spots = nodes.map((node, i): Spot | undefined => {
    const cell = grid.cells[i];
    if (cell === undefined) return undefined;
    const [from, to] = columnX[cell.column] ?? [0, 0];
    const many = grid.slots(cell.row, cell.column);
    const offset = (cell.slot - (many - 1) / 2) * (high.slot + high.gap);
    const height = node.kind === 'fusion' ? 2 * sizes.radius : many > 1 || node.kind === 'step' ? high.slot : high.box;
    const text = many > 1 ? (lines[i] ?? []).slice(0, 1) : (lines[i] ?? []);
    const width = node.kind === 'fusion' ? 2 * sizes.radius : to - from;
    return {
      node,
      cell,
      x: (from + to) / 2,
      y: (rowY[cell.row] ?? 0) + offset,
      width,
      height,
      lines: text,
      label: labels[i] ?? '',
    };
  });
  return { grid, spots, rowY, rowHeight, columnX, right: x, top, bottom: y };
}

function labelOf(
  { nodes, edges }: NetworkMapInput['flow'],
  grid: Grid,
  { kind, shape }: MapStation,
  i: number,
): string {
  if (kind === 'output') return '';
  const leaving = edges.filter(({ from }) => from === i);
  if (kind === 'input')
    return times([...new Set(leaving.map(({ steps }) => steps.join(', ')))].filter(Boolean).join(' or '));
  const beside = edges.filter(({ from, to }) => to === i && grid.cells[from]?.row === grid.cells[i]?.row);
  const known = beside.some(({ from }) => `${nodes[from]?.shape}` === `${shape}`);
  return known ? '' : shapeText(shape);
}

/** What is said of a column above it: the place that all of it has, unless each station says it itself. */
export function columnPlace(nodes: readonly MapStation[], grid: Grid, column: number): readonly string[] {
  const places = nodes
    .filter((_, i) => grid.cells[i]?.column === column)
    .map(({ place }) => (place === '' ? [] : place.split('/')));
  const [first = [], ...others] = places;
  const common = first.filter((step, depth) =>
    others.every((place) => place[depth] === step && first.slice(0, depth).every((s, d) => place[d] === s)),
  );
  return others.length === 0 ? common.slice(0, -1) : common;
}

/** Names of stations that their column does not say. */
function titles(nodes: readonly MapStation[], grid: Grid): (i: number) => string {
  return (i) => {
    const node = nodes[i] as MapStation; // of its own numbers
    const cell = grid.cells[i];
    if (cell === undefined || node.place === '') return node.name;
    const said = columnPlace(nodes, grid, cell.column).join('/');
    return said === node.place && said.endsWith(node.name) ? '' : node.name;
  };
}

function linesOf({ kind, steps, blocks, shape }: MapStation, title: string): readonly string[] {
  if (kind === 'fusion') return [];
  if (kind === 'input') return [title, shapeText(shape)];
  const inside = blocks > 0 ? `${blocks} ${blocks === 1 ? 'block' : 'blocks'}` : times(steps.join(', '));
  const [first = '', ...others] = times(steps.join(', ')).split(', ');
  if (title === '' && blocks === 0 && others.length > 1) return [`${first},`, others.join(', ')];
  return [title, inside].filter((line) => line !== '');
}
