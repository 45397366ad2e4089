import type { Node } from '../../trace/graph.ts';
import { pool } from '../commands/codes.ts';
import { type Emit, groupsOf8, type Lowerings } from '../plan/emit.ts';
import { inputOf, outputOf } from './attributes.ts';
import { convolutionGeometry } from './convolutionGeometry.ts';
import { traffic } from './convolutionPointwise.ts';
import { windowText } from './depthwise.ts';

/** Pools of maps; what lies outside of a map counts for nothing. */
const lower = (averages: boolean) => (node: Node, emit: Emit) => {
  const [x, y] = [inputOf(node, 'x'), outputOf(node)];
  const { filterSize } = node.attrs;
  const [height = 1, width = height] = [filterSize].flat().map(Number);
  const g = convolutionGeometry(node, x.shape, [height, width], y.shape);
  if (g.dilationHeight !== 1 || g.dilationWidth !== 1)
    throw new RangeError(`engine: ${node.op} has dilations ${node.attrs.dilations}; they must be 1`);
  const from = emit.read(x, 'blocked');
  emit.command({
    code: pool,
    name: `${averages ? 'average' : 'max'} pool ${windowText(g)}`,
    words: [
      ...[from, emit.make(y, 'blocked'), groupsOf8(g.inChannels) * g.batch],
      ...[g.inHeight, g.inWidth, g.outHeight, g.outWidth, height, width],
      ...[g.strideHeight, g.strideWidth, g.padTop, g.padLeft, averages ? 1 : 0],
    ],
    traffic: traffic([x, y]),
  });
};

export const poolLowerings: Lowerings = { MaxPool: lower(false), AvgPool: lower(true) };
