/**
 * How numbers lie in a file, where ours are [height, width, in, out] for a convolution, [k, k, channels, 1] for a
 * depthwise filter, [in, out] for a dense layer:
 *
 * | layout | there | of ours |
 * |---|---|---|
 * | `same` | as ours: Keras | anything |
 * | `oihw` | [out, in, height, width]: PyTorch's Conv2d | [height, width, in, out] |
 * | `depthwise` | [channels, 1, k, k]: PyTorch's Conv2d of a group each channel | [k, k, channels, 1] |
 * | `transposed` | [in, out, k, k]: PyTorch's ConvTranspose2d | [k, k, out, in], as tfjs's conv2dTranspose has it |
 * | `oi` | [out, in]: PyTorch's Linear | [in, out] |
 * | `pointwise` | [out, in]: a Linear that is a convolution here | [1, 1, in, out] |
 * | `flattened` | [out, in * height * width]: a Linear over a map that was flattened | [height, width, in, out] |
 * | `dense` | [out, in, 1, 1]: a convolution that is a dense layer here | [in, out] |
 * | `map` | [1, channels, 1, 1]: a factor for each channel of a map | [channels] |
 * | `flat` | as many numbers in the same order, of any shape | anything |
 */
export type Layout =
  | 'same'
  | 'oihw'
  | 'depthwise'
  | 'transposed'
  | 'oi'
  | 'pointwise'
  | 'flattened'
  | 'dense'
  | 'map'
  | 'flat';

interface Form {
  /** Axes of ours that this layout is for. */
  readonly rank: number;
  /** The shape there. */
  readonly shape: (ours: readonly number[]) => readonly number[];
  /** Ours as three axes that lie in the opposite order there. */
  readonly axes: (ours: readonly number[]) => Axes;
}
type Axes = readonly [number, number, number];

const convolution = ([h = 1, w = 1, i = 1, o = 1]: readonly number[]): Axes => [h * w, i, o];
const matrix = (ours: readonly number[]): Axes => [1, ours.at(-2) ?? 1, ours.at(-1) ?? 1];

const forms: { readonly [L in Exclude<Layout, 'same' | 'map' | 'flat'>]: Form } = {
  oihw: { rank: 4, shape: ([h = 0, w = 0, i = 0, o = 0]) => [o, i, h, w], axes: convolution },
  depthwise: {
    rank: 4,
    shape: ([h = 0, w = 0, c = 0, times = 0]) => [c, times, h, w],
    axes: ([h = 1, w = 1, c = 1]) => [h * w, 1, c],
  },
  transposed: { rank: 4, shape: ([h = 0, w = 0, o = 0, i = 0]) => [i, o, h, w], axes: convolution },
  oi: { rank: 2, shape: ([i = 0, o = 0]) => [o, i], axes: matrix },
  pointwise: { rank: 4, shape: ([, , i = 0, o = 0]) => [o, i], axes: matrix },
  flattened: { rank: 4, shape: ([h = 0, w = 0, i = 0, o = 0]) => [o, i * h * w], axes: convolution },
  dense: { rank: 2, shape: ([i = 0, o = 0]) => [o, i, 1, 1], axes: matrix },
};

const formOf = (layout: Layout): Form | undefined =>
  layout === 'same' || layout === 'map' || layout === 'flat' ? undefined : forms[layout];

/**
 * The shape that one of our weights has there; of `flat` its own, which any shape of as many numbers equals.
 *
 * @throws RangeError for a weight that the layout is not for
 */
export function shapeThere(layout: Layout, ours: readonly number[]): readonly number[] {
  const bad = (asked: string) => {
    throw new RangeError(`layout: '${layout}' is for weights of ${asked}, not of [${ours}]; give another layout`);
  };
  if (layout === 'map') return ours.length === 1 ? [1, ...ours, 1, 1] : bad('1 axis');
  const form = formOf(layout);
  if (form === undefined) return ours;
  if (ours.length !== form.rank) return bad(`${form.rank} axes`);
  if (layout === 'depthwise' && ours[3] !== 1) return bad('one filter a channel, [k, k, channels, 1]');
  if (layout === 'pointwise' && !(ours[0] === 1 && ours[1] === 1)) return bad('one pixel, [1, 1, in, out]');
  return form.shape(ours);
}

/** Whether a shape in a file is the one that a weight of ours has there. */
export function isShapeThere(layout: Layout, ours: readonly number[], there: readonly number[]): boolean {
  if (layout === 'flat') return size(ours) === size(there);
  return `${shapeThere(layout, ours)}` === `${there}`;
}

/** Whether the numbers lie there in the same order as here. */
export function isSameOrder(layout: Layout, ours: readonly number[]): boolean {
  const form = formOf(layout);
  if (form === undefined) return true;
  return form.axes(ours).filter((side) => side > 1).length <= 1;
}

/** Numbers as they lie there, put as they lie here: into `out` where it is given. */
export function fromThere(
  values: Float32Array,
  layout: Layout,
  ours: readonly number[],
  out: Float32Array = new Float32Array(values.length),
): Float32Array {
  const form = formOf(layout);
  if (form === undefined) out.set(values);
  else reverse(values, form.axes(ours), out);
  return out;
}

/** Numbers as they lie here, put as they lie there. */
export function toThere(values: Float32Array, layout: Layout, ours: readonly number[]): Float32Array {
  const out = new Float32Array(values.length);
  const form = formOf(layout);
  if (form === undefined) out.set(values);
  else {
    const [a, b, c] = form.axes(ours);
    reverse(values, [c, b, a], out);
  }
  return out;
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
/** Numbers of a row that are written together, so that what is read and what is written stay in the cache. */
const tile = 64;

/** Reverses three axes: values [c, b, a] -> out [a, b, c], four rows of the result at a time: they are read side by side. */
function reverse(values: Float32Array, [a, b, c]: Axes, out: Float32Array): void {
  const rows = a * b; // of c numbers each
  const whole = rows - (rows % 4);
  const start = (row: number) => ((row % a) * b + Math.floor(row / a)) * c;
  for (let left = 0; left < c; left += tile) {
    const right = Math.min(c, left + tile);
    for (let row = 0; row < whole; row += 4) {
      const [first, second, third, fourth] = [start(row), start(row + 1), start(row + 2), start(row + 3)];
      for (let i = left, from = left * rows + row; i < right; i++, from += rows) {
        out[first + i] = values[from] ?? 0;
        out[second + i] = values[from + 1] ?? 0;
        out[third + i] = values[from + 2] ?? 0;
        out[fourth + i] = values[from + 3] ?? 0;
      }
    }
    for (let row = whole; row < rows; row++) {
      const to = start(row);
      for (let i = left, from = left * rows + row; i < right; i++, from += rows) out[to + i] = values[from] ?? 0;
    }
  }
}
