import { getBackend, type NamedAttrMap, type Tensor } from '@tensorflow/tfjs-core';
import { compositeRules, runsWhole } from '../ops/composite.ts';
import { swish } from '../ops/swish.ts';
import { abstractly } from './abstract.ts';
import type { Inputs } from './abstractInputs.ts';

/**
 * What a composite op computes, as a function of its kernel's inputs in ops that every backend has; undefined for a
 * kernel of tfjs.
 *
 * @throws Error for a composite op that nobody has called in this process: its body is not known
 */
export function compositeBody(
  op: string,
): ((inputs: Inputs<Tensor>, attrs: NamedAttrMap) => readonly Tensor[]) | undefined {
  const rule = compositeRules().get(op);
  if (rule === undefined && op.startsWith('Pyramidion'))
    throw new Error(
      `${op}: no composite op of this name has run in this process; call it once before its graph is read`,
    );
  return rule?.body;
}

/** The kernel of `swish`, known from now on even where no block has called it. */
export function swishKernel(): string {
  const name = 'PyramidionSwish';
  if (!compositeRules().has(name)) abstractly({ label: name }, ({ placeholder }) => swish(placeholder([1])));
  return name;
}

/** Whether the current backend has a kernel of its own for a composite op, and does not run its body. */
export const hasWhole = (op: string): boolean => runsWhole(op, getBackend());
