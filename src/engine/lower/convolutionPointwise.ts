import type { Value } from '../../trace/graph.ts';
import { pointwise } from '../commands/codes.ts';
import { type Emit, groupsOf8, product } from '../plan/emit.ts';
import { type Convolution, fusedOf } from './convolutionNode.ts';
import { panelsOf } from './convolutionPanels.ts';

/** Bytes of the sums that wait for what follows: SUMS_BYTES of the kernel. */
export const sumsBytes = 36 << 10;
/** Bytes of a list of offsets, up to a line of the cache. */
export const listBytes = (offsets: number) => Math.ceil(offsets / 16) * 64;
/** Rows of x that are copied: COPY of the kernel, or 12. */
const copyBytes = (groups: number) => Math.max(96 << 10, 384 * groups) + 64 * groups;

/** A product with pixels for rows, and what follows it. */
export interface Product
  extends Pick<Convolution, 'x' | 'filter' | 'y' | 'bias' | 'activation' | 'residual' | 'madds'> {
  /** For the text of a plan. */
  readonly name: string;
  /** Whether the filter is [1, 1, out, in], as in the gradient of what a convolution read. */
  readonly transposed: boolean;
}

/** One command: pixels of x times a filter. */
export function emitProduct(
  { name, transposed, x, filter, y, bias, activation, residual, madds }: Product,
  emit: Emit,
): void {
  const [batch = 1, height = 1, width = 1, inputs = 1] = x.shape;
  const [outputs = 1] = y.shape.slice(-1);
  const pixels = batch * height * width;
  const steps = transposed ? { kStep: 1, nStep: inputs } : { kStep: outputs, nStep: 1 };
  const key = transposed ? 'transposed' : '';
  const panels = panelsOf(filter, { key, taps: [0], k: inputs, n: outputs, ...steps }, emit);
  const groups = groupsOf8(inputs);
  const bytes = listBytes(groups) + sumsBytes + copyBytes(groups);
  const from = emit.read(x, 'blocked');
  const added = residual && emit.read(residual, 'blocked');
  const to = emit.make(y, 'blocked');
  const words = [from, panels, bias, to, pixels, inputs, outputs, activation.kind, activation.slopes, added];
  emit.command({
    code: pointwise,
    name,
    words: [...words, emit.scratch(bytes), bytes],
    madds,
    traffic: traffic([x, filter, y, ...(residual ? [residual] : [])]),
    fused: fusedOf(activation, residual),
  });
}

/** Convolution 1x1 of stride 1. */
export const lowerPointwise = (convolution: Convolution, emit: Emit): void =>
  emitProduct({ ...convolution, name: 'conv 1x1', transposed: false }, emit);

/** Bytes of values, each once. */
export const traffic = (values: readonly Value[]) => values.reduce((sum, { shape }) => sum + 4 * product(shape), 0);
