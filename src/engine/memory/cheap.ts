import type { Node, Value } from '../../trace/graph.ts';
import { inputNamed } from '../../trace/readers.ts';
import { chainRules } from '../lower/chainInstructions.ts';

const others = new Set([
  'EngineChain',
  'PyramidionBatchNormTraining',
  'PyramidionBatchNormStored',
  'FusedBatchNorm',
  'ResizeNearestNeighbor',
  'ResizeBilinear',
  'MaxPool',
  'AvgPool',
  'PadV2',
  'Transpose',
  'Concat',
  'Slice',
]);

/** Whether a node goes over memory once for its first result: to make that again costs little more than to read it. */
export const isCheap = ({ op, outputs }: Node, value: Value): boolean =>
  value === outputs[0] && (Object.hasOwn(chainRules, op) || others.has(op));

/** Whether a result can be made again: batch norm's statistics are what its first result is made of then. */
export const canAgain = ({ op, outputs }: Node, value: Value): boolean =>
  op !== 'PyramidionBatchNormTraining' || value === outputs[0];

/** What a node reads when it runs again: with what it made the first time and is kept anyway. */
export function readsAgain(node: Node): readonly Value[] {
  return Object.values<Value>(again(node, []).inputs);
}

/**
 * A node that makes the first result of another one again, bit by bit, as other values. Batch norm over the batch's statistics has
 * these from its first run.
 */
export function again(node: Node, outputs: Node['outputs']): Node {
  const [x, scale, offset] = ['x', 'scale', 'offset'].map((name) => inputNamed(node, name));
  const [, mean, variance] = node.outputs;
  if (node.op !== 'PyramidionBatchNormTraining' || !x || !scale || !offset || !mean || !variance)
    return { ...node, outputs };
  return {
    ...node,
    op: 'PyramidionBatchNormStored',
    inputs: { x, scale, offset, mean, variance },
    outputs: outputs.slice(0, 1),
  };
}
