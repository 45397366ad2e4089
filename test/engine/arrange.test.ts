import { describe, expect, it } from 'vitest';
import { arrangeLowerings } from '../../src/engine/lower/arrange.ts';
import { constantLowerings } from '../../src/engine/lower/constant.ts';
import { indexLowerings } from '../../src/engine/lower/indexRows.ts';
import { drawing, expectAsCpu } from './plainRun.ts';

const layouts = ['plain', 'blocked'] as const;

describe('arrangements', () => {
  it.each(layouts)('concatenate and split %s maps along every axis, of any channels', (layout) => {
    const { floats } = drawing('concat', layout);
    for (const channels of [
      [3, 7],
      [8, 16],
      [8, 16, 5],
      [9, 8],
      [1, 1],
    ])
      for (const other of ['plain', layout] as const)
        expectAsCpu(
          arrangeLowerings,
          'Concat',
          channels.map((c, i) => floats([2, 3, 2, c], 1, i ? other : layout)),
          { axis: 3 },
        );
    for (const c of [3, 8, 9])
      for (const axis of [0, 1, 2, -2])
        expectAsCpu(
          arrangeLowerings,
          'Concat',
          [1, 3].map((side) => floats([2, 3, 2, c].with(axis, side), 1, layout)),
          { axis },
        );
    for (const sizes of [
      [8, 8],
      [16, 3],
      [3, 5],
      [8, 16, 8],
    ])
      expectAsCpu(
        arrangeLowerings,
        'SplitV',
        { x: floats([2, 3, 2, sizes.reduce((a, b) => a + b)], 1, layout) },
        { numOrSizeSplits: sizes, axis: 3 },
      );
    for (const axis of [0, 1, 2]) {
      expectAsCpu(arrangeLowerings, 'SplitV', { x: floats([4, 4, 4, 9], 1, layout) }, { numOrSizeSplits: 2, axis });
      expectAsCpu(arrangeLowerings, 'Unpack', { value: floats([2, 3, 2, 9], 1, layout) }, { axis });
    }
  });
  it('splits blocked maps at whole groups without a copy', () => {
    const { floats } = drawing('views');
    const ran = expectAsCpu(
      arrangeLowerings,
      'SplitV',
      { x: floats([1, 3, 3, 24], 1, 'blocked') },
      { numOrSizeSplits: [8, 16], axis: 3 },
    );
    expect(ran.map(({ name }) => name)).toEqual(['to plain', 'to plain']); // of the results, to be looked at
  });
  it('concatenates blocked maps of ragged channels by one command each', () => {
    const { floats } = drawing('ragged');
    const ran = expectAsCpu(
      arrangeLowerings,
      'Concat',
      [3, 9].map((c) => floats([2, 3, 3, c], 1, 'blocked')),
      { axis: 3 },
    );
    expect(ran.map(({ name }) => name)).toEqual(['concat', 'concat']);
  });
  it.each(layouts)('pad, mirror, reverse and slice %s maps', (layout) => {
    const { floats, int } = drawing('boxes', layout);
    for (const c of [1, 3, 8, 9, 16]) {
      const x = floats([2, 5, 4, c], 1, layout);
      expectAsCpu(
        arrangeLowerings,
        'PadV2',
        { x },
        {
          paddings: [
            [0, 0],
            [1, 2],
            [3, 0],
            [0, 0],
          ],
          constantValue: 0.5,
        },
      );
      expectAsCpu(
        arrangeLowerings,
        'PadV2',
        { x },
        {
          paddings: [
            [1, 0],
            [0, 0],
            [0, 0],
            [0, 3],
          ],
          constantValue: 0,
        },
      );
      for (const mode of ['reflect', 'symmetric'])
        expectAsCpu(
          arrangeLowerings,
          'MirrorPad',
          { x },
          {
            paddings: [
              [0, 0],
              [2, 1],
              [0, 3],
              [0, 0],
            ],
            mode,
          },
        );
      for (const dims of [[1], [-1], [0, 2], [1, 2]]) expectAsCpu(arrangeLowerings, 'Reverse', { x }, { dims });
      expectAsCpu(arrangeLowerings, 'Reverse', { x }, {}); // every axis
      for (let i = 0; i < 4; i++) {
        const begin = x.shape.map((side) => int(0, side - 1));
        expectAsCpu(
          arrangeLowerings,
          'Slice',
          { x },
          { begin, size: x.shape.map((side, k) => int(1, side - (begin[k] ?? 0))) },
        );
      }
      expectAsCpu(arrangeLowerings, 'Slice', { x }, { begin: [0, 1, 0, 0], size: [2, 3, 4, c] });
      expectAsCpu(arrangeLowerings, 'Slice', { x }, { begin: [1, 0, 0, 0], size: [1, 5, 4, c] });
    }
  });
  it('slice with steps, masks, an ellipsis and new axes', () => {
    const { floats } = drawing('strided');
    const none = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };
    const x = floats([4, 5, 6]);
    const cases = [
      { begin: [0, 1, 2], end: [4, 5, 6], strides: [2, 3, 1] },
      { begin: [3, -1, 4], end: [0, 0, -7], strides: [-1, -2, -3] },
      { begin: [1, 0, 0], end: [2, 3, 6], strides: [1, 1, 1], shrinkAxisMask: 1 },
      { begin: [1, 0, 0], end: [2, 3, 6], strides: [1, 1, 2] },
      { begin: [0, 2, 0], end: [0, 0, 0], strides: [1, 1, 1], beginMask: 1, endMask: 7 },
      { begin: [0, 1], end: [0, 3], strides: [1, 1], ellipsisMask: 1 },
      { begin: [0, 0, 1], end: [0, 0, 3], strides: [1, 1, 1], newAxisMask: 1, endMask: 2 },
      { begin: [-1, 0, 0], end: [0, 5, 6], strides: [1, 1, 1], shrinkAxisMask: 1 },
    ];
    for (const attrs of cases) expectAsCpu(arrangeLowerings, 'StridedSlice', { x }, { ...none, ...attrs });
    // tfjs's cpu kernel takes the steps of the wrong axes where one goes and another has a step; as TensorFlow:
    const at = (row: number, column: number) => x.numbers[30 + 6 * row + column] ?? 0; // of x[1]
    const rows = [0, 1, 2].flatMap((row) => [at(row, 0), at(row, 2), at(row, 4)]);
    const attrs = { ...none, begin: [1, 0, 0], end: [2, 3, 6], strides: [1, 1, 2], shrinkAxisMask: 1 };
    expectAsCpu(arrangeLowerings, 'StridedSlice', { x }, attrs, { instead: [rows] });
  });
  it('transpose any axes of any sides', () => {
    const { floats, int, pick, next } = drawing('transpose');
    for (let i = 0; i < 24; i++) {
      const shape = Array.from({ length: int(2, 5) }, () => pick(1, 2, 3, 4, 5, 9, 17));
      const perm = shape
        .map((_, k) => [next(), k] as const)
        .sort(([a], [b]) => a - b)
        .map(([, k]) => k);
      expectAsCpu(arrangeLowerings, 'Transpose', { x: floats(shape) }, { perm });
    }
    expectAsCpu(arrangeLowerings, 'Transpose', { x: floats([37, 53]) }, { perm: [1, 0] });
  });
  it('tile, stack, reshape and add axes', () => {
    const { floats, ints } = drawing('tile');
    expectAsCpu(arrangeLowerings, 'Tile', { x: floats([2, 1, 3]) }, { reps: [2, 4, 3] });
    expectAsCpu(arrangeLowerings, 'Tile', { x: ints([5]) }, { reps: [3] });
    for (const axis of [0, 1, 2]) expectAsCpu(arrangeLowerings, 'Pack', [floats([3, 4]), floats([3, 4])], { axis });
    for (const layout of layouts) {
      expectAsCpu(arrangeLowerings, 'Reshape', { x: floats([2, 3, 4, 9], 1, layout) }, { shape: [2, 12, 9] });
      expectAsCpu(arrangeLowerings, 'Reshape', { x: floats([2, 3, 4, 9], 1, layout) }, { shape: [1, 6, 4, 9] });
      expectAsCpu(arrangeLowerings, 'Reshape', { x: floats([2, 3, 4, 9], 1, layout) }, { shape: [216] });
      expectAsCpu(arrangeLowerings, 'ExpandDims', { input: floats([2, 3, 4, 9], 1, layout) }, { dim: 1 });
    }
  });
  it('move space to depth and to batch and back', () => {
    const { floats } = drawing('space');
    expectAsCpu(arrangeLowerings, 'DepthToSpace', { x: floats([2, 3, 2, 12]) }, { blockSize: 2, dataFormat: 'NHWC' });
    for (const paddings of [
      [
        [0, 0],
        [0, 0],
      ],
      [
        [1, 1],
        [2, 0],
      ],
      [
        [0, 2],
        [1, 1],
      ],
    ])
      expectAsCpu(arrangeLowerings, 'SpaceToBatchND', { x: floats([2, 4, 6, 3]) }, { blockShape: [2, 2], paddings });
    for (const crops of [
      [
        [0, 0],
        [0, 0],
      ],
      [
        [1, 1],
        [2, 0],
      ],
      [
        [0, 3],
        [1, 1],
      ],
    ])
      expectAsCpu(arrangeLowerings, 'BatchToSpaceND', { x: floats([12, 4, 3, 5]) }, { blockShape: [2, 3], crops });
  });
});

