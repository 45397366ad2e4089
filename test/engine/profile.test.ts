import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { mbConv } from '../../src/block/mbConv.ts';
import { settle } from '../../src/core/model.ts';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import { simplify } from '../../src/trace/optimize.ts';
import { type Profile, profile } from '../../src/trace/profile.ts';
import { trace } from '../../src/trace/trace.ts';
import { use } from '../ops/backends.ts';
import { mapOf } from '../trace/numbers.ts';

describe('profile', () => {
  let engine: WasmEngine;
  let found: Profile;
  const model = mbConv({ filters: 16, expand: 6, kernel: 3, stride: 1, squeeze: 4 });
  const x = mapOf([1, 16, 16, 16]);
  beforeAll(async () => {
    await use('cpu');
    engine = await wasmEngine({ threads: 1 });
    settle(model, 1);
    found = profile(model, [x], { target: engine, rounds: 3 });
  });
  /** Rows of the table by kind of command: name, count, milliseconds, share, and Gop/s and MB where they are known. */
  const rows = () => {
    const [, ...lines] = found.text.slice(0, found.text.indexOf('\n\n')).split('\n');
    return lines.map((line) => ({
      name: line.slice(0, line.search(/ {2,}\d/)),
      numbers: [...line.slice(line.search(/ {2,}\d/)).matchAll(/[\d.]+/g)].map(([n]) => Number(n)),
      line,
    }));
  };

  it('gives every command of the plan, with its place, in order', () => {
    const text = engine
      .prepare(simplify(trace(model, x.shape)))
      .text()
      .split('\n')
      .slice(0, -1);
    expect(found.commands.map(({ name }) => name)).toEqual(text.map((line) => line.split(/ {2,}/)[0]));
    expect(found.commands.every(({ milliseconds }) => milliseconds >= 0 && milliseconds < 1000)).toBe(true);
    expect(found.commands.some(({ place }) => place.includes('project'))).toBe(true);
    expect(found.milliseconds).toBeCloseTo(
      found.commands.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
      9,
    );
  });

  it('counts the multiply-adds of the function, once each', () => {
    const cells = 16 * 16;
    const products = cells * 16 * 96 + cells * 9 * 96 + cells * 96 * 16; // expand, depthwise, project
    const squeezed = 2 * 96 * 4; // down to 4 and up again, of 1 cell
    const counted = found.commands.reduce((sum, { madds = 0 }) => sum + madds, 0);
    expect(counted).toBeGreaterThanOrEqual(products);
    expect(counted).toBeLessThanOrEqual(products + squeezed + cells * 96);
  });

  it('has a table whose shares are of the whole, with billions of operations a second and bytes', () => {
    expect(found.text.split('\n')[0]).toMatch(/^ +count +ms +share +Gop\/s +MB$/);
    const all = rows();
    const total = all.pop();
    expect(total?.name).toBe('all');
    expect(total?.line).toMatch(/ 100\.0 % /);
    const [count, , , rate] = total?.numbers ?? [];
    expect(count).toBe(found.commands.length);
    expect(rate).toBeGreaterThan(0.01);
    const shares = all.map(({ numbers }) => numbers[2] ?? Number.NaN);
    expect(Math.abs(shares.reduce((a, b) => a + b, 0) - 100)).toBeLessThanOrEqual(0.05 * shares.length + 0.01); // rounded to a tenth
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect(all.reduce((sum, { numbers }) => sum + (numbers[0] ?? 0), 0)).toBe(found.commands.length);
  });

  it('names the slowest commands with their shapes and places', () => {
    const slowest = found.text.slice(found.text.indexOf('The slowest:')).split('\n').slice(1);
    expect(slowest).toHaveLength(Math.min(12, found.commands.length));
    expect(slowest.some((line) => line.includes('[1,16,16,16]') && line.includes('project'))).toBe(true);
  });

  it('gives back what it took', () => {
    const before = engine.memory().used;
    profile((of: Tensor4D) => tidy(() => model(of)), [x], { target: engine, root: model, rounds: 1 });
    expect(engine.memory().used).toBe(before);
  });

  it.each([0, 1.5, Number.NaN])('refuses %d rounds', (rounds) => {
    expect(() => profile(model, [x], { target: engine, rounds })).toThrow(
      `profile: rounds is ${rounds}; it must be a whole number of at least 1`,
    );
  });
});
