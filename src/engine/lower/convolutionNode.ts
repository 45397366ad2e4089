import type { Node, Value } from '../../trace/graph.ts';
import { inputNamed } from '../../trace/readers.ts';
import { multiplyAdds } from '../../trace/work.ts';
import type { Geometry } from '../geometry.ts';
import type { Emit, Operand } from '../plan/emit.ts';
import { inputOf, outputOf } from './attributes.ts';
import { type Activation, activationOf } from './convolutionActivation.ts';
import { convolutionGeometry } from './convolutionGeometry.ts';
import { vectorOf } from './convolutionPanels.ts';

/** A convolution and what follows it in the same pass. */
export interface Convolution {
  readonly x: Value;
  readonly filter: Value;
  readonly y: Value;
  readonly geometry: Geometry;
  /** For each channel, up to whole groups of 8. */
  readonly bias: Operand;
  readonly activation: Activation;
  /** Of y's shape, added before the activation. */
  readonly residual: Value | undefined;
  readonly madds: number;
}

/** A kernel with the inputs x, filter, bias, residual as tfjs's `FusedConv2D` has them. */
export function convolutionOf(node: Node, emit: Emit): Convolution {
  const [x, filter, y] = [inputOf(node, 'x'), inputOf(node, 'filter'), outputOf(node)];
  const channels = y.shape[3] ?? 1;
  return {
    x,
    filter,
    y,
    geometry: convolutionGeometry(node, x.shape, filter.shape, y.shape),
    bias: vectorOf(node, inputNamed(node, 'bias'), channels, emit),
    activation: activationOf(node, channels, emit),
    residual: inputNamed(node, 'residual'),
    madds: multiplyAdds({ ...node, op: 'Conv2D' }),
  };
}

/** Notes for the text of a plan. */
export const fusedOf = ({ fused }: Activation, residual: unknown): readonly string[] => [
  ...(residual === undefined ? [] : ['+ residual']),
  ...fused,
];
