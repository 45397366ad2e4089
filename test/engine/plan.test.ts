import { add, memory, reshape, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientNetB7 } from '../../src/backbone/efficientNet.ts';
import { conv } from '../../src/block/conv.ts';
import { mbConv } from '../../src/block/mbConv.ts';
import { sequence } from '../../src/block/sequence.ts';
import type { EnginePrepared } from '../../src/engine/run/prepared.ts';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import type { SpecOf } from '../../src/tfjs/abstractContainer.ts';
import { simplify } from '../../src/trace/optimize.ts';
import { trace } from '../../src/trace/trace.ts';
import { use } from '../ops/backends.ts';

describe('a plan', () => {
  let engine: WasmEngine;
  beforeAll(async () => {
    await use('cpu');
    engine = await wasmEngine({ threads: 1 });
  });
  const planOf = <Of extends Tensor>(fn: (x: Of) => unknown, shape: SpecOf<Of>): EnginePrepared =>
    engine.prepare(simplify(trace(fn, shape)));
  /** Columns: what it is, shape, bytes that live, what was fused, where in the model. */
  const lines = (of: EnginePrepared) => of.text().split('\n').slice(0, -1);
  const commands = (of: EnginePrepared) => lines(of).map((line) => line.split(/ {2,}/)[0]);

  it('prints a line a command, and the bytes of its arena and weights', () => {
    const text = planOf(mbConv({ filters: 16, expand: 6, kernel: 3, stride: 1, squeeze: 4 }), [1, 16, 16, 16]).text();
    const [last, ...before] = text.split('\n').toReversed();
    expect(last).toMatch(
      new RegExp(`^${before.length} commands; arena [\\d.]+ [KM]B; \\d+ folded and packed weights, [\\d.]+ [KM]B$`),
    );
    for (const line of before) expect(line).toMatch(/^\S.*\[[\d, ]+\] +[\d.]+ [KM]B/);
  });

  it('fuses bias, activation, depthwise after expansion, squeeze and residual into few commands', () => {
    const block = planOf(mbConv({ filters: 16, expand: 6, kernel: 3, stride: 1, squeeze: 4 }), [1, 16, 16, 16]);
    expect(commands(block).filter((name) => !/^to (plain|blocked)/.test(name ?? '')).length).toBeLessThanOrEqual(4);
    expect(block.text()).toMatch(/residual/);
    expect(block.text()).toMatch(/swish/);
  });

  it('converts layouts only at its borders', () => {
    const blocks = Array.from({ length: 4 }, () => conv({ filters: 16, norm: {}, activation: 'swish' }));
    const found = commands(planOf(sequence(...blocks), [1, 8, 8, 16]));
    expect(found.filter((name) => /^to (plain|blocked)/.test(name ?? ''))).toEqual(['to blocked', 'to plain']);
  });

  it('computes what weights alone make in no command', () => {
    const model = conv({ filters: 8, norm: {} });
    const [once, twice] = [planOf(model, [1, 8, 8, 8]), planOf((x: Tensor4D) => model(x), [1, 8, 8, 8])];
    expect(lines(once)).toHaveLength(3); // to blocked, conv, to plain
    expect(twice.planned).toEqual(once.planned);
  });

  it('does not move what a reshape gives', () => {
    const found = lines(planOf((x: Tensor) => tidy(() => reshape(add(reshape(x, [4, 6]), 1), [2, 12])), [24]));
    expect(found).toHaveLength(1);
  });

  it('needs an arena for what lives at the same time alone', () => {
    const layers = (count: number) =>
      planOf(sequence(...Array.from({ length: count }, () => conv({ filters: 32 }))), [1, 32, 32, 32]).planned.arena;
    expect(layers(8)).toBe(layers(4));
  });

  it('grows with pixels in a straight line, weights not at all', () => {
    const model = sequence(conv({ filters: 16, kernel: 1, activation: 'swish' }), conv({ filters: 16, kernel: 1 }));
    const [one, four] = [32, 64].map((side) => planOf(model, [1, side, side, 16]).planned);
    expect(four?.weights).toBe(one?.weights);
    expect((four?.arena ?? 0) / (one?.arena ?? 1)).toBeLessThan(4.05);
  });

  it('of B7 at 600 makes no tensor', () => {
    const before = memory().numTensors;
    const { planned } = planOf(efficientNetB7(), [1, 600, 600, 3]);
    expect(planned.arena).toBeLessThan(150 * 2 ** 20);
    expect(memory().numTensors).toBe(before);
    expect(engine.memory().used).toBe(0);
  });
});
