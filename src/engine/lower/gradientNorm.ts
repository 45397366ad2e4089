import type { Value } from '../../trace/graph.ts';
import { inputNamed } from '../../trace/readers.ts';
import { fromBlocked, normGradient, toBlocked } from '../commands/codes.ts';
import { type Emit, groupsOf8, type Lowering, type Lowerings, type Operand, product } from '../plan/emit.ts';
import { inputOf } from './attributes.ts';

/** Activations by number, as ../commands/windowMath.ts has them. */
const activations = ['linear', 'swish', 'relu', 'relu6'] as const;

/** @throws RangeError for an activation that is none of batch norm's */
export function normActivation(op: string, name: unknown): number {
  const at = activations.findIndex((known) => known === (name ?? 'linear'));
  if (at < 0)
    throw new RangeError(`engine: ${op} has the activation ${String(name)}; it may be ${activations.join(', ')}`);
  return at;
}

/** Bytes that a thread needs: eleven vectors of 8. */
const bytes = 352;

/** Rows [n, c] as groups of 8 channels. */
function blockedRows(x: Value, emit: Emit): Operand {
  if (x.shape.length === 4) return emit.read(x, 'blocked');
  const [rows = 1, channels = 1] = x.shape;
  return emit.derived('rows in groups', [x], 32 * groupsOf8(channels) * rows, (to) =>
    emit.command({
      code: toBlocked,
      name: 'to blocked',
      words: [emit.read(x, 'plain'), to, 1, rows, channels, 4 * channels, 4 * channels * rows],
      traffic: 8 * rows * channels,
    }),
  );
}

/** A place for a map, and for rows one in groups of 8 channels, which `after` makes plain. */
function madeRows(dx: Value, emit: Emit): { readonly to: Operand; readonly after: () => void } {
  if (dx.shape.length === 4) return { to: emit.make(dx, 'blocked'), after: () => {} };
  const [rows = 1, channels = 1] = dx.shape;
  const room = 32 * groupsOf8(channels) * rows;
  const to = emit.scratch(Math.ceil(room / emit.threads / 32) * 32);
  const after = () =>
    emit.command({
      code: fromBlocked,
      name: 'to plain',
      words: [emit.make(dx, 'plain'), to, 1, rows, channels, 4 * channels, 4 * channels * rows],
      traffic: 8 * rows * channels,
    });
  return { to, after };
}

/**
 * Of batch norm over the batch's own statistics, or over given ones, with the activation after it. Its dy may still have to be
 * multiplied with the input `factor` and added to each pixel's share of `more`, both [b, 1, 1, c].
 */
const gradientOf =
  (stored?: 0 | 1): Lowering =>
  (node, emit) => {
    const { op, attrs, outputs } = node;
    const [dy, x, scale, offset] = [
      inputOf(node, 'dy'),
      inputOf(node, 'x'),
      inputOf(node, 'scale'),
      inputOf(node, 'offset'),
    ];
    const [mean, variance] = [inputOf(node, 'mean'), inputOf(node, 'variance')];
    const [factor, more] = [inputNamed(node, 'factor'), inputNamed(node, 'more')];
    const [dx, dscale, doffset] = outputs;
    if (!dx || !dscale || !doffset) throw new RangeError(`engine: ${op} has ${outputs.length} results; it must have 3`);
    const [images = 1, height = 1, width = 1] = x.shape.length === 4 ? x.shape : [1, x.shape[0] ?? 1, 1];
    const vectors = [mean, variance, scale, offset].map((value) => emit.read(value, 'plain'));
    const [read, readDy] = [blockedRows(x, emit), blockedRows(dy, emit)];
    const { to, after } = madeRows(dx, emit);
    emit.command({
      code: normGradient,
      name: 'batch norm gradient',
      words: [
        read,
        readDy,
        to,
        ...vectors,
        emit.make(dscale, 'plain'),
        emit.make(doffset, 'plain'),
        { float: Number(attrs.epsilon) },
        images,
        height * width,
        x.shape.at(-1) ?? 1,
        normActivation(op, attrs.activation),
        stored ?? (attrs.stored === true ? 1 : 0),
        emit.scratch(bytes),
        bytes,
        factor && emit.read(factor, 'blocked'),
        more && emit.read(more, 'blocked'),
        { float: 1 / (height * width) },
      ],
      traffic: 12 * product(x.shape),
      fused: [
        ...(attrs.activation === 'linear' ? [] : [String(attrs.activation)]),
        ...(factor ? ['scale channels'] : []),
        ...(more ? ['spatial mean'] : []),
      ],
    });
    after();
  };

/** Gradients of batch norms. */
export const gradientNormLowerings: Lowerings = {
  PyramidionBatchNormTrainingGrad: gradientOf(0),
  PyramidionBatchNormStoredGrad: gradientOf(1),
  EngineNormGrad: gradientOf(),
};
