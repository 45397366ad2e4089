import { abs, div, max, sub, type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { type HasParts, weights } from '../../src/core/block.ts';
import { keyedRandom } from '../../src/core/random.ts';
import { hasWhole } from '../../src/tfjs/compositeBody.ts';
import type { Graph } from '../../src/trace/graph.ts';
import { lower } from '../../src/trace/lower.ts';
import { replay } from './eager.ts';

/** Largest difference of two tensors, as a part of the largest number of the first. */
export const distance = (wanted: Tensor, made: Tensor): number =>
  tidy(() => div(max(abs(sub(wanted, made))), max(abs(wanted))).dataSync()[0] ?? Number.NaN);

/** Gives every vector of a model (biases, batch norms) numbers that are all different, variances between 0.5 and 1.5. */
export function scatter(model: HasParts): void {
  for (const [place, weight] of weights(model)) {
    const { shape } = weight;
    if (shape?.length !== 1) continue;
    const random = keyedRandom('scatter', place);
    const about = /(gamma|variance|importance)$/.test(place) ? 1 : 0;
    weight.write(Float32Array.from({ length: shape[0] ?? 0 }, () => about + random() - 0.5));
  }
}

/** A map of numbers between -1 and 1. */
export function mapOf(shape: [number, number, number, number], seed = 0): ReturnType<typeof tensor4d> {
  const random = keyedRandom('map', seed);
  return tensor4d(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 2 * random() - 1),
    shape,
  );
}

/** What a graph makes of an input on the current backend, one kernel after the other. */
export function made(graph: Graph, input: Tensor, path = 'output'): Tensor {
  const result = replay(lower(graph, hasWhole), { input }).get(path);
  if (result === undefined) throw new Error(`the graph has no output ${path}`);
  return result;
}
