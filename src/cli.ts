#!/usr/bin/env node
/** The program `pyramidion`. */
import { main } from './cli/program.ts';

// A reader that goes away, as `head` does, ends the program without a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
main(process.argv.slice(2), { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr }).then((code) => {
  process.exitCode = code;
});
