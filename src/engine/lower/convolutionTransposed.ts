import type { Node } from '../../trace/graph.ts';
import { multiplyAdds } from '../../trace/work.ts';
import type { Geometry } from '../geometry.ts';
import { type Emit, product } from '../plan/emit.ts';
import { inputOf, outputOf } from './attributes.ts';
import { convolutionGeometry } from './convolutionGeometry.ts';
import { panelsOf, vectorOf } from './convolutionPanels.ts';
import { emitProduct, traffic } from './convolutionPointwise.ts';
import { emitStrips } from './convolutionStrips.ts';

/** One axis of the results that have the same taps: every stride-th, from `first` on. */
interface Phase {
  readonly first: number;
  readonly count: number;
  /** Of the filter, in the order of the pixels of dy that they meet. */
  readonly taps: readonly number[];
  readonly padding: number;
}

/** Result i is the sum of dy[o] filter[t] over o * stride - pad + t * dilation = i. */
function phasesOf(size: number, kernel: number, stride: number, pad: number): readonly Phase[] {
  return Array.from({ length: Math.min(stride, size) }, (_, first) => {
    const rest = (first + pad) % stride;
    const taps = Array.from({ length: kernel }, (_, t) => t).filter((t) => t % stride === rest);
    const last = Math.floor((first + pad) / stride); // the pixel that the first of the taps meets
    return { first, count: Math.ceil((size - first) / stride), taps: taps.reverse(), padding: taps.length - 1 - last };
  });
}

/** No activation. */
const none = { kind: 0, slopes: undefined, fused: [] };

/** What a convolution of the result would be; x is the result, y is dy. */
function undone(node: Node): Geometry {
  return convolutionGeometry(node, outputOf(node).shape, inputOf(node, 'filter').shape, inputOf(node, 'dy').shape);
}

/**
 * tfjs's `Conv2DBackpropInput`, as upsampling: dy [b, h, w, in], filter [kh, kw, out, in]. Results with the same taps are a
 * convolution of their own, of stride 1.
 */
export function lowerTransposed(node: Node, emit: Emit): void {
  const [dy, filter, y] = [inputOf(node, 'dy'), inputOf(node, 'filter'), outputOf(node)];
  const g = undone(node);
  if (g.dilationHeight !== 1 || g.dilationWidth !== 1)
    throw new RangeError(`engine: ${node.op} is dilated by ${g.dilationHeight}x${g.dilationWidth}; it must be 1`);
  const [outputs, inputs] = [g.inChannels, g.outChannels];
  const all = multiplyAdds(node);
  if (product(filter.shape) === inputs * outputs && `${dy.shape.slice(0, 3)}` === `${y.shape.slice(0, 3)}`) {
    const bias = vectorOf(node, undefined, outputs, emit);
    const parts = { x: dy, filter, y, bias, activation: none, residual: undefined, madds: all };
    emitProduct({ ...parts, name: 'conv transposed 1x1', transposed: true }, emit);
    return;
  }
  const from = emit.read(dy, 'blocked');
  const to = emit.make(y, 'blocked');
  const bias = vectorOf(node, undefined, outputs, emit);
  const rows = phasesOf(g.inHeight, g.kernelHeight, g.strideHeight, g.padTop);
  const columns = phasesOf(g.inWidth, g.kernelWidth, g.strideWidth, g.padLeft);
  for (const row of rows)
    for (const column of columns) {
      const taps = row.taps.flatMap((ky) => column.taps.map((kx) => (ky * g.kernelWidth + kx) * outputs * inputs));
      const matrix = {
        key: `transposed ${row.first} ${column.first}`,
        taps,
        k: inputs,
        n: outputs,
        kStep: 1,
        nStep: inputs,
      };
      const geometry: Geometry = {
        ...{ batch: g.batch, inHeight: g.outHeight, inWidth: g.outWidth, inChannels: inputs },
        ...{ outHeight: row.count, outWidth: column.count, outChannels: outputs },
        ...{ kernelHeight: row.taps.length, kernelWidth: column.taps.length, strideHeight: 1, strideWidth: 1 },
        ...{ padTop: row.padding, padLeft: column.padding, dilationHeight: 1, dilationWidth: 1 },
      };
      emitStrips(
        `conv transposed ${g.kernelHeight}x${g.kernelWidth} s${g.strideHeight}`,
        from,
        panelsOf(
          filter,
          { ...matrix, key: `${matrix.key} s${g.strideHeight}x${g.strideWidth} p${g.padTop}x${g.padLeft}` },
          emit,
        ),
        to,
        {
          row: g.strideHeight * g.inWidth,
          column: g.strideWidth,
          image: g.inHeight * g.inWidth,
          first: row.first * g.inWidth + column.first,
        },
        {
          geometry,
          bias,
          activation: none,
          residual: undefined,
          madds: (all * taps.length) / (g.kernelHeight * g.kernelWidth),
        },
        traffic([dy, filter, y]) / (rows.length * columns.length),
        emit,
      );
    }
}
