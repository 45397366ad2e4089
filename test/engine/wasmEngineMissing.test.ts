import { cumsum, mul, reverse, setBackend, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeEach, expect, it, vi } from 'vitest';
import { copyBytes } from '../../src/engine/commands/codes.ts';
import type { Lowerings } from '../../src/engine/plan/emit.ts';
import { wasmEngine } from '../../src/engine/wasmEngine.ts';
import { compile } from '../../src/trace/compile.ts';
import { profile } from '../../src/trace/profile.ts';
import { use } from '../ops/backends.ts';

// An engine that lacks a kernel, and one of whose kernels fails.
vi.mock('../../src/engine/lower/lowerings.ts', async (original) => {
  const { lowerings } = await original<{ lowerings: Lowerings }>();
  const { Cumsum: _missing, ...others } = lowerings;
  const failing: Lowerings = {
    Reverse: (node, emit) => {
      emit.make(node.outputs[0] as (typeof node.outputs)[0] & object, 'plain');
      emit.command({ code: copyBytes, name: 'fails', words: [0, -64, 4096] }); // beyond 4 GiB
    },
  };
  return { lowerings: { ...others, ...failing } };
});

beforeEach(() => use('cpu'));
const x = () => tensor1d([1, 2, 3]);
const sums = (of: Tensor) => tidy(() => mul(cumsum(of, 0), 2));

it('names a kernel that the engine lacks once, and runs the function on the current backend', async () => {
  const engine = await wasmEngine({ threads: 1 });
  const heard: string[] = [];
  const fast = compile(sums, { target: engine, label: 'mine', onFallback: (reason) => heard.push(reason) });
  expect([...fast(x()).dataSync()]).toEqual([2, 6, 12]);
  expect([...fast(tensor1d([5])).dataSync()]).toEqual([10]); // another plan
  expect(heard).toEqual(['mine: the engine has no kernel Cumsum; it runs on cpu instead']);
  expect(engine.memory().used).toBe(0);
});

it('warns where nobody hears', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  compile(sums, { target: await wasmEngine({ threads: 1 }) })(x());
  expect(warn.mock.calls).toEqual([['compile: the engine has no kernel Cumsum; it runs on cpu instead']]);
  warn.mockRestore();
});

it('cannot profile what the engine cannot run', async () => {
  const target = await wasmEngine({ threads: 1 });
  expect(() => profile(sums, [x()], { target })).toThrow('the engine has no kernel Cumsum');
});

it.each([1, 2])('says that a kernel failed, and at every later call that it did: %d threads', async (threads) => {
  const engine = await wasmEngine({ threads });
  const double = compile((of: Tensor) => tidy(() => mul(of, 2)), { target: engine });
  const before = double(x());
  const broken = compile((of: Tensor) => reverse(of), { target: engine });
  expect(() => broken(x())).toThrow(/engine: a kernel failed \(.*out of bounds.*\); make another engine/);
  expect(() => double(x())).toThrow(/engine: a kernel failed \(.*out of bounds.*\); make another engine/);
  expect([...before.dataSync()]).toEqual([2, 4, 6]);
  const other = compile((of: Tensor) => tidy(() => mul(of, 2)), { target: await wasmEngine({ threads }) });
  expect([...other(x()).dataSync()]).toEqual([2, 4, 6]);
});

it('runs a fallback on the backend that is current at the call', async () => {
  const fast = compile(sums, { target: await wasmEngine({ threads: 1 }), onFallback: () => undefined });
  expect([...fast(x()).dataSync()]).toEqual([2, 6, 12]);
  await use('wasm');
  expect([...fast(x()).dataSync()]).toEqual([2, 6, 12]);
  await setBackend('cpu');
});
