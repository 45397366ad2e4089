import type { Node, Value } from '../../trace/graph.ts';
import { inputNamed } from '../../trace/readers.ts';
import { multiplyAdds } from '../../trace/work.ts';
import { matrixProduct } from '../commands/codes.ts';
import { type Emit, groupsOf8, type Operand, product } from '../plan/emit.ts';
import { inputOf, outputOf } from './attributes.ts';
import { activationOf } from './convolutionActivation.ts';
import { fusedOf } from './convolutionNode.ts';
import { panelBytes, panelsOf, vectorOf } from './convolutionPanels.ts';
import { listBytes, sumsBytes, traffic } from './convolutionPointwise.ts';

const stripBytes = 192 << 10;

/** Which matrix of a batch belongs to each matrix of the result, whose batch it is stretched to. */
function matricesOf(batch: readonly number[], { shape }: Value): readonly number[] {
  const own = shape.slice(0, -2);
  return Array.from({ length: product(batch) }, (_, i) => {
    let [rest, at, step] = [i, 0, 1];
    for (let axis = batch.length - 1, mine = own.length - 1; axis >= 0; axis--, mine--) {
      const side = batch[axis] ?? 1;
      const sideOfOwn = own[mine] ?? 1;
      if (sideOfOwn > 1) at += (rest % side) * step;
      rest = Math.floor(rest / side);
      step *= sideOfOwn;
    }
    return at;
  });
}

/** tfjs's `BatchMatMul` and `_FusedMatMul`: [..., m, k] by [..., k, n], either transposed, batches stretched to each other. */
export function lowerMatrices(node: Node, emit: Emit): void {
  const [a, b, y] = [inputOf(node, 'a'), inputOf(node, 'b'), outputOf(node)];
  const [transposeA, transposeB] = [node.attrs.transposeA === true, node.attrs.transposeB === true];
  const [m = 1, n = 1] = y.shape.slice(-2);
  const k = a.shape.at(transposeA ? -2 : -1) ?? 1;
  const batch = y.shape.slice(0, -2);
  const [ofA, ofB] = [matricesOf(batch, a), matricesOf(batch, b)];
  const bias = vectorOf(node, inputNamed(node, 'bias'), n, emit);
  const activation = activationOf(node, n, emit);
  const from = emit.read(a, 'plain');
  const panels = [...new Set(ofB)].map((i): [number, Operand] => {
    const key = `${i}${transposeB ? ' transposed' : ''}`;
    const matrix = { key, taps: [i * k * n], k, n, kStep: transposeB ? 1 : n, nStep: transposeB ? k : 1 };
    return [i, panelsOf(b, matrix, emit)];
  });
  const packed = new Map(panels);
  const to = emit.make(y, 'plain');
  // One matrix for a whole batch: its rows are those of one larger product.
  const joined = !transposeA && packed.size === 1 && ofA.every((at, i) => at === i);
  const products = joined ? [0] : ofA.map((_, i) => i);
  const rowsOfAll = joined ? m * ofA.length : m;
  const groups = groupsOf8(k);
  const rows = Math.max(12, Math.min(Math.ceil(rowsOfAll / 12) * 12, Math.floor(stripBytes / (32 * groups) / 12) * 12));
  const bytes = listBytes(groups) + sumsBytes + groups * (32 * rows + 64);
  for (const i of products) {
    const at = (of: Operand, numbers: number): Operand => ({ ...of, offset: of.offset + 4 * numbers });
    emit.command({
      code: matrixProduct,
      name: 'matrix product',
      words: [
        ...[at(from, (ofA[i] ?? 0) * m * k), packed.get(ofB[i] ?? 0), bias, at(to, i * m * n)],
        ...[rowsOfAll, k, n, 4 * (transposeA ? m : k), transposeA ? 1 : 0, 4 * n],
        ...[activation.kind, activation.slopes, emit.scratch(bytes), bytes, rows],
      ],
      madds: multiplyAdds({ ...node, op: 'BatchMatMul' }) / products.length,
      traffic: (traffic([a, y]) + panelBytes(1, k, n)) / products.length,
      fused: fusedOf(activation, undefined),
    });
  }
}
