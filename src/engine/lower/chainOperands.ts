import type { Value } from '../../trace/graph.ts';
import { copyBytes } from '../commands/codes.ts';
import { type Emit, groupsOf8, type Layout, type Operand, product } from '../plan/emit.ts';

/** What a chain reads: a value, one number of a vector, or something that is made of vectors [c]. */
export interface Source {
  readonly value: Value;
  /** The number at this place alone. */
  readonly element?: number;
  /** Other numbers of the value's shape, with room for whole groups of 8, are here. */
  readonly made?: Operand;
  /** What it counts as; otherwise the value's own shape. */
  readonly shape?: readonly number[];
}

/** An operand over the sides of a result: numbers from one to the next along each. */
export interface Strided {
  readonly at: Operand;
  readonly strides: readonly number[];
}

/** A shape with ones before it. */
const aligned = ({ value, element, shape: given = value.shape }: Source, rank: number): readonly number[] => {
  const shape = element === undefined ? given : [];
  return [...Array.from({ length: rank - shape.length }, () => 1), ...shape];
};

/** Numbers from one to the next along each side, row-major; 0 along sides of 1. */
function stridesOf(shape: readonly number[]): number[] {
  let stride = 1;
  const reversed = shape.toReversed().map((side) => {
    const here = side === 1 ? 0 : stride;
    stride *= side;
    return here;
  });
  return reversed.reverse();
}

const placeOf = ({ value, element, made }: Source, emit: Emit): Operand => {
  if (made) return made;
  const at = emit.read(value, 'plain');
  return element === undefined ? at : { ...at, offset: at.offset + 4 * element };
};

export const plainOperand = (source: Source, shape: readonly number[], emit: Emit): Strided => ({
  at: placeOf(source, emit),
  strides: stridesOf(aligned(source, shape.length)),
});

const isVector = (shape: readonly number[], channels: number) =>
  shape.at(-1) === channels && product(shape) === channels;

/** Whether an operand is a map that changes along more than its channels. */
const isMap = (source: Source, shape: readonly number[]) => {
  const own = aligned(source, shape.length);
  return own.at(-1) !== 1 && !isVector(own, shape.at(-1) ?? 0);
};

/**
 * The layout in which a chain makes a map [b, h, w, c]: blocked where more bytes of its operands are so already than are
 * not, and the others can be.
 */
export function layoutFor(shape: readonly number[], dtype: string, sources: readonly Source[], emit: Emit): Layout {
  if (shape.length !== 4 || dtype !== 'float32') return 'plain';
  const maps = sources.filter((source) => isMap(source, shape));
  if (maps.some(({ value }) => value.shape.length !== 4 || value.dtype !== 'float32')) return 'plain';
  const bytes = { plain: 0, blocked: 0 };
  for (const { value } of maps) {
    const there = emit.layouts(value);
    if (there.length === 1) bytes[there[0] ?? 'plain'] += product(value.shape);
    else if (there.includes('blocked')) bytes.blocked += 1; // either will do: blocked rather than plain
  }
  return bytes.blocked > bytes.plain ? 'blocked' : 'plain';
}

/** [c] with room for whole groups of 8. */
function padded(source: Source, channels: number, emit: Emit): Operand {
  if (channels % 8 === 0) return placeOf(source, emit);
  if (source.made) return source.made;
  return emit.derived('vector of groups', [source.value], 32 * groupsOf8(channels), (to) =>
    emit.command({
      code: copyBytes,
      name: 'pad vector',
      words: [emit.read(source.value, 'plain'), to, 4 * channels],
      traffic: 8 * channels,
    }),
  );
}

/** An operand of a map [b, h, w, c] as [c / 8, b, h, w, 8]. */
export function blockedOperand(source: Source, shape: readonly number[], emit: Emit): Strided {
  const own = aligned(source, 4);
  const [, , , channels = 1] = shape;
  if (isVector(own, channels) && channels > 1) return { at: padded(source, channels, emit), strides: [8, 0, 0, 0, 1] };
  const [b = 0, h = 0, w = 0] = stridesOf([...own.slice(0, 3), 1]);
  if (own[3] === 1 && !(channels === 1 && isMapOfOne(source, emit)))
    return { at: placeOf(source, emit), strides: [0, b, h, w, 0] };
  const pixels = product(own.slice(0, 3));
  return { at: emit.read(source.value, 'blocked'), strides: [8 * pixels, 8 * b, 8 * h, 8 * w, 1] };
}

/** A map of one channel that is blocked already. */
const isMapOfOne = ({ value, element, made }: Source, emit: Emit) =>
  element === undefined && made === undefined && emit.layouts(value).every((layout) => layout === 'blocked');
