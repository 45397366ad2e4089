import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/program.ts';

/** What a call of the program ended with and wrote. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Calls the program as a shell would. */
export async function run(
  argv: readonly string[],
  stdin: Uint8Array | string = '',
  more: Partial<Io> = {},
): Promise<Ran> {
  const text = { out: '', err: '' };
  const to = (name: keyof typeof text) => ({
    columns: 80,
    write: (part: string) => {
      text[name] += part;
    },
  });
  const input = (async function* () {
    yield stdin;
  })();
  const code = await main(argv, { stdin: input, stdout: to('out'), stderr: to('err'), ...more });
  return { code, ...text };
}

/** Calls the program on a terminal, and stops it, as Ctrl-C does, when the terminal shows `seen`. */
export async function runUntil(argv: readonly string[], seen: string | RegExp): Promise<Ran> {
  const controller = new AbortController();
  let err = '';
  const stderr = {
    isTTY: true,
    columns: 80,
    write: (part: string) => {
      err += part;
      if (err.match(seen)) controller.abort(new Error('stopped by SIGINT'));
    },
  };
  return { ...(await run(argv, '', { stderr, signal: controller.signal })), err };
}

/** A folder of its own for a file of tests; gives paths in it. */
export function ownFolder(): (...path: readonly string[]) => string {
  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'pyramidion-cli-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  return (...path) => join(root, ...path);
}

/** A narrow detector's description. */
export const smallModel = {
  format: 'pyramidion-model/1',
  inputSize: [64, 64],
  standardize: 'kaist',
  backbone: { kind: 'efficientNet', width: 0.25, depth: 0.25, dropConnect: 0 },
  neck: { kind: 'select', stages: ['C3', 'C4'] },
  head: { levels: ['P3', 'P4'], anchors: { sides: [16, 32], ratios: [0.41], scales: [1] }, labels: ['person'] },
};
