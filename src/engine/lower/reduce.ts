import type { DataType } from '@tensorflow/tfjs-core';
import type { Node, Value } from '../../trace/graph.ts';
import { extremeAt, reduce, scan } from '../commands/codes.ts';
import { type Emit, type Lowering, type Lowerings, type Operand, product } from '../plan/emit.ts';
import { onlyBlocked } from './arrangeJoin.ts';
import { rowMajor, shifted } from './arrangeMove.ts';
import { axesIn, inputOf, numberIn, numbersIn, outputOf } from './attributes.ts';
import { commandChain } from './chain.ts';

/** A side of what is reduced: numbers from one to the next where it is read, and where it is written if it stays. */
interface Side {
  readonly side: number;
  readonly from: number;
  readonly to?: number;
}

const kinds = { Sum: 0, Mean: 0, Max: 1, Min: 2, Prod: 3, All: 2, Any: 1 } as const;
type Kind = keyof typeof kinds;

/** Sides that go on as one side, of those that stay and those that go. */
function merged(sides: readonly Side[]): Side[] {
  const list: Side[] = [];
  for (const one of sides.filter(({ side }) => side !== 1)) {
    const last = list.at(-1);
    const joins =
      last?.from === one.from * one.side &&
      (last.to === undefined ? one.to === undefined : last.to === (one.to ?? Number.NaN) * one.side);
    if (last && joins) list[list.length - 1] = { ...one, side: last.side * one.side };
    else list.push(one);
  }
  return list;
}

interface Reduction {
  readonly kind: Kind;
  readonly dtype: DataType;
  readonly factor: number;
}

const padTo = <T>(list: readonly T[], count: number, with_: T): readonly T[] => [
  ...Array.from({ length: count - list.length }, () => with_),
  ...list,
];

/** One command over sides that stay or go. @throws RangeError for more than 5 runs of axes that stay, or 4 that go */
function emitSides(
  name: string,
  { kind, dtype, factor }: Reduction,
  from: Operand,
  to: Operand,
  sides: readonly Side[],
  emit: Emit,
): void {
  const all = merged(sides);
  const stay = all.filter((side) => side.to !== undefined);
  const go = all.filter((side) => side.to === undefined);
  const last = stay.at(-1);
  const beside = last && last.from === 1 && last.to === 1 ? last : undefined; // numbers beside each other that stay
  const kept = beside ? stay.slice(0, -1) : stay;
  const inner = go.at(-1) ?? { side: 1, from: 1 };
  const outer = go.slice(0, -1);
  if (kept.length > 4 || outer.length > 3)
    throw new RangeError(
      `engine: ${name} of axes that lie so far apart: ${kept.length + 1} runs stay, ${go.length} go; 5 and 4 may`,
    );
  const three = padTo(outer, 3, { side: 1, from: 0 });
  const four = padTo<Side>(kept, 4, { side: 1, from: 0, to: 0 });
  emit.command({
    code: reduce,
    name,
    words: [
      from,
      to,
      kinds[kind] + (dtype === 'float32' ? 0 : 4),
      { float: factor },
      ...four.map(({ side }) => side),
      ...four.map((side) => 4 * side.from),
      ...four.map((side) => 4 * (side.to ?? 0)),
      ...three.map(({ side }) => side),
      ...three.map((side) => 4 * side.from),
      inner.side,
      4 * inner.from,
      beside?.side ?? 1,
    ],
    traffic: 4 * product(sides.map(({ side }) => side)),
  });
}

/** A blocked map over its pixels: [b, h, w, c] -> [b, c] or [b, 1, 1, c], plain. */
function overPixels(node: Node, reduction: Reduction, x: Value, axes: readonly number[], emit: Emit): void {
  const [b = 1, h = 1, w = 1, c = 1] = x.shape;
  const from = emit.read(x, 'blocked');
  const to = emit.make(outputOf(node), 'plain');
  const [groups, rest] = [Math.floor(c / 8), c % 8];
  const keptSides = (strides: readonly number[]): Side[] => {
    const own = [b, h, w];
    return own.map((side, i) => {
      const read = 8 * product(own.slice(i + 1));
      return axes.includes(i) ? { side, from: read } : { side, from: read, to: strides[i] ?? 0 };
    });
  };
  const strides = rowMajor([b, h, w].map((side, i) => (axes.includes(i) ? 1 : side))).map((stride) => stride * c);
  const name = nameOf(node);
  const group = 8 * b * h * w;
  const sides = keptSides(strides);
  if (groups > 0)
    emitSides(
      name,
      reduction,
      from,
      to,
      [{ side: groups, from: group, to: 8 }, ...sides, { side: 8, from: 1, to: 1 }],
      emit,
    );
  if (rest > 0)
    emitSides(
      name,
      reduction,
      shifted(from, groups * group),
      shifted(to, 8 * groups),
      [...sides, { side: rest, from: 1, to: 1 }],
      emit,
    );
}

