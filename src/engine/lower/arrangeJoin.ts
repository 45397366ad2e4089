import { inputsOf, type Node, type Value } from '../../trace/graph.ts';
import { fromBlocked } from '../commands/codes.ts';
import { type Emit, type Layout, type Lowering, type Lowerings, type Operand, product } from '../plan/emit.ts';
import { copyBox, groupsOf, shifted, whole } from './arrangeMove.ts';
import { axesIn, inputOf, numberIn, outputOf, placeOf } from './attributes.ts';

/** What is joined: a value, as another shape that its numbers may have. */
interface Part {
  readonly value: Value;
  readonly shape: readonly number[];
}

/** Whether a value is a blocked map, and nothing else yet. */
export const onlyBlocked = (value: Value, emit: Emit): boolean => {
  const there = emit.layouts(value);
  return there.length > 0 && there.every((layout) => layout === 'blocked');
};

/**
 * A blocked map straight to its place among others: its channels are a row's part, or its images are a part of images.
 * Undefined where it must lie plainly first.
 */
function unpack(
  { value, shape }: Part,
  axis: number,
  to: readonly number[],
  at: Operand,
  offset: number,
  emit: Emit,
): boolean {
  if (!onlyBlocked(value, emit)) return false;
  const [images = 1, height = 1, width = 1, channels = 1] = value.shape;
  const asMap = shape.length === 4 && `${shape}` === `${value.shape}`;
  const byImages = axis === 1 && shape[0] === images;
  if (!(asMap && axis === 3) && !byImages) return false;
  const inner = product(to.slice(axis + 1));
  const row = axis === 3 ? (to[3] ?? 1) : channels;
  emit.command({
    code: fromBlocked,
    name: 'concat',
    words: [
      shifted(at, offset * inner),
      emit.read(value, 'blocked'),
      images,
      height * width,
      channels,
      4 * row,
      4 * product(to.slice(1)),
    ],
    traffic: 8 * product(value.shape),
  });
  return true;
}

/** Whether parts can be joined as blocked maps: more of their numbers are so, and no group of channels is cut. */
function joinsBlocked(parts: readonly Part[], axis: number, result: Value, emit: Emit): boolean {
  const maps = parts.every(({ value, shape }) => `${value.shape}` === `${shape}` && value.dtype === 'float32');
  if (result.shape.length !== 4 || result.dtype !== 'float32' || !maps) return false;
  if (axis === 3 && parts.slice(0, -1).some(({ shape }) => (shape[3] ?? 0) % 8 !== 0)) return false;
  const count = (list: readonly Part[]) => list.reduce((sum, { shape }) => sum + product(shape), 0);
  return 2 * count(parts.filter(({ value }) => onlyBlocked(value, emit))) > count(parts);
}

function join(node: Node, all: readonly Part[], axis: number, emit: Emit): void {
  const result = outputOf(node);
  const parts = all.filter(({ shape }) => product(shape) > 0);
  const layout: Layout = joinsBlocked(parts, axis, result, emit) ? 'blocked' : 'plain';
  const at = emit.make(result, layout);
  let offset = 0;
  for (const part of parts) {
    const { value, shape } = part;
    if (layout === 'blocked' || !unpack(part, axis, result.shape, at, offset, emit)) {
      const axes = shape.map((side, i) => (i === axis ? { ...whole(side), to: offset } : whole(side)));
      copyBox('concat', layout, { at: emit.read(value, layout), shape }, { at, shape: result.shape }, axes, emit);
    }
    offset += shape[axis] ?? 0;
  }
}

const concat: Lowering = (node, emit) => {
  const parts = inputsOf(node).map((value) => ({ value, shape: value.shape }));
  const [axis = 0] = axesIn(node, [numberIn(node, 'axis')], outputOf(node).shape.length);
  join(node, parts, axis, emit);
};

/** Parts that were reshaped before; see ../fuse/chainConcat.ts. */
const reshapedConcat: Lowering = (node, emit) => {
  const [axis = 0] = axesIn(node, [numberIn(node, 'axis')], outputOf(node).shape.length);
  const { sizes } = node.attrs;
  const { shape } = outputOf(node);
  if (!Array.isArray(sizes)) throw new TypeError(`engine: ${placeOf(node)}: it needs sizes`);
  const parts = inputsOf(node).map((value, i) => ({ value, shape: shape.with(axis, Number(sizes[i])) }));
  join(node, parts, axis, emit);
};

/** Slices of 1 of a new axis. */
const pack: Lowering = (node, emit) => {
  const result = outputOf(node);
  const [axis = 0] = axesIn(node, [numberIn(node, 'axis')], result.shape.length);
  join(
    node,
    inputsOf(node).map((value) => ({ value, shape: result.shape.with(axis, 1) })),
    axis,
    emit,
  );
};

/**
 * A box of a value as a value of its own: its bytes where they lie in a row, otherwise a copy.
 *
 * @param begin where it begins along each axis, and `shape` its sides
 */
export function takeBox(
  name: string,
  x: Value,
  result: Value,
  begin: readonly number[],
  shape: readonly number[],
  emit: Emit,
): void {
  const axes = shape.map((count, i) => ({ ...whole(count), from: begin[i] ?? 0 }));
  const isMap = result.shape.length === 4 && x.dtype === 'float32' && `${result.shape}` === `${shape}`;
  if (onlyBlocked(x, emit) && isMap) {
    const [b = 1, h = 1, w = 1] = x.shape;
    if (`${shape.slice(0, 3)}` === `${x.shape.slice(0, 3)}` && (begin[3] ?? 0) % 8 === 0) {
      const from = emit.read(x, 'blocked');
      emit.alias(result, 'blocked', shifted(from, b * h * w * (begin[3] ?? 0)));
      return;
    }
    if (groupsOf(axes[3], shape[3] ?? 0)) {
      const at = emit.make(result, 'blocked');
      copyBox(name, 'blocked', { at: emit.read(x, 'blocked'), shape: x.shape }, { at, shape }, axes, emit);
      return;
    }
  }
  const from = emit.read(x, 'plain');
  const first = shape.findIndex((side) => side !== 1);
  const inRow = shape.every((side, i) => i <= first || side === x.shape[i]) || first < 0;
  if (inRow) {
    const start = begin.reduce((sum, at, i) => sum + at * product(x.shape.slice(i + 1)), 0);
    emit.alias(result, 'plain', shifted(from, start));
  } else copyBox(name, 'plain', { at: from, shape: x.shape }, { at: emit.make(result, 'plain'), shape }, axes, emit);
}

/** Parts along an axis; `kept` if the results have it still. */
const split =
  (name: string, kept: boolean): Lowering =>
  (node, emit) => {
    const x = inputOf(node);
    const [axis = 0] = axesIn(node, [numberIn(node, 'axis')], x.shape.length);
    let at = 0;
    for (const result of node.outputs) {
      const shape = kept ? result.shape : x.shape.with(axis, 1);
      takeBox(
        name,
        x,
        result,
        x.shape.map((_, i) => (i === axis ? at : 0)),
        shape,
        emit,
      );
      at += shape[axis] ?? 0;
    }
  };

/** Kernels that make one tensor of several, or several of one. */
export const joinLowerings: Lowerings = {
  Concat: concat,
  EngineConcat: reshapedConcat,
  Pack: pack,
  SplitV: split('split', true),
  Unpack: split('unpack', false),
};
