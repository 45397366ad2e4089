import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  fill,
  grads,
  mul,
  setBackend,
  sum,
  type Tensor,
  type Tensor4D,
  tensor2d,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bind } from '../../src/core/bind.ts';
import { weights } from '../../src/core/block.ts';
import { count } from '../../src/core/model.ts';
import { type BifpnOptions, bifpn } from '../../src/neck/bifpn.ts';
import { bifpnFuse } from '../../src/neck/bifpnFuse.ts';
import { complete } from '../../src/tfjs/abstract.ts';

beforeAll(async () => {
  await setBackend('cpu');
});

type Options = Partial<BifpnOptions<'P3', 'P7' | 'P8', 'C3' | 'C4' | 'C5'>>;
const stages = { C3: [1, 17, 25, 6], C4: [1, 9, 13, 8], C5: [1, 5, 7, 10] };
const made = (options: Options = {}) => {
  const neck = bifpn({ from: 'P3', to: 'P7', channels: 4, cells: 2, ...options });
  return { neck, shapes: complete(neck, stages) };
};

describe('bifpn', () => {
  it('makes levels of half the size each, rounded up, beyond the last stage too', () => {
    expect(made({ to: 'P8' }).shapes).toEqual({
      P3: [1, 17, 25, 4],
      P4: [1, 9, 13, 4],
      P5: [1, 5, 7, 4],
      P6: [1, 3, 4, 4],
      P7: [1, 2, 2, 4],
      P8: [1, 1, 1, 4],
    });
    expect(made({ padding: 'symmetric' }).shapes).toEqual(made().shapes);
  });
  it('has weights for each use of a stage in the first cell, and in no other', () => {
    const projections = [...weights(made().neck).keys()].filter((place) => place.endsWith('project/kernel'));
    expect(projections).toEqual([
      'cells/0/down/P3/project/kernel',
      'cells/0/down/P4/project/kernel',
      'cells/0/down/P5/project/kernel',
      'cells/0/up/P4/project/kernel',
      'cells/0/up/P5/project/kernel',
    ]);
  });
  it('has a bias before each of its batch norms, or none', () => {
    const biases = (options: Options) =>
      [...weights(made(options).neck).keys()].filter((place) => place.endsWith('/bias'));
    expect(biases({})).toHaveLength(1 + 5 + 2 * 8); // P6, five projections, eight nodes a cell
    expect(biases({ bias: false })).toEqual([]);
  });
  it.each([
    ['sum', 0],
    ['fast', 2 * 19], // of a cell: two maps in each of P6' to P3'', three in P4'' to P6'', two in P7''
    ['softmax', 2 * 19],
    ['channelFast', 2 * 19 * 4], // for each of the four channels
    ['channelSoftmax', 2 * 19 * 4],
  ] as const)('%s has its numbers of importance', (fuse, wanted) => {
    const without = count(made({ fuse: 'sum' }).neck).parameters;
    expect(count(made({ fuse }).neck).parameters - without).toBe(wanted);
  });
  it('activates what it has fused as it is told', () => {
    const maps = { C3: [1, 4, 4, 1], C4: [1, 2, 2, 1], C5: [1, 1, 1, 1] };
    const run = (activation: 'relu6' | 'linear') => {
      const neck = bifpn({ from: 'P3', to: 'P5', channels: 1, cells: 1, fuse: 'sum', activation });
      complete(neck, maps);
      // Everything through: each node then gives its sum, activated, over sqrt(1 + epsilon).
      for (const [place, weight] of weights(neck)) {
        if (/depthwise\/kernel$/.test(place)) weight.write(Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0));
        else if (/kernel$/.test(place)) weight.write(Float32Array.of(1));
      }
      return neck({ C3: fill([1, 4, 4, 1], 1), C4: fill([1, 2, 2, 1], 2), C5: fill([1, 1, 1, 1], 5) } as Record<
        'C3' | 'C4' | 'C5',
        Tensor4D
      >).P3.dataSync()[0];
    };
    expect(run('linear')).toBeCloseTo(1 + 2 + 5, 1); // P3'' = C3 + C4 + C5
    expect(run('relu6')).toBeCloseTo(6, 1);
  });
  it('refuses stages that do not follow each other, and no cells', () => {
    expect(() => bifpn({ from: 'P3', to: 'P5', channels: 4, stages: ['C3', 'C5'] })).toThrow(
      'bifpn: stages are C3, C5 and levels P3, P4, P5; stages must start at C3 and follow each other',
    );
    expect(() => bifpn({ from: 'P3', to: 'P5', channels: 4, cells: 0 })).toThrow('bifpn: cells is 0');
  });
});

describe('fusion by channel', () => {
  const maps = [tensor4d([1, 10], [1, 1, 1, 2]), tensor4d([3, 30], [1, 1, 1, 2])];
  /** With importance [[1, 1], [3, -1]]: of the first channel 1 and 3, of the second 1 and -1. */
  const fused = (method: 'channelFast' | 'channelSoftmax') => {
    const join = bifpnFuse(method);
    join(maps);
    for (const weight of weights(join).values()) weight.write(Float32Array.of(1, 1, 3, -1));
    return [...join(maps).dataSync()];
  };
  it('weighs each channel by relu(v) over their sum', () => {
    const [first = 0, second = 0] = fused('channelFast');
    expect(first).toBeCloseTo((1 * 1 + 3 * 3) / (4 + 1e-4), 5);
    expect(second).toBeCloseTo(10 / (1 + 1e-4), 5); // -1 counts nothing
  });
  it('weighs each channel by softmax(v)', () => {
    const [first = 0, second = 0] = fused('channelSoftmax');
    const share = (a: number, b: number) => Math.exp(a) / (Math.exp(a) + Math.exp(b));
    expect(first).toBeCloseTo(share(1, 3) * 1 + share(3, 1) * 3, 5);
    expect(second).toBeCloseTo(share(1, -1) * 10 + share(-1, 1) * 30, 5);
  });
  it.each(['channelFast', 'channelSoftmax'] as const)('%s has the gradient of its finite differences', (method) => {
    const join = bifpnFuse(method);
    join(maps);
    const [weight] = weights(join).values();
    if (weight === undefined) throw new Error('it has no weight');
    const loss = (v: Tensor) => bind(new Map([[weight, v]]), () => sum(mul(join(maps), [[[[1, 2]]]])));
    const numbers = [0.5, 1.5, 0.7, 0.2];
    const at = (values: number[]) => tidy(() => loss(tensorOf(values)).dataSync()[0] ?? Number.NaN);
    const [gradient] = grads((v: Tensor) => loss(v))([tensorOf(numbers)]);
    const step = 1e-2; // float32 sums near 50: errors near 1e-3
    numbers.forEach((number, i) => {
      const moved = (by: number) => at(numbers.map((x, j) => (i === j ? number + by : x)));
      expect(gradient?.dataSync()[i]).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 1);
    });
  });
  it('refuses maps of unlike shapes', () => {
    expect(() => bifpnFuse('channelFast')([fill([1, 2, 2, 1], 1), fill([1, 1, 1, 1], 1)] as Tensor4D[])).toThrow(
      'bifpn: maps to fuse are [1,2,2,1], [1,1,1,1]; they must be alike',
    );
  });
});

const tensorOf = (values: number[]): Tensor => tensor2d(values, [2, 2]);
