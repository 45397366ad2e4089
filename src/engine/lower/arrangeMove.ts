import { move } from '../commands/codes.ts';
import { type Emit, groupsOf8, type Layout, type Operand, product } from '../plan/emit.ts';

/** Numbers in memory by their place along some sides: strides in numbers, of any sign. */
export interface View {
  readonly at: Operand;
  readonly strides: readonly number[];
}

/** Numbers from one to the next along each side of a row-major tensor. */
export function rowMajor(shape: readonly number[]): number[] {
  let stride = 1;
  const reversed = shape.toReversed().map((side) => {
    const here = stride;
    stride *= side;
    return here;
  });
  return reversed.reverse();
}

export const shifted = (at: Operand, numbers: number): Operand => ({ ...at, offset: at.offset + 4 * numbers });

interface Side {
  readonly side: number;
  readonly from: number;
  readonly to: number;
}

/** Sides that go on as one side become one; sides of 1 go. */
function merged(sides: readonly Side[]): Side[] {
  const kept: Side[] = [];
  for (const one of sides.filter(({ side }) => side !== 1)) {
    const last = kept.at(-1);
    if (last && last.from === one.from * one.side && last.to === one.to * one.side)
      kept[kept.length - 1] = { ...one, side: last.side * one.side };
    else kept.push(one);
  }
  return kept;
}

/** Numbers that lie in a row where they are read, but not where they go, as the side before the last. */
function turned(sides: readonly Side[]): readonly Side[] {
  const last = sides.at(-1);
  const column = sides.findIndex(({ from }) => from === 1);
  if (last === undefined || last.from === 1 || last.to !== 1 || column < 0) return sides;
  const [moved] = sides.slice(column, column + 1);
  return moved ? [...sides.filter((_, i) => i !== column && i !== sides.length - 1), moved, last] : sides;
}

/** Copies numbers from one view to another: one command, or more where there are more than 8 sides. */
export function emitMove(name: string, shape: readonly number[], from: View, to: View, emit: Emit): void {
  if (product(shape) === 0) return;
  const sides = turned(merged(shape.map((side, i) => ({ side, from: from.strides[i] ?? 0, to: to.strides[i] ?? 0 }))));
  if (sides.length > 8) {
    const [first, ...rest] = sides;
    const strides = (key: 'from' | 'to') => rest.map((one) => one[key]);
    for (let i = 0; first && i < first.side; i++)
      emitMove(
        name,
        rest.map(({ side }) => side),
        { at: shifted(from.at, i * first.from), strides: strides('from') },
        { at: shifted(to.at, i * first.to), strides: strides('to') },
        emit,
      );
    return;
  }
  const ones = Array.from({ length: 8 - sides.length }, (_, i) => {
    const last = sides.length === 0 && i === 7; // a single number
    return { side: 1, from: last ? 1 : 0, to: last ? 1 : 0 };
  });
  const all = [...ones, ...sides];
  emit.command({
    code: move,
    name,
    words: [
      from.at,
      to.at,
      ...all.map(({ side }) => side),
      ...all.map((side) => 4 * side.from),
      ...all.map((side) => 4 * side.to),
    ],
    traffic:
      4 * (product(shape) + sides.reduce((numbers, { side, from }) => (from === 0 ? numbers : numbers * side), 1)),
  });
}

/** Along one axis: `count` numbers from a place on, in steps, to a place on, in steps. */
export interface AxisCopy {
  readonly count: number;
  readonly from: number;
  readonly step: number;
  readonly to: number;
  readonly toStep: number;
}

/** All of an axis. */
export const whole = (count: number): AxisCopy => ({ count, from: 0, step: 1, to: 0, toStep: 1 });

/** An axis of channels as groups of 8 and their lanes, of `channels` where they go; undefined where groups are cut. */
export function groupsOf(axis: AxisCopy | undefined, channels: number): AxisCopy | undefined {
  if (axis === undefined || axis.step !== 1 || axis.toStep !== 1) return undefined;
  if (axis.from % 8 !== 0 || axis.to % 8 !== 0) return undefined;
  if (axis.count % 8 !== 0 && axis.to + axis.count !== channels) return undefined; // lanes behind the last are nobody's
  return { ...axis, count: groupsOf8(axis.count), from: axis.from / 8, to: axis.to / 8 };
}

/** A box of one tensor to a box of another, in a layout of both. @throws RangeError where it cuts groups of a blocked map */
export function copyBox(
  name: string,
  layout: Layout,
  from: { readonly at: Operand; readonly shape: readonly number[] },
  to: { readonly at: Operand; readonly shape: readonly number[] },
  axes: readonly AxisCopy[],
  emit: Emit,
): void {
  let [own, other, copies] = [from.shape, to.shape, axes];
  if (layout === 'blocked') {
    const groups = groupsOf(axes[3], to.shape[3] ?? 0);
    if (groups === undefined) throw new RangeError(`engine: ${name} cuts groups of channels of a blocked map`);
    const sides = (shape: readonly number[]) => [groupsOf8(shape[3] ?? 0), ...shape.slice(0, 3), 8];
    [own, other, copies] = [sides(own), sides(other), [groups, ...axes.slice(0, 3), whole(8)]];
  }
  const [strides, toStrides] = [rowMajor(own), rowMajor(other)];
  const start = copies.reduce((sum, axis, i) => sum + axis.from * (strides[i] ?? 0), 0);
  const toStart = copies.reduce((sum, axis, i) => sum + axis.to * (toStrides[i] ?? 0), 0);
  emitMove(
    name,
    copies.map(({ count }) => count),
    { at: shifted(from.at, start), strides: copies.map(({ step }, i) => step * (strides[i] ?? 0)) },
    { at: shifted(to.at, toStart), strides: copies.map(({ toStep }, i) => toStep * (toStrides[i] ?? 0)) },
    emit,
  );
}
