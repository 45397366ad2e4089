import { add, mul, relu, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { wasmEngine } from '../../src/engine/wasmEngine.ts';
import { compile } from '../../src/trace/compile.ts';
import { use } from '../ops/backends.ts';

beforeAll(() => use('cpu'));

it('runs a function as it is', async () => {
  const engine = await wasmEngine({ threads: 1 });
  const fn = (x: Tensor2D, y: Tensor2D) => tidy(() => relu(add(mul(x, y), x)));
  const fast = compile(fn, { target: engine });
  const [x, y] = [
    tensor2d([
      [1, -2],
      [3, 4],
    ]),
    tensor2d([
      [2, 2],
      [-3, 1],
    ]),
  ];
  expect([...fast(x, y).dataSync()]).toEqual([...fn(x, y).dataSync()]);
});