describe('constants', () => {
  it('are known, or written in each run where they are many', () => {
    for (const shape of [
      [3, 4],
      [50, 50],
    ]) {
      expectAsCpu(constantLowerings, 'Fill', [], { shape, value: 2.5, dtype: 'float32' });
      expectAsCpu(constantLowerings, 'ZerosLike', { x: drawing('zeros').floats(shape) }, {});
      expectAsCpu(constantLowerings, 'OnesLike', { x: drawing('ones').ints(shape) }, {});
    }
    expectAsCpu(constantLowerings, 'Range', {}, { start: 2, stop: 9, step: 2, dtype: 'int32' });
    expectAsCpu(constantLowerings, 'LinSpace', {}, { start: 0, stop: 1, num: 7 }, { of: 1e-7 }); // tfjs adds steps of float32
  });
});

describe('rows by indices', () => {
  it('gather along any axis, with batches', () => {
    const { floats, ints } = drawing('gather');
    for (const axis of [0, 1, 2])
      expectAsCpu(
        indexLowerings,
        'GatherV2',
        { x: floats([4, 5, 9]), indices: ints([2, 3], 0, 3) },
        { axis, batchDims: 0 },
      );
    expectAsCpu(
      indexLowerings,
      'GatherV2',
      { x: floats([2, 7, 4]), indices: ints([2, 3], 0, 6) },
      { axis: 1, batchDims: 1 },
    );
    expectAsCpu(
      indexLowerings,
      'GatherV2',
      { x: floats([2, 7]), indices: ints([2, 3], 0, 6) },
      { axis: 1, batchDims: 1 },
    );
    expectAsCpu(indexLowerings, 'GatherNd', { params: floats([4, 5, 9]), indices: ints([3, 2], 0, 3) }, {});
    expectAsCpu(indexLowerings, 'GatherNd', { params: floats([4, 5]), indices: ints([2, 3, 2], 0, 3) }, {});
  });
  it('add and write rows in the order of their updates', () => {
    const { floats, ints } = drawing('scatter');
    expectAsCpu(
      indexLowerings,
      'UnsortedSegmentSum',
      { x: floats([9, 5]), segmentIds: ints([9], -1, 4) },
      { numSegments: 4 },
      { of: 2e-7 },
    );
    expectAsCpu(
      indexLowerings,
      'UnsortedSegmentSum',
      { x: floats([9]), segmentIds: ints([9], 0, 3) },
      { numSegments: 4 },
      { of: 2e-7 },
    );
    expectAsCpu(
      indexLowerings,
      'ScatterNd',
      { indices: ints([6, 2], 0, 2), updates: floats([6, 4]) },
      { shape: [3, 3, 4] },
      { of: 2e-7 },
    );
    expectAsCpu(indexLowerings, 'ScatterNd', { indices: ints([6, 1], 0, 2), updates: ints([6]) }, { shape: [3] });
    const sparse = {
      sparseIndices: { shape: [3, 2], dtype: 'int32', numbers: [0, 1, 2, 0, 2, 2] } as const,
      defaultValue: floats([]),
    };
    expectAsCpu(indexLowerings, 'SparseToDense', { ...sparse, sparseValues: floats([3]) }, { outputShape: [3, 4] });
  });
  it('are one where the index is, and off elsewhere', () => {
    const { ints } = drawing('hot');
    expectAsCpu(
      indexLowerings,
      'OneHot',
      { indices: ints([3, 4], -1, 5) },
      { depth: 5, onValue: 2, offValue: -1, dtype: 'float32' },
    );
    expectAsCpu(
      indexLowerings,
      'OneHot',
      { indices: ints([7], 0, 4) },
      { depth: 5, onValue: 1, offValue: 0, dtype: 'int32' },
    );
  });
});
