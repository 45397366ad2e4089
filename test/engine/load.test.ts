import { describe, expect, it } from 'vitest';
import { type Build, bestBuild, kernelBytes, kernelsOver } from '../../src/engine/load.ts';
import { numbers } from '../ops/cases.ts';

const memory = (shared = false) => new WebAssembly.Memory({ initial: 16, maximum: 65536, shared });
const builds = (['plain', 'relaxed'] as const).map((build) => ({
  build,
  runs: WebAssembly.validate(kernelBytes(build, { shared: false })),
}));
const running = builds.filter(({ runs }) => runs); // Node 20 has no relaxed SIMD

/** Writes arrays from the second page on and gives their addresses. */
function place(buffer: ArrayBufferLike, ...arrays: readonly Float32Array[]): number[] {
  let at = 65536;
  return arrays.map((array) => {
    new Float32Array(buffer, at, array.length).set(array);
    const here = at;
    at += Math.ceil(array.byteLength / 16) * 16;
    return here;
  });
}

describe('the kernels', () => {
  it('take relaxed SIMD where the runtime validates it', () => {
    expect(bestBuild()).toBe(builds[1]?.runs ? 'relaxed' : 'plain');
    expect(builds[0]?.runs).toBe(true);
  });

  it.each(running)('of the $build build say exp(-x) / (1 + exp(-x)) to 2e-7 and no more', ({ build }) => {
    const held = memory();
    const kernels = kernelsOver(held, build);
    const x = Float32Array.from({ length: 401 }, (_, i) => (i - 200) / 10);
    const [from = 0, to = 0] = place(held.buffer, x, x);
    kernels.constants(1024);
    kernels.swish(1024, from, to, x.length);
    const made = new Float32Array(held.buffer, to, x.length);
    // 9.2e-8 of the polynomial, some roundings, and the exponent's: 6e-8 * |x|.
    for (const [i, v] of x.entries()) {
      const exact = v / (1 + Math.exp(-v));
      expect(Math.abs((made[i] ?? Number.NaN) - exact)).toBeLessThanOrEqual(
        Math.abs(exact) * (4e-7 + 1e-7 * Math.abs(v)),
      );
    }
  });

  it.each(running)('of the $build build multiply rows of any length and leave the next numbers alone', ({ build }) => {
    const held = memory();
    const kernels = kernelsOver(held, build);
    const mark = 12345;
    for (const [m, c] of [
      [1, 1],
      [3, 2],
      [2, 3],
      [5, 4],
      [2, 7],
      [3, 9],
    ] as const) {
      const [x, bias] = [numbers([m * c], 'x', m, c), numbers([c], 'bias', c)];
      const [from = 0, added = 0, to = 0] = place(held.buffer, x, bias, new Float32Array(m * c + 4).fill(mark));
      kernels.biasAdd(from, added, to, m, c);
      const made = new Float32Array(held.buffer, to, m * c + 4);
      expect([...made]).toEqual([...x.map((v, i) => v + (bias[i % c] ?? 0)), mark, mark, mark, mark]);
    }
  });

  it('run over a shared memory too', () => {
    const held = memory(true);
    const [from = 0, to = 0] = place(held.buffer, Float32Array.of(1, 2, 3), Float32Array.of(0, 0, 0));
    const build: Build = bestBuild();
    kernelsOver(held, build).scaleBy(from, from + 4, to, 3);
    expect([...new Float32Array(held.buffer, to, 3)]).toEqual([2, 4, 6]);
  });
});
