import type { EnginePlan } from './planner.ts';
import { buffersOf, type Step } from './section.ts';

const amount = (bytes: number) =>
  bytes < 2 ** 20 ? `${(bytes / 2 ** 10).toFixed(1)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;

/** A plan as text: a line a command with its shape, what was fused into it, where it is in the model; then the bytes. */
export function planText({ main, standing, arena }: EnginePlan): string {
  const live = liveBytes(main.steps, main.buffers);
  const rows = main.steps.map((step, i) => [
    step.name,
    step.shape ? `[${step.shape.join(', ')}]` : '',
    amount(live[i] ?? 0),
    step.fused?.join(', ') ?? '',
    step.place && `at ${step.place}`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const weights = standing.reduce((sum, { buffer }) => sum + buffer.bytes, 0);
  return [
    ...lines,
    `${main.steps.length} commands; arena ${amount(arena.bytes)}; ${standing.length} folded and packed weights, ${amount(weights)}`,
  ].join('\n');
}

/** Bytes of the arena that are needed at each command. */
function liveBytes(steps: readonly Step[], own: ReadonlySet<unknown>): readonly number[] {
  const spans = new Map<{ readonly bytes: number }, [first: number, last: number]>();
  for (const [i, step] of steps.entries())
    for (const buffer of buffersOf(step)) {
      const span = spans.get(buffer);
      if (span) span[1] = i;
      else if (own.has(buffer)) spans.set(buffer, [i, i]);
    }
  const live = steps.map(() => 0);
  for (const [{ bytes }, [first, last]] of spans) for (let i = first; i <= last; i++) live[i] = (live[i] ?? 0) + bytes;
  return live;
}
