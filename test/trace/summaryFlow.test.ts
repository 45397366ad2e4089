import '@tensorflow/tfjs-backend-cpu';
import {
  add,
  concat,
  conv2d,
  fill,
  image,
  matMul,
  maxPool,
  mean,
  mul,
  relu,
  reshape,
  sigmoid,
  softmax,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { conv, separableConv } from '../../src/block/conv.ts';
import { fuse } from '../../src/block/fuse.ts';
import { sequence } from '../../src/block/sequence.ts';
import { upsample } from '../../src/block/upsample.ts';
import { block } from '../../src/core/block.ts';
import { type Flow, summary } from '../../src/trace/summary.ts';

/** A flow in words: stations, then who gives to whom. */
function told({ nodes, edges }: Flow) {
  const name = (i: number) => nodes[i]?.name || nodes[i]?.steps.join(', ');
  return {
    stations: nodes.map(({ kind, name, steps }) => [kind, name, ...steps].filter(Boolean).join(' ')),
    ways: edges.map(({ from, to, steps }) => [name(from), '->', name(to), ...steps].join(' ')),
  };
}
const flow = <In extends Tensor>(run: (x: In) => unknown, shape = [1, 32, 32, 3]) =>
  told(summary<Tensor, unknown>(run as (x: Tensor) => unknown, shape).flow);
const filters = (x: Tensor4D, count: number, kernel = 3): Tensor4D => fill([kernel, kernel, x.shape[3], count], 1);
const plain = (x: Tensor4D, count: number, stride = 1) =>
  relu(conv2d(x, filters(x, count), stride, 'same')) as Tensor4D;

describe('the flow of a summary', () => {
  it('has a station for each block that makes one map of one, however much is in it', () => {
    const stem = conv({ filters: 4, kernel: 3, stride: 2, norm: {}, activation: 'swish' });
    const stage = sequence(conv({ filters: 4, kernel: 3 }), conv({ filters: 4, kernel: 3 }));
    const model = block({ stem, stage }, (x: Tensor4D) => stage(stem(x)));
    expect(flow(model)).toEqual({
      stations: ['input input', 'block stem conv 3x3', 'block stage 2 conv 3x3', 'output output'],
      ways: ['input -> stem', 'stem -> stage', 'stage -> output'],
    });
    const { nodes, levels } = summary(model, [1, 32, 32, 3]).flow;
    expect(nodes[2]).toMatchObject({
      place: 'stage',
      shape: [1, 16, 16, 4],
      weights: 2 * (9 * 4 * 4 + 4),
      macs: 2 * 16 * 16 * 9 * 4 * 4,
    });
    expect(levels).toEqual([]);
  });

  it('opens a block that gives several maps, and counts the numbered blocks of one that it keeps', () => {
    const stages = [1, 2].map(() => [conv({ filters: 4, kernel: 3, stride: 2 }), conv({ filters: 4 })]);
    const backbone = block({ first: stages[0], second: stages[1] }, (x: Tensor4D) => {
      const C1 = stages[0]?.reduce((y, step) => step(y), x) ?? x;
      const C2 = stages[1]?.reduce((y, step) => step(y), C1) ?? x;
      return { C1, C2 };
    });
    const { nodes, levels } = summary(
      block({ backbone }, (x: Tensor4D) => backbone(x)),
      [1, 32, 32, 3],
    ).flow;
    expect(nodes.map(({ place, blocks }) => [place, blocks])).toEqual([
      ['', 0],
      ['backbone/first', 2],
      ['backbone/second', 2],
      ['', 0],
      ['', 0],
    ]);
    expect(levels.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['C1', 1, 16, 16, 4],
      ['C2', 1, 8, 8, 4],
    ]);
  });

  it('shows a fusion with what happens to each of its maps before, and to their sum after', () => {
    const [fine, coarse] = [conv({ filters: 8, kernel: 3 }), conv({ filters: 4, kernel: 3, stride: 2 })];
    const [reduce, up, join, refine] = [
      conv({ filters: 8 }),
      upsample({ method: 'bilinear' }),
      fuse({ method: 'fast' }),
      separableConv({ filters: 8 }),
    ];
    const node = block({ reduce, up, join, refine }, (maps: { a: Tensor4D; b: Tensor4D }) =>
      refine(join([maps.a, up(reduce(maps.b))])),
    );
    const model = block({ fine, coarse, node }, (x: Tensor4D) => {
      const a = fine(x);
      const b = coarse(a);
      return { P1: node({ a, b }), P2: b };
    });
    expect(flow(model)).toEqual({
      stations: [
        'input input',
        'block fine conv 3x3',
        'block coarse conv 3x3',
        'fusion node weighted sum separable 3x3',
        'output P1',
        'output P2',
      ],
      ways: [
        'input -> fine',
        'fine -> coarse',
        'coarse -> node conv 1x1 bilinear x2',
        'fine -> node',
        'node -> P1',
        'coarse -> P2',
      ],
    });
  });

  it('puts what has no weights on the way, unless it is a new size of map that several read', () => {
    const [a, b] = [conv({ filters: 4, kernel: 3 }), conv({ filters: 4, kernel: 3 })];
    const model = block({ a, b }, (x: Tensor4D) => {
      const pooled = maxPool(mul<Tensor4D>(x, 2), 2, 2, 'same');
      return [a(pooled), b(pooled), a(maxPool(x, 4, 4, 'same'))];
    });
    expect(flow(model)).toEqual({
      stations: [
        'input input',
        'step max pool 2x2',
        'block a conv 3x3',
        'block b conv 3x3',
        'block a conv 3x3',
        'output 0',
        'output 1',
        'output 2',
      ],
      ways: [
        'input -> max pool 2x2',
        'max pool 2x2 -> a',
        'max pool 2x2 -> b',
        'input -> a max pool 4x4',
        'a -> 0',
        'b -> 1',
        'a -> 2',
      ],
    });
  });

  it('tells the uses of a block that several levels share apart', () => {
    const shared = sequence(conv({ filters: 4, kernel: 3 }), conv({ filters: 2, kernel: 3 }));
    const head = block({ shared }, (maps: readonly Tensor4D[]) =>
      concat(
        maps.map((map) => reshape(shared(map), [1, -1, 2])),
        1,
      ),
    );
    const { stations, ways } = flow(block({ head }, (x: Tensor4D) => head([x, maxPool(x, 2, 2, 'same')])));
    expect(stations).toEqual(['input input', 'block shared 2 conv 3x3', 'block shared 2 conv 3x3', 'output output']);
    expect(ways).toEqual([
      'input -> shared',
      'input -> shared max pool 2x2',
      'shared -> output concat',
      'shared -> output concat',
    ]);
  });

  it('makes few stations of kernels without blocks: one for each size, branches that meet again within it', () => {
    const excite = (x: Tensor4D) =>
      mul<Tensor4D>(x, sigmoid(conv2d(mean<Tensor4D>(x, [1, 2], true), filters(x, x.shape[3], 1), 1, 'same')));
    const residual = (x: Tensor4D) => add<Tensor4D>(excite(plain(plain(x, x.shape[3]), x.shape[3])), x);
    const run = (x: Tensor4D) => {
      const y = residual(plain(residual(plain(x, 4, 2)), 8, 2));
      return softmax(matMul(mean(y, [1, 2]) as Tensor2D, fill([8, 3], 1) as Tensor2D));
    };
    const { stations } = flow(run);
    expect(stations).toHaveLength(5); // input, 16x16, 8x8, classes, output
    expect(stations[1]).toBe('block 3 conv 3x3 conv 1x1 sum');
    expect(stations[3]).toBe('block dense softmax');
  });

  it('shows the fusions of a net with a way back to fine maps, without blocks', () => {
    const run = (x: Tensor4D) => {
      const fine = plain(x, 4);
      const coarse = plain(fine, 8, 2);
      return plain(concat([image.resizeBilinear(coarse, [32, 32]), fine], 3), 2);
    };
    const { ways } = flow(run);
    expect(ways.filter((way) => way.includes('concat'))).toHaveLength(3); // fine and coarse into it, and its result
    expect(ways.filter((way) => way.endsWith('bilinear x2'))).toHaveLength(1);
  });

  it('makes few stations of a long list of blocks', () => {
    const layers = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [
        `layer${i}`,
        conv({ filters: 4, kernel: 3, stride: i % 10 === 0 ? 2 : 1 }),
      ]),
    );
    const backbone = block(layers, (x: Tensor4D) => {
      const maps: Tensor4D[] = [];
      for (const layer of Object.values(layers)) maps.push(layer(maps.at(-1) ?? x));
      return { C1: maps[9], C2: maps[19], C3: maps[29] };
    });
    const { nodes } = summary<Tensor4D, unknown>(
      block({ backbone }, (x: Tensor4D) => backbone(x)),
      [1, 64, 64, 3],
    ).flow;
    expect(nodes.slice(1, 4).map(({ name, blocks }) => [name, blocks])).toEqual([
      ['layer0 to layer9', 10],
      ['layer10 to layer19', 10],
      ['layer20 to layer29', 10],
    ]);
  });

  it('follows several inputs, and what goes through untouched', () => {
    const run = ({ a, b }: { a: Tensor4D; b: Tensor4D }) => ({ sum: add(plain(a, 2), plain(b, 2)), same: b });
    const { stations, ways } = told(summary(run, { a: [1, 8, 8, 3], b: [1, 8, 8, 1] }).flow);
    expect(stations.slice(0, 2)).toEqual(['input a', 'input b']);
    expect(ways.at(-1)).toBe('b -> same');
    expect(stations.filter((station) => station.startsWith('fusion'))).toEqual(['fusion sum']);
  });
});
