import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A path among the data sets that lie beside the project, and how a test that needs it is named. */
export function sharedData(path: string): {
  readonly path: string;
  readonly absent: boolean;
  readonly read: () => Uint8Array;
} {
  const full = fileURLToPath(new URL(`../../../shared/data/${path}`, import.meta.url));
  return { path: full, absent: !existsSync(full), read: () => new Uint8Array(readFileSync(full)) };
}

/** Bytes from hexadecimal words. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/[\da-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16));
}
