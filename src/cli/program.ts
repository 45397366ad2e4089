import { Command, CommanderError } from 'commander';
import { version } from '../core/version.ts';
import { printable } from '../data/formatError.ts';
import { commands } from './commands.ts';
import { type Io, UsageError } from './io.ts';

/** What the program ends with: done; wrong input, or a failure; wrong usage; Ctrl-C, and a request to end (128 + the signal's number). */
export const exitCodes = { done: 0, failed: 1, usage: 2, stopped: 130, ended: 143 } as const;

/**
 * Runs the program: `main(['summary', '--model', 'model.json'], io)`. Errors are one line on `stderr`.
 *
 * @returns the exit code
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const called = argv[0] === 'help' ? argv[1] : argv[0];
  const label = commands.some(({ name }) => name === called) ? `pyramidion ${called}` : 'pyramidion';
  try {
    const program = await programFor(called, io);
    await program.parseAsync([...argv], { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    if (io.stderr.isTTY) io.stderr.write('\r\x1b[K'); // where a bar may stand
    if (io.signal?.aborted) {
      const why = messageOf(io.signal.reason);
      io.stderr.write(`${label}: ${why}\n`);
      return why.endsWith('SIGTERM') ? exitCodes.ended : exitCodes.stopped;
    }
    const usage = error instanceof CommanderError || error instanceof UsageError;
    const message = usage ? error.message.replace(/^error: /, '').replace(/\.$/, '') : messageOf(error);
    const hint = usage ? `; see ${label} --help` : '';
    io.stderr.write(`${label}: ${printable(message)}${hint}\n`);
    return usage ? exitCodes.usage : exitCodes.failed;
  }
}

const start = `
From nothing to a report:
  $ pyramidion train --out run
  $ pyramidion scenes streets --seed 9 --size 128x256 --heights 94,375
  $ pyramidion evaluate --model run --truth caltech:streets,skip=1 \\
      --report report.html --pictures 24
  $ pyramidion detect --model run photo.jpg --draw out`;
const codes = '\nExit codes: 0 done, 1 wrong input or a failure, 2 wrong usage, 130 Ctrl-C.';

async function programFor(called: string | undefined, io: Io): Promise<Command> {
  const program = new Command('pyramidion')
    .description('Detectors on TensorFlow.js: data sets, benchmarks, training, export.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => undefined, // main says it
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
    })
    .addHelpText('after', start)
    .addHelpText('afterAll', codes);
  program.action(() => {
    if (called !== undefined)
      throw new UsageError(`there is no command ${called}; there are ${commands.map(({ name }) => name).join(', ')}`);
    program.outputHelp();
  });
  program.argument('[command]').usage('<command> [options]').allowExcessArguments();
  for (const { name, about, load } of commands) {
    const command = program
      .command(name)
      .description(about)
      .helpOption('-h, --help', 'print this')
      .allowExcessArguments(false);
    if (name === called) (await load())(command, io);
  }
  return program;
}

/** What is wrong; of the file system in the order of other errors, the place first. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [, reason, path] = /^E[A-Z]+: ([^,]+), \w+(?: '(.*)')?$/s.exec(error.message) ?? [];
  return reason !== undefined && path !== undefined ? `${path}: ${reason}` : error.message;
}
