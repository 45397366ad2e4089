import type { Node, Value } from '../../trace/graph.ts';
import { type Emit, type Layout, type Lowering, type Lowerings, product } from '../plan/emit.ts';
import { joinLowerings, onlyBlocked, takeBox } from './arrangeJoin.ts';
import { type AxisCopy, copyBox, emitMove, groupsOf, rowMajor, whole } from './arrangeMove.ts';
import { stridedSlice } from './arrangeStrided.ts';
import { axesIn, inputOf, listIn, numberIn, numbersIn, outputOf, pairsIn, placeOf } from './attributes.ts';
import { emitFill, wordOf } from './constant.ts';

/** The same numbers with other sides: no command, unless a blocked map loses its channels' axis. */
const reshape: Lowering = (node, emit) => {
  const [x, result] = [inputOf(node), outputOf(node)];
  const staysMap = result.shape.length === 4 && x.shape.length === 4 && result.shape[3] === x.shape[3];
  const layouts: readonly Layout[] = staysMap ? emit.layouts(x) : ['plain'];
  for (const layout of layouts.length > 0 ? layouts : (['plain'] as const))
    emit.alias(result, layout, emit.read(x, layout));
};

/** A layout in which boxes of both can be copied: blocked where x is so alone and no group of channels is cut. */
function boxLayout(x: Value, result: Value, channels: AxisCopy | undefined, emit: Emit): Layout {
  const maps = x.shape.length === 4 && result.shape.length === 4 && x.dtype === 'float32';
  const fits = maps && groupsOf(channels, result.shape[3] ?? 0) !== undefined;
  return fits && onlyBlocked(x, emit) ? 'blocked' : 'plain';
}

/** One box of x to one box of the result. */
function box(name: string, node: Node, axes: readonly AxisCopy[], emit: Emit, before?: number): void {
  const [x, result] = [inputOf(node), outputOf(node)];
  const layout = boxLayout(x, result, axes[3], emit);
  const at = emit.make(result, layout);
  if (before !== undefined) {
    const lanes = layout === 'blocked' ? 8 * Math.ceil((result.shape[3] ?? 0) / 8) : (result.shape.at(-1) ?? 1);
    emitFill(at, product(result.shape.slice(0, -1)) * lanes, wordOf(before, result.dtype), emit);
  }
  copyBox(name, layout, { at: emit.read(x, layout), shape: x.shape }, { at, shape: result.shape }, axes, emit);
}

const pad: Lowering = (node, emit) => {
  const x = inputOf(node);
  const pads = pairsIn(node, 'paddings');
  const axes = x.shape.map((side, i) => ({ ...whole(side), to: pads[i]?.[0] ?? 0 }));
  box('pad', node, axes, emit, numberIn(node, 'constantValue', 0));
};

/** Boxes of an axis that is mirrored at both ends. */
function mirrored(side: number, [before, after]: readonly [number, number], edge: 0 | 1): readonly AxisCopy[] {
  return [
    { count: before, from: before - 1 + edge, step: -1, to: 0, toStep: 1 },
    { ...whole(side), to: before },
    { count: after, from: side - 1 - edge, step: -1, to: before + side, toStep: 1 },
  ].filter(({ count }) => count > 0);
}

const mirrorPad: Lowering = (node, emit) => {
  const [x, result] = [inputOf(node), outputOf(node)];
  const edge = node.attrs.mode === 'reflect' ? 1 : 0;
  const pads = pairsIn(node, 'paddings');
  const boxes = x.shape
    .map((side, i) => mirrored(side, pads[i] ?? [0, 0], edge))
    .reduce<readonly (readonly AxisCopy[])[]>(
      (all, axis) => all.flatMap((one) => axis.map((copy) => [...one, copy])),
      [[]],
    );
  const at = emit.make(result, 'plain');
  const from = { at: emit.read(x, 'plain'), shape: x.shape };
  for (const axes of boxes) copyBox('mirror pad', 'plain', from, { at, shape: result.shape }, axes, emit);
};

const reverse: Lowering = (node, emit) => {
  const x = inputOf(node);
  const dims = node.op === 'FlipLeftRight' ? [2] : (numbersIn(node, 'dims') ?? x.shape.map((_, axis) => axis));
  const axes = axesIn(node, dims, x.shape.length);
  const flip = (side: number): AxisCopy => ({ ...whole(side), from: side - 1, step: -1 });
  box(
    'reverse',
    node,
    x.shape.map((side, i) => (axes.includes(i) ? flip(side) : whole(side))),
    emit,
  );
};

const slice: Lowering = (node, emit) => {
  const [x, result] = [inputOf(node), outputOf(node)];
  const begin = listIn(node, 'begin');
  takeBox(
    'slice',
    x,
    result,
    x.shape.map((_, i) => begin[i] ?? 0),
    result.shape,
    emit,
  );
};

