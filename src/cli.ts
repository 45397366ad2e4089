#!/usr/bin/env node
/** The program `pyramidion`. */
import { exitCodes, main } from './cli/program.ts';
import { stopOnInterrupt } from './node/interrupt.ts';

// A reader that goes away, as `head` does, ends the program without a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
const { signal, dispose } = stopOnInterrupt();
const { stdin, stdout, stderr } = process;
main(process.argv.slice(2), { stdin, stdout, stderr, signal }).then((code) => {
  dispose();
  process.exitCode = code;
  if (code >= exitCodes.stopped) process.exit(); // what still reads is not waited for
});