const nameOf = ({ op }: Node) => (op === 'PyramidionSpatialMean' ? 'mean' : op.replace('Pyramidion', '').toLowerCase());

/** x as float32 in bytes of its own, where it is none. */
function asFloat(x: Value, emit: Emit): Operand {
  const at = emit.read(x, 'plain');
  if (x.dtype === 'float32') return at;
  const to = emit.scratch(4 * product(x.shape));
  const steps = [{ op: 'Cast', attrs: { dtype: 'float32' }, inputs: [0], dtype: 'float32' as const }];
  commandChain(
    { to, dtype: 'float32', sides: [product(x.shape)], operands: [{ at, strides: [1], dtype: x.dtype }] },
    steps,
    emit,
  );
  return to;
}

const reduction =
  (kind: Kind, axesOf: (node: Node, rank: number) => readonly number[]): Lowering =>
  (node, emit) => {
    const [x, result] = [inputOf(node), outputOf(node)];
    const axes = axesOf(node, x.shape.length);
    const count = product(axes.map((axis) => x.shape[axis] ?? 1));
    const float = kind === 'Mean' || x.dtype === 'float32';
    const of: Reduction = { kind, dtype: float ? 'float32' : 'int32', factor: kind === 'Mean' ? 1 / count : 1 };
    if (product(result.shape) === 0) {
      emit.make(result, 'plain');
      return;
    }
    if (x.shape.length === 4 && axes.length > 0 && !axes.includes(3) && onlyBlocked(x, emit)) {
      overPixels(node, of, x, axes, emit);
      return;
    }
    const from = kind === 'Mean' ? asFloat(x, emit) : emit.read(x, 'plain');
    const to = emit.make(result, 'plain');
    const [strides, toStrides] = [rowMajor(x.shape), rowMajor(x.shape.map((side, i) => (axes.includes(i) ? 1 : side)))];
    const sides = x.shape.map((side, i): Side => {
      const read = strides[i] ?? 0;
      return axes.includes(i) ? { side, from: read } : { side, from: read, to: toStrides[i] ?? 0 };
    });
    emitSides(nameOf(node), of, from, to, sides, emit);
  };

/** Axes by either of the names that kernels have for them; all where none are given. */
const given = (node: Node, rank: number): readonly number[] =>
  axesIn(node, numbersIn(node, 'axis') ?? numbersIn(node, 'reductionIndices') ?? [...Array(rank).keys()], rank);

/** x as [outer, n, inner] around an axis. */
const around = (shape: readonly number[], axis: number) => [
  product(shape.slice(0, axis)),
  shape[axis] ?? 1,
  product(shape.slice(axis + 1)),
];

const extreme =
  (least: 0 | 1): Lowering =>
  (node, emit) => {
    const [x, result] = [inputOf(node), outputOf(node)];
    const [axis = 0] = given(node, x.shape.length); // of several axes the first counts, as in tfjs
    emit.command({
      code: extremeAt,
      name: least ? 'argmin' : 'argmax',
      words: [
        emit.read(x, 'plain'),
        emit.make(result, 'plain'),
        ...around(x.shape, axis),
        least,
        x.dtype === 'float32' ? 0 : 1,
      ],
      traffic: 4 * (product(x.shape) + product(result.shape)),
    });
  };

const running =
  (multiplies: 0 | 1): Lowering =>
  (node, emit) => {
    const [x, result] = [inputOf(node), outputOf(node)];
    const [axis = 0] = axesIn(node, [numberIn(node, 'axis', 0)], x.shape.length);
    const flag = (name: string) => (node.attrs[name] === true ? 1 : 0);
    const kind = multiplies + (x.dtype === 'float32' ? 0 : 2);
    emit.command({
      code: scan,
      name: multiplies ? 'running product' : 'running sum',
      words: [
        emit.read(x, 'plain'),
        emit.make(result, 'plain'),
        ...around(x.shape, axis),
        kind,
        flag('exclusive'),
        flag('reverse'),
      ],
      traffic: 8 * product(x.shape),
    });
  };

/** Kernels that make one number of many. */
export const reduceLowerings: Lowerings = {
  Sum: reduction('Sum', given),
  Mean: reduction('Mean', given),
  Max: reduction('Max', given),
  Min: reduction('Min', given),
  Prod: reduction('Prod', given),
  All: reduction('All', given),
  Any: reduction('Any', given),
  PyramidionSpatialMean: reduction('Mean', () => [1, 2]),
  PyramidionChannelSum: reduction('Sum', (_, rank) => [...Array(rank - 1).keys()]),
  ArgMax: extreme(0),
  ArgMin: extreme(1),
  Cumsum: running(0),
  Cumprod: running(1),
};