const transpose: Lowering = (node, emit) => {
  const [x, result] = [inputOf(node), outputOf(node)];
  const perm = listIn(node, 'perm');
  const moved = perm.filter((axis) => x.shape[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? 0))) {
    emit.alias(result, 'plain', emit.read(x, 'plain')); // only sides of 1 change places
    return;
  }
  const strides = rowMajor(x.shape);
  const from = { at: emit.read(x, 'plain'), strides: perm.map((axis) => strides[axis] ?? 0) };
  emitMove('transpose', result.shape, from, { at: emit.make(result, 'plain'), strides: rowMajor(result.shape) }, emit);
};

/** x again and again along each axis, or along axes of 1. */
const tile: Lowering = (node, emit) => {
  const [x, result] = [inputOf(node), outputOf(node)];
  const own = [...Array.from({ length: result.shape.length - x.shape.length }, () => 1), ...x.shape];
  const reps = result.shape.map((side, i) => (own[i] ? side / (own[i] ?? 1) : 0));
  const strides = rowMajor(own);
  emitMove(
    'tile',
    own.flatMap((side, i) => [reps[i] ?? 1, side]),
    { at: emit.read(x, 'plain'), strides: strides.flatMap((stride) => [0, stride]) },
    { at: emit.make(result, 'plain'), strides: rowMajor(own.flatMap((side, i) => [reps[i] ?? 1, side])) },
    emit,
  );
};

/** [b, h, w, n * n * c] -> [b, h * n, w * n, c]. */
const depthToSpace: Lowering = (node, emit) => {
  const [x, result] = [inputOf(node), outputOf(node)];
  const n = numberIn(node, 'blockSize');
  if (node.attrs.dataFormat === 'NCHW') throw new RangeError(`engine: ${placeOf(node)}: NCHW; only NHWC is known`);
  const [b = 0, h = 0, w = 0] = x.shape;
  const c = result.shape[3] ?? 0;
  const strides = rowMajor([b, h, w, n, n, c]);
  const sides = [b, h, n, w, n, c];
  const from = { at: emit.read(x, 'plain'), strides: [0, 1, 3, 2, 4, 5].map((axis) => strides[axis] ?? 0) };
  emitMove('depth to space', sides, from, { at: emit.make(result, 'plain'), strides: rowMajor(sides) }, emit);
};

/** Images of every n-th pixel, and back: for each place in a block one box. */
const blocks =
  (toBatch: boolean): Lowering =>
  (node, emit) => {
    const [x, result] = [inputOf(node), outputOf(node)];
    const sizes = listIn(node, 'blockShape');
    const cut = pairsIn(node, toBatch ? 'paddings' : 'crops');
    const [space, images] = toBatch ? [x, result] : [result, x]; // the one with all pixels, the one with the blocks' images
    const count = space.shape[0] ?? 0;
    const at = emit.make(result, 'plain');
    const from = emit.read(x, 'plain');
    if (toBatch && cut.some(([before, after]) => before + after > 0)) emitFill(at, product(result.shape), 0, emit);
    for (let k = 0; k < product(sizes); k++) {
      let rest = k;
      const axes = sizes
        .map((size, i) => [size, i] as const)
        .toReversed()
        .map(([size, i]): AxisCopy => {
          const first = (rest % size) - (cut[i]?.[0] ?? 0); // pixel of the block's first
          rest = Math.floor(rest / size);
          const skip = Math.max(0, Math.ceil(-first / size));
          const side = space.shape[i + 1] ?? 0;
          const some = Math.max(
            0,
            Math.min((images.shape[i + 1] ?? 0) - skip, Math.ceil((side - first - skip * size) / size)),
          );
          const pixels = { at: first + skip * size, step: size };
          return toBatch
            ? { count: some, from: pixels.at, step: pixels.step, to: skip, toStep: 1 }
            : { count: some, from: skip, step: 1, to: pixels.at, toStep: pixels.step };
        })
        .toReversed();
      const batch = { ...whole(count), ...(toBatch ? { to: k * count } : { from: k * count }) };
      const others = space.shape.slice(1 + sizes.length).map(whole);
      copyBox(
        toBatch ? 'space to batch' : 'batch to space',
        'plain',
        { at: from, shape: x.shape },
        { at, shape: result.shape },
        [batch, ...axes, ...others],
        emit,
      );
    }
  };

const diag: Lowering = (node, emit) => {
  const [x, result] = [inputOf(node), outputOf(node)];
  const n = product(x.shape);
  const at = emit.make(result, 'plain');
  emitFill(at, n * n, 0, emit);
  emitMove('diag', [n], { at: emit.read(x, 'plain'), strides: [1] }, { at, strides: [n + 1] }, emit);
};

/** Kernels that move numbers and leave them as they are. */
export const arrangeLowerings: Lowerings = {
  ...joinLowerings,
  Reshape: reshape,
  ExpandDims: reshape,
  Squeeze: reshape,
  PadV2: pad,
  MirrorPad: mirrorPad,
  Reverse: reverse,
  FlipLeftRight: reverse,
  Slice: slice,
  StridedSlice: stridedSlice,
  Transpose: transpose,
  Tile: tile,
  BroadcastTo: tile,
  DepthToSpace: depthToSpace,
  SpaceToBatchND: blocks(true),
  BatchToSpaceND: blocks(false),
  Diag: diag,
};
