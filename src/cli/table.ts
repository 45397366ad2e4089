import { printable } from '../data/formatError.ts';

/** Rows of text as columns: the first to the left, the others to the right. */
export function table(given: readonly (readonly string[])[]): string {
  const rows = given.map((row) => row.map(printable)); // names come from files
  const wide = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: wide }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const cell = (text: string, i: number) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0));
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}

/** A share in per cent: `12.34 %`; a dash where there is none. */
export const percent = (share: number | null | undefined): string =>
  share === undefined || share === null ? '-' : `${(100 * share).toFixed(2)} %`;

/** A list after its name, in lines of at most 80 characters. */
export function wrapped(name: string, items: readonly string[], indent = '  '): string {
  const lines = [`${name}:`];
  for (const [i, item] of items.entries()) {
    const next = ` ${item}${i < items.length - 1 ? ',' : ''}`;
    const last = lines.length - 1;
    if ((lines[last] ?? '').length + next.length > 80) lines.push(`${indent}${next.trimStart()}`);
    else lines[last] += next;
  }
  return lines.join('\n');
}

/** `1 image`, `3 images`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
