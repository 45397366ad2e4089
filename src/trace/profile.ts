import { type HasParts, isBlock } from '../core/block.ts';
import { formOf } from './callForm.ts';
import { localPlan } from './localPlan.ts';
import { recordCall } from './recordCall.ts';
import type { CommandTime, LocalTarget } from './target.ts';

export interface ProfileOptions {
  /** Our engine: `await wasmEngine()`. */
  readonly target: LocalTarget;
  /** The model whose blocks name the places. Default: the function itself, if it is a block. */
  readonly root?: HasParts;
  /** Runs after two that warm up, of which the least time of each command counts. Default 10. */
  readonly rounds?: number;
}

/** What a function's commands take. */
export interface Profile {
  /** In the order in which they run. */
  readonly commands: readonly CommandTime[];
  /** Sum of the commands. */
  readonly milliseconds: number;
  /** As a table: by kind of command, then the slowest one by one. */
  readonly text: string;
}

/**
 * Runs a function on a local target command by command, and says where its time goes: milliseconds, share, billions of
 * operations a second (two for a multiply-add), bytes. It is a plan of its own beside those of `compile`, with the same weights.
 *
 * @throws MissingKernel; what `compile` throws
 */
export function profile<Args extends readonly unknown[]>(
  fn: (...args: Args) => unknown,
  args: Args,
  { target, root = isBlock(fn) ? fn : undefined, rounds = 10 }: ProfileOptions,
): Profile {
  if (!(Number.isInteger(rounds) && rounds >= 1))
    throw new RangeError(`profile: rounds is ${rounds}; it must be a whole number of at least 1`);
  const label = 'profile';
  const form = formOf(args, label);
  const call = fn as unknown as (...args: readonly unknown[]) => unknown;
  const { graph } = recordCall(call, form, { label, ...(root && { root }) });
  const plan = localPlan(graph, [], { target });
  try {
    plan.time(form.tensors, 2);
    const commands = plan.time(form.tensors, rounds);
    const milliseconds = commands.reduce((sum, command) => sum + command.milliseconds, 0);
    return { commands, milliseconds, text: formatProfile(commands) };
  } finally {
    plan.dispose();
  }
}

/** How many of the slowest commands the table names. */
const named = 12;

function formatProfile(commands: readonly CommandTime[]): string {
  const total = commands.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const kinds = new Map<string, CommandTime[]>();
  for (const command of commands) kinds.set(command.name, [...(kinds.get(command.name) ?? []), command]);
  const byTime = <T extends { readonly milliseconds: number }>(rows: readonly T[]) =>
    rows.toSorted((a, b) => b.milliseconds - a.milliseconds);
  const sums = [...kinds].map(([name, of]) => ({ name, count: of.length, ...summed(of) }));
  const head = ['', 'count', 'ms', 'share', 'Gop/s', 'MB'];
  const line = (first: string, count: string, { milliseconds, madds, traffic }: Sum) => [
    first,
    count,
    milliseconds.toFixed(2),
    `${((100 * milliseconds) / total).toFixed(1)} %`,
    madds > 0 ? ((2 * madds) / milliseconds / 1e6).toFixed(1) : '',
    traffic > 0 ? (traffic / 1e6).toFixed(1) : '',
  ];
  return [
    ...table([
      head,
      ...byTime(sums).map((sum) => line(sum.name, `${sum.count}`, sum)),
      line('all', `${commands.length}`, summed(commands)),
    ]),
    '',
    'The slowest:',
    ...table(
      byTime(commands)
        .slice(0, named)
        .map((command) => [
          ...line(command.name, `[${command.shape ?? ''}]`, summed([command])),
          [command.place, ...command.fused].filter((text) => text !== '').join(', '),
        ]),
    ),
  ].join('\n');
}

interface Sum {
  readonly milliseconds: number;
  readonly madds: number;
  readonly traffic: number;
}

const summed = (commands: readonly CommandTime[]): Sum => ({
  milliseconds: commands.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
  madds: commands.reduce((sum, { madds = 0 }) => sum + madds, 0),
  traffic: commands.reduce((sum, { traffic = 0 }) => sum + traffic, 0),
});

/** Columns side by side: the first and the last to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 || i === 6 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
