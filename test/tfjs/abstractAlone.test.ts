import { engine, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { mbConv } from '../../src/block/mbConv.ts';
import { abstractly, complete } from '../../src/tfjs/abstract.ts';

describe('where no backend is registered', () => {
  it('computes shapes all the same, and registers none', () => {
    expect(complete(mbConv({ filters: 8, stride: 2 }), [1, 16, 16, 4])).toEqual([1, 8, 8, 8]);
    expect(engine().backendNames()).toEqual([]);
  });

  it('reads constants, and says of sums of them what is missing', () => {
    const read = (of: (x: Tensor) => Tensor) => abstractly({ label: 'test' }, () => of(tensor1d([1, 2])).arraySync());
    expect(read((x) => x)).toEqual([1, 2]);
    expect(() => read((x) => x.clone())).toThrow('test: No backend found in registry.');
  });
});
