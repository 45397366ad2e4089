import type { Command } from 'commander';
import type { Io } from './io.ts';

/** Gives a command its options and what it does. */
export type Define = (command: Command, io: Io) => void;

/** The examples at the end of a command's help. */
export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ pyramidion ${line}`).join('\n')}`;
