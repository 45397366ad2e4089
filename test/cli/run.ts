import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { main } from '../../src/cli/program.ts';

/** What a call of the program ended with and wrote. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Calls the program as a shell would. */
export async function run(argv: readonly string[], stdin: Uint8Array = new Uint8Array()): Promise<Ran> {
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
  const code = await main(argv, { stdin: input, stdout: to('out'), stderr: to('err') });
  return { code, ...text };
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
