import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../../../shared/data/parity/detection.json', import.meta.url));

/** What torchvision answers, or undefined where its answers are not at hand. */
export const golden = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;

/** The reference's numbers of a name in [0, 1): mulberry32 seeded by the name's 32-bit FNV-1a. */
export function uniform(name: string): () => number {
  let a = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) a = Math.imul(a ^ byte, 0x01000193);
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** (2u - 1) * scale. */
export function spread(name: string, size: number, scale: number): Float32Array {
  const u = uniform(name);
  return Float32Array.from({ length: size }, () => (2 * u() - 1) * scale);
}

/** Swaps x and y of each four numbers: from torchvision's order of corners and codes to ours, and back. */
export function swapped(numbers: ArrayLike<number>): Float32Array {
  return Float32Array.from(numbers, (_, i) => numbers[i ^ 1] ?? Number.NaN);
}

/** How far the worst number is away, for an array that must be as long. */
export function distance(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (got.length !== wanted.length) return Number.POSITIVE_INFINITY;
  return Array.from(got).reduce((worst, x, i) => Math.max(worst, Math.abs(x - (wanted[i] ?? Number.NaN))), 0);
}
