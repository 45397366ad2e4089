import type { BlockSummary, Summary } from './summary.ts';

/** Cells of a row: what it is, its shape, and numbers. */
type Row = readonly string[];

/** A summary as text for a terminal: a tree of blocks with the maps that they give, then totals and memory. */
export function formatSummary(summary: Summary): string {
  return [table(endRows(summary)), table(blockRows(summary), 2), table(totalRows(summary))].join('\n\n');
}

/** What goes in and comes out; of very many the first. */
function endRows({ inputs, outputs }: Summary): Row[] {
  const form = (shape: readonly number[], dtype: string) => `${sides(shape)} ${dtype}`;
  const given = inputs.flatMap(({ name, shape, dtype, preparation }): Row[] => {
    const prepared = preparation === '' ? 'as it is' : `prepared: ${preparation}`;
    const [title, text] = [name === 'input' ? '' : name, form(shape, dtype)];
    const long = title.length + text.length + prepared.length > 80;
    return long
      ? [
          [title, text],
          ['', prepared],
        ]
      : [[title, `${text}, ${prepared}`]];
  });
  const made = outputs.map(({ name, shape, dtype }): Row => [name === 'output' ? '' : name, form(shape, dtype)]);
  const few = (title: string, rows: readonly Row[]): Row[] => {
    const shown = rows.slice(0, rows.length > 12 ? 8 : 12);
    const rest = rows.length > shown.length ? [['', `and ${rows.length - shown.length} more`]] : [];
    return [...shown, ...rest].map((row, i) => [i === 0 ? title : '', ...row]);
  };
  return [...few('input', given), ...few('output', made)];
}

function blockRows({ root, frozen, statistics }: Summary): Row[] {
  const columns = [
    { title: 'parameters', of: (block: BlockSummary) => block.parameters, shown: true },
    { title: 'frozen', of: (block: BlockSummary) => block.frozen, shown: frozen > 0 },
    { title: 'statistics', of: (block: BlockSummary) => block.statistics, shown: statistics > 0 },
    { title: 'multiply-adds', of: (block: BlockSummary) => block.macs, shown: true },
  ].filter(({ shown }) => shown);
  const rows: Row[] = [['block', 'output', ...columns.map(({ title }) => title)]];
  const add = (block: BlockSummary, indent: string, told: readonly string[]) => {
    const again = block.calls > 1 ? ` (${block.calls} calls)` : '';
    const numbers = columns.map(({ of }) => (of(block) === 0 ? '' : count(of(block))));
    rows.push([`${indent}${block.name}${again}`, block === root ? '' : outputText(block.output), ...numbers]);
    // Maps of the whole and of its parts, backbone and neck; not those inside of them.
    const maps = block.place.includes('/') ? [] : block.levels.map(({ name, shape }) => [`  ${name}`, sides(shape)]);
    const fresh = maps.filter((map) => !told.includes(`${map}`));
    for (const [name, shape = ''] of fresh) rows.push([`${indent}${name}`, shape]);
    for (const inner of block.blocks) add(inner, `${indent}  `, [...told, ...fresh.map(String)]);
  };
  add(root, '', []);
  return rows;
}

function totalRows({ parameters, frozen, statistics, macs, kernels, memory }: Summary): Row[] {
  const held = frozen > 0 ? ` (${count(frozen)} frozen)` : '';
  const { peakAt } = memory;
  const most = peakAt ? [['', `${' '.repeat(8)}most at ${[peakAt.place, peakAt.op].filter(Boolean).join('/')}`]] : [];
  return [
    [
      'weights',
      `${count(parameters)} parameters${held}, ${count(statistics)} statistics, ${megabytes(memory.weightBytes)}`,
    ],
    ['work', `${count(macs)} multiply-adds in ${count(kernels)} kernels`],
    ['memory', `${megabytes(memory.peakBytes)} where each map is freed after its last use`],
    ...most,
    ['', `${megabytes(memory.plainBytes)} on plain ops, which free at the end of each block`],
    ['', `${megabytes(memory.allBytes)} if nothing is freed before the end`],
  ];
}

const separated = (digits: string) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
const count = (number: number): string => separated(`${number}`);
/** 1 MB is 10^6 bytes. */
const megabytes = (bytes: number): string => {
  const [whole = '0', rest = ''] = (bytes / 1e6).toFixed(2).split('.');
  return `${separated(whole)}.${rest} MB`;
};
const sides = (shape: readonly number[]): string => (shape.length === 0 ? 'scalar' : shape.join(' x '));

/** The shape of a single output; of maps that are told by name how many there are. */
function outputText(output: unknown): string {
  if (output === undefined || output === null) return '';
  if (Array.isArray(output) && output.every((side) => typeof side === 'number')) return sides(output);
  const items = Object.entries(output);
  if (items.length > 3 || items.some(([name]) => /^[CP]\d+$/.test(name))) return `${items.length} maps`;
  const text = items.map(([name, item]) => (Array.isArray(output) ? '' : `${name} `) + outputText(item)).join(', ');
  return text.length > 30 ? `${items.length} tensors` : text;
}

/** Columns side by side, those from a number on to the right. */
function table(rows: readonly Row[], right = Number.POSITIVE_INFINITY): string {
  const wide = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: wide }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const cell = (text: string, i: number) => (i < right ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0));
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}
