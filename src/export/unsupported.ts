import type { Node } from '../trace/graph.ts';
import { placeOf } from './attributes.ts';

/** What to do instead, for kernels that people meet. */
const ways: { readonly [kernel: string]: string } = {
  CropAndResize: 'crop before the model, or resize whole maps with resizeBilinear',
  Conv3D: 'fold one axis into the batch and use conv2d',
  MaxPoolWithArgmax: 'use maxPool, and find the place of the maximum outside of the model',
  MirrorPad: "pad with mode 'reflect' or with a constant",
  ScatterNd: 'build the tensor with concat, pad or where',
  Multinomial: 'draw outside of the model, and give what was drawn as an input',
  Einsum: 'write it as transpose, reshape and matMul',
  PyramidionBatchNormTraining: 'call the model without a pass, for inference',
};

/**
 * That a target cannot express a kernel: which, where, and the nearest way round.
 *
 * @param why what about it, where not the kernel as such
 */
export function unsupported(label: string, node: Node, why = 'the target has no such operation', way?: string): Error {
  const round =
    way ?? ways[node.op] ?? 'write that step with other ops, or end the exported function before it and do it outside';
  return new Error(`${label}: ${placeOf(node)}: can't be exported, ${why}; ${round}`);
}
