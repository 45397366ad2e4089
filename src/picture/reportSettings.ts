import { type Cell, section, table } from './reportParts.ts';
import type { ReportRun } from './reportRun.ts';

/** How each run was made; what differs is marked. */
export function settingsSection(runs: readonly ReportRun[]): string {
  const names = [...new Set(runs.flatMap(({ settings = [] }) => settings.map(([name]) => name)))];
  const rows = names.map((name): Cell[] => {
    const values = runs.map(({ settings = [] }) => settings.find(([other]) => other === name)?.[1]);
    const differs = new Set(values).size > 1;
    return [
      { text: name },
      ...values.map((value): Cell => ({ text: value ?? '\u2013', ...(differs && { kind: 'differs' }) })),
    ];
  });
  const head: Cell[] = runs.length > 1 ? [{ text: '' }, ...runs.map(({ name }) => ({ text: name }))] : [];
  return section('settings', 'Settings', rows.length === 0 ? '' : table(head, rows));
}
