import '@tensorflow/tfjs-layers';
import { readFileSync } from 'node:fs';
import { mean, type Scalar, square, type Tensor, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { weights } from '../../src/core/block.ts';
import { dispose } from '../../src/core/model.ts';
import { trainingPass } from '../../src/core/pass.ts';
import type { Weight } from '../../src/core/weight.ts';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { valueAndGradients } from '../../src/tfjs/gradients.ts';
import { compile } from '../../src/trace/compile.ts';
import { toThere } from '../../src/weights/layout.ts';
import { fill } from '../parity/fill.ts';
import { present, skipped, spread, uniform } from '../parity/formula.ts';
import { classifierOf, none } from '../parity/zoo.ts';

interface Numbers {
  readonly shape: readonly number[];
  /** How far the reference's own float32 run is from its float64 run, at most. */
  readonly f32: number;
  readonly index: readonly number[];
  readonly value: readonly number[];
}
interface Gradient extends Numbers {
  readonly norm: number;
  readonly dot: number;
}
interface Step {
  readonly input: readonly [number, number, number, number];
  readonly losses: readonly [number, ...number[]];
  readonly gradNorm: number;
  readonly gradNormF32: number;
  readonly grads: { readonly [name: string]: Gradient };
  readonly statsAfterStep1: { readonly [name: string]: Numbers };
}
const file = new URL('../../../shared/data/parity/training.json', import.meta.url);
const steps: { readonly [model: string]: Step } = present ? JSON.parse(readFileSync(file, 'utf8')).steps : {};

/** The reference's input, drawn as [b, 3, h, w], as [b, h, w, 3]. */
function imagesOf([b, channels, height, width]: Step['input']): Tensor4D {
  const drawn = spread('input', b * channels * height * width, 1.5);
  const cells = height * width;
  const at = (i: number) => {
    const [image, cell, channel] = [Math.floor(i / (cells * channels)), Math.floor(i / channels) % cells, i % channels];
    return (image * channels + channel) * cells + cell;
  };
  return tensor4d(
    drawn.map((_, i) => drawn[at(i)] ?? Number.NaN),
    [b, height, width, channels],
  );
}

const probe = (n: number) => {
  const u = uniform('probe');
  return Float64Array.from({ length: n }, () => 2 * u() - 1);
};

let engine: WasmEngine | undefined;
beforeAll(async () => {
  await useBackend('wasm');
  engine = await wasmEngine({ threads: 1 });
});

describe('a training step on the engine', () => {
  it.skipIf(!present).each(Object.entries(steps))(
    `has PyTorch’s loss, gradients and statistics: %s ${skipped}`,
    (key, golden) => {
      const [source = '', name = ''] = key.split('/');
      const [, , height, width] = golden.input;
      const made = classifierOf(source, name);
      if (made === undefined || engine === undefined) throw new RangeError(`no model of ours is ${key}`);
      const model = made.make({ inputSize: [height, width], standardization: none });
      const named = new Map(made.names.entries(model));
      fill(model, made.names);
      const gradientsOf = (values: ReadonlyMap<Weight, Tensor>, images: Tensor4D) => {
        const pass = trainingPass({ statistics: 'batch' });
        const { value, gradients } = valueAndGradients(() => mean<Scalar>(square(model(images, pass))), values);
        return { value, gradients, statistics: pass.updates };
      };
      const onFallback = (reason: string) => expect.fail(reason);
      const fast = compile(gradientsOf, { root: model, target: engine, onFallback });
      const trained = [...weights(model).values()].filter(({ trainable }) => trainable);
      const found = fast(new Map(trained.map((weight) => [weight, weight.read()])), imagesOf(golden.input));

      expect(Math.abs((found.value.dataSync()[0] ?? 0) - golden.losses[0])).toBeLessThan(1e-5 * golden.losses[0]);
      const squares = [...found.gradients.values()].map((of) =>
        of.dataSync<'float32'>().reduce((a, b) => a + b * b, 0),
      );
      const norm = Math.sqrt(squares.reduce((a, b) => a + b, 0));
      expect(Math.abs(norm - golden.gradNorm)).toBeLessThan(1e-4 * golden.gradNorm);

      const there = (of: string, from: ReadonlyMap<Weight, Tensor>) => {
        const entry = named.get(of);
        const values = entry && from.get(entry.weight)?.dataSync<'float32'>();
        if (entry === undefined || values === undefined) throw new RangeError(`${of} has no answer`);
        return toThere(values, entry.layout, entry.weight.shape ?? []);
      };
      for (const [of, { norm, dot, f32, index, value }] of Object.entries(golden.grads)) {
        const values = there(of, found.gradients);
        const weight = probe(values.length);
        const off = Math.max(...index.map((at, k) => Math.abs((values[at] ?? Number.NaN) - (value[k] ?? 0))));
        // Of what a batch norm cancels, as near as the reference's own float32.
        expect(off, of).toBeLessThan(1e-4 * norm + 4 * f32);
        const sum = values.reduce((all, x, i) => all + x * (weight[i] ?? 0), 0) / Math.sqrt(values.length);
        expect(Math.abs(sum - dot), `${of}, all numbers`).toBeLessThan(1e-4 * norm + 4 * f32);
      }
      for (const [of, { f32, index, value }] of Object.entries(golden.statsAfterStep1)) {
        const values = there(of, found.statistics);
        const off = Math.max(...index.map((at, k) => Math.abs((values[at] ?? Number.NaN) - (value[k] ?? 0))));
        expect(off, of).toBeLessThan(4 * f32 + 1e-7);
      }
      fast.dispose();
      dispose(model);
    },
  );
});
