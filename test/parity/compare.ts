import type { Tensor } from '@tensorflow/tfjs-core';
import { type GoldenOutput, uniform } from './formula.ts';

/** How far an answer is from the reference's: in units of its own float32 error, and of its largest number. */
export interface Distance {
  /** Of the numbers listed, of the moments and of the sum that every number enters; the largest counts. */
  readonly units: number;
  /** What is that far. */
  readonly worst: string;
  /** Of the numbers listed, as a part of the largest number of the map. */
  readonly relative: number;
}

let probes = new Float64Array(0);
/** 2u - 1 of the name `probe`, at least n of them. */
function probe(n: number): Float64Array {
  if (probes.length < n) {
    const u = uniform('probe');
    probes = Float64Array.from({ length: n }, () => 2 * u() - 1);
  }
  return probes;
}

/** An answer, [1, h, w, c] or [1, n, c] or [1, c], against the reference's [1, c, h, w], [1, n, c] or [1, c]. */
export function distance(answer: Tensor, golden: GoldenOutput): Distance {
  const [, height = 1, width = 1, channels = 1] = answer.rank === 4 ? answer.shape : [1, 1, 1, answer.size];
  const there = answer.rank === 4 ? [1, channels, height, width] : answer.shape;
  if (`${there}` !== `${golden.shape}`) throw new RangeError(`is [${there}] but [${golden.shape}] there`);
  const values = answer.dataSync<'float32'>();
  const cells = height * width;
  const weights = probe(values.length);
  const [sums, at] = [{ plain: 0, square: 0, dot: 0, min: Infinity, max: -Infinity }, new Map<number, number>()];
  const listed = new Set(golden.index);
  let i = 0; // in the reference's order: a channel's map after the other's
  for (let channel = 0; channel < channels; channel++)
    for (let cell = 0; cell < cells; cell++) {
      const value = values[cell * channels + channel] ?? Number.NaN;
      sums.plain += value;
      sums.square += value * value;
      sums.dot += value * (weights[i] ?? Number.NaN);
      if (!(value >= sums.min)) sums.min = value;
      if (!(value <= sums.max)) sums.max = value;
      if (listed.has(i)) at.set(i, value);
      i++;
    }
  const mean = sums.plain / i;
  const off: [string, number][] = golden.index.map((index, k) => [
    `number ${index}`,
    Math.abs((at.get(index) ?? Number.NaN) - (golden.value[k] ?? Number.NaN)),
  ]);
  const largest = Math.max(Math.abs(golden.min), Math.abs(golden.max));
  const relative = Math.max(...off.map(([, distance]) => distance)) / largest;
  off.push(
    ['mean', Math.abs(mean - golden.mean)],
    ['std', Math.abs(Math.sqrt(sums.square / i - mean * mean) - golden.std)],
    ['min', Math.abs(sums.min - golden.min)],
    ['max', Math.abs(sums.max - golden.max)],
    ['dot', Math.abs(sums.dot / Math.sqrt(i) - golden.dot)],
  );
  const [worst, distance] = off.reduce((a, b) => (b[1] <= a[1] ? a : b)); // a NaN is the worst
  return { units: distance / golden.f32, worst, relative };
}
