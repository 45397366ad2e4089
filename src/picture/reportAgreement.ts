import { type Cell, table, whole } from './reportParts.ts';
import type { ReportErrors } from './reportRun.ts';

/** A run's name, and what is known of its errors. */
export interface NamedErrors {
  readonly name: string;
  readonly of: ReportErrors | undefined;
}

/** Which objects the first run and another find, where they were asked for the same. */
export function agreement([first, ...others]: readonly NamedErrors[]): string {
  const base = first?.of;
  if (first === undefined || base === undefined) return '';
  const missed = keysOfMisses(base);
  const rows = others.flatMap(({ name, of }): Cell[][] => {
    if (of === undefined || of.protocol !== base.protocol || of.images !== base.images || of.truths !== base.truths)
      return [];
    const own = keysOfMisses(of);
    const both = [...own].filter((key) => missed.has(key)).length;
    const cells = [base.truths - missed.size - own.size + both, own.size - both, missed.size - both, both];
    return [
      [
        { text: `${first.name} and ${name}` },
        ...cells.map((count) => ({ text: whole(count), kind: 'number' }) as const),
      ],
    ];
  });
  const head = ['Objects found by', 'both', 'the first alone', 'the other alone', 'neither'];
  return rows.length === 0
    ? ''
    : table(
        head.map((text, i) => (i === 0 ? { text } : { text, kind: 'number' })),
        rows,
        `Under ${base.protocol}, each run at its own score.`,
      );
}

const keysOfMisses = ({ misses }: ReportErrors) => new Set(misses.map(({ image, object }) => `${image}/${object}`));
