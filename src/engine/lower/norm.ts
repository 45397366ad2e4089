import type { Node, Value } from '../../trace/graph.ts';
import { inputNamed } from '../../trace/readers.ts';
import { fromBlocked, norm, normTraining, normVectors, toBlocked } from '../commands/codes.ts';
import { type Emit, groupsOf8, type Lowerings, type Operand, product } from '../plan/emit.ts';
import { inputOf, outputOf } from './attributes.ts';
import { activationOf } from './convolutionActivation.ts';
import { vectorOf } from './convolutionPanels.ts';
import { traffic } from './convolutionPointwise.ts';

const channelsOf = ({ shape }: Value) => shape.at(-1) ?? 1;
const pixelsOf = (value: Value) => product(value.shape) / channelsOf(value);

/** A map, or rows [b, c] as one of b pixels, through what is made of it by `run`. */
function onMap(x: Value, y: Value, emit: Emit, run: (from: Operand, to: Operand) => void): void {
  if (x.shape.length === 4) {
    const from = emit.read(x, 'blocked');
    run(from, emit.make(y, 'blocked'));
    return;
  }
  const [pixels, channels] = [pixelsOf(x), channelsOf(x)];
  const bytes = 32 * Math.ceil((groupsOf8(channels) * pixels) / emit.threads);
  const [from, to] = [emit.scratch(bytes), emit.scratch(bytes)];
  const rest = [1, pixels, channels, 4 * channels, 4 * channels * pixels];
  emit.command({ code: toBlocked, name: 'rows to groups', words: [emit.read(x, 'plain'), from, ...rest] });
  run(from, to);
  emit.command({ code: fromBlocked, name: 'groups to rows', words: [emit.make(y, 'plain'), to, ...rest] });
}

/** @throws RangeError for what is not one number a channel */
function perChannel(node: Node, value: Value, channels: number): Value {
  if (product(value.shape) !== channels)
    throw new RangeError(
      `engine: ${node.op} reads ${value.name} [${value.shape}] beside ${channels} channels; it must be [${channels}]`,
    );
  return value;
}

/** Batch norm over stored statistics. */
const stored = (epsilonName: string) => (node: Node, emit: Emit) => {
  const [x, y] = [inputOf(node, 'x'), outputOf(node)];
  const channels = channelsOf(x);
  const needed = ['mean', 'variance'].map((name) => perChannel(node, inputOf(node, name), channels));
  const optional = ['scale', 'offset'].map((name) => {
    const value = inputNamed(node, name);
    return value && perChannel(node, value, channels);
  });
  const epsilon = Number(node.attrs[epsilonName] ?? 1e-3);
  const activation = activationOf(node, channels, emit);
  const given = optional.filter((value) => value !== undefined);
  const key = `norm ${epsilon} ${optional.map((value) => (value ? 1 : 0))}`;
  const vectors = emit.derived(key, [...needed, ...given], 96 * groupsOf8(channels), (to) => {
    const read = [...needed, ...optional].map((value) => value && emit.read(value, 'plain'));
    emit.command({ code: normVectors, name: 'pack norm', words: [...read, { float: epsilon }, to, channels] });
  });
  onMap(x, y, emit, (from, to) =>
    emit.command({
      code: norm,
      name: 'batch norm',
      words: [from, vectors, to, pixelsOf(x), groupsOf8(channels), activation.kind],
      traffic: traffic([x, y]),
      fused: activation.fused,
    }),
  );
};

/** Batch norm over the batch's own statistics, which are results too. */
function training(node: Node, emit: Emit): void {
  const [y, mean, variance] = node.outputs;
  if (!y || !mean || !variance) throw new RangeError(`engine: ${node.op} has ${node.outputs.length} outputs, not 3`);
  const x = inputOf(node, 'x');
  const channels = channelsOf(x);
  const activation = activationOf(node, channels, emit);
  const [scale, offset] = ['scale', 'offset'].map((name) =>
    vectorOf(node, perChannel(node, inputOf(node, name), channels), channels, emit),
  );
  const statistics = [mean, variance].map((value) => emit.make(value, 'plain'));
  onMap(x, y, emit, (from, to) =>
    emit.command({
      code: normTraining,
      name: 'batch norm, training',
      words: [
        ...[from, scale, offset, to, ...statistics, { float: Number(node.attrs.epsilon) }],
        ...[pixelsOf(x), channels, activation.kind, emit.scratch(96), 96],
      ],
      traffic: traffic([x, x, y]),
      fused: activation.fused,
    }),
  );
}

/** Batch norms that are no part of a convolution. */
export const normLowerings: Lowerings = {
  FusedBatchNorm: stored('varianceEpsilon'),
  PyramidionBatchNormStored: stored('epsilon'),
  PyramidionBatchNormTraining: training,
};
