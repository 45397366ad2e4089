import type { Node } from '../../trace/graph.ts';
import { inputNamed } from '../../trace/readers.ts';
import { type Emit, groupsOf8, type Operand } from '../plan/emit.ts';
import { vectorOf } from './convolutionPanels.ts';

/** Activations that the kernels know, in the order of their numbers: scripts/templates/convolutionFinish.mjs. */
export const activationKinds: readonly string[] = ['linear', 'swish', 'relu', 'relu6', 'sigmoid', 'elu', 'prelu'];

/** An activation as kernels read it. */
export interface Activation {
  /** A number by `activationKinds`. */
  readonly kind: number;
  /** A number for each channel, up to whole groups of 8: slopes of prelu. */
  readonly slopes: Operand | undefined;
  /** For the text of a plan: nothing for linear. */
  readonly fused: readonly string[];
}

/**
 * What a fused kernel of tfjs does to its sums; leakyrelu is a prelu of one slope.
 *
 * @throws RangeError for one that is not known, or slopes that are not one for each channel
 */
export function activationOf(node: Node, channels: number, emit: Emit): Activation {
  const name = String(node.attrs.activation ?? 'linear');
  const fused = name === 'linear' ? [] : [name];
  if (name === 'leakyrelu') {
    const slopes = new Float32Array(8 * groupsOf8(channels)).fill(Number(node.attrs.leakyreluAlpha ?? 0.2));
    return { kind: activationKinds.indexOf('prelu'), slopes: emit.constant(slopes), fused };
  }
  const kind = activationKinds.indexOf(name);
  if (kind < 0)
    throw new RangeError(
      `engine: ${node.op} has the activation ${name}; it must be ${activationKinds.join(', ')} or leakyrelu: apply it as an op of its own`,
    );
  if (name !== 'prelu') return { kind, slopes: undefined, fused };
  return { kind, slopes: vectorOf(node, inputNamed(node, 'preluActivationWeights'), channels, emit), fused };
}
