import { inputsOf } from '../trace/graph.ts';
import { axisIn, numberIn, numbersIn, pairsIn, wordIn } from './attributes.ts';
import { axisOf, inLayout } from './onnxLayout.ts';
import type { OnnxRule, OnnxRules } from './onnxRule.ts';
import { unsupported } from './unsupported.ts';
import { onlyInput, resultOf } from './values.ts';

/** The same numbers in another shape. */
const reshape: OnnxRule = (node, to) => {
  const [x, y] = [onlyInput(node), resultOf(node)];
  if (`${x.shape}` === `${y.shape}`) return to.same(y, x);
  to.give(y, 'NHWC', 'Reshape', [to.readFlat(x), to.shapes.toReshape(to.sides(y))]);
};

const transpose: OnnxRule = (node, to) => {
  const perm = numbersIn(node, 'perm') ?? [];
  to.give(resultOf(node), 'NHWC', 'Transpose', [to.read(onlyInput(node))], { perm });
};

const pad: OnnxRule = (node, to) => {
  const [x, y] = [onlyInput(node), resultOf(node)];
  const layout = to.follow([x]);
  const mode = node.op === 'PadV2' ? 'constant' : wordIn(node, 'mode');
  if (mode === 'symmetric') throw unsupported('toOnnx', node, 'ONNX has no symmetric padding');
  const pads = inLayout(pairsIn(node, 'paddings'), layout);
  const list = to.sheet.longs([...pads.map(([before]) => before), ...pads.map(([, after]) => after)]);
  const value = numberIn(node, 'constantValue', 0);
  const filling = to.sheet.float(value);
  const last =
    mode === 'constant'
      ? [x.dtype === 'float32' ? filling : to.sheet.step('CastLike', [filling, to.read(x, layout)])]
      : [];
  to.give(y, layout, 'Pad', [to.read(x, layout), list, ...last], { mode });
};

const concat: OnnxRule = (node, to) => {
  const [values, y] = [inputsOf(node), resultOf(node)];
  const layout = to.follow(values);
  const axis = axisOf(axisIn(node, y.shape.length), layout);
  to.give(
    y,
    layout,
    'Concat',
    values.map((value) => to.read(value, layout)),
    { axis },
  );
};

const pack: OnnxRule = (node, to) => {
  const y = resultOf(node);
  const axis = axisIn(node, y.shape.length);
  const items = inputsOf(node).map((value) => to.sheet.step('Unsqueeze', [to.read(value), to.sheet.longs([axis])]));
  to.give(y, 'NHWC', 'Concat', items, { axis });
};

const tile: OnnxRule = (node, to) => {
  const reps = numbersIn(node, 'reps') ?? [];
  const free = to.free(node, 'reps');
  to.give(resultOf(node), 'NHWC', 'Tile', [to.read(onlyInput(node)), to.shapes.of(reps.map((n, i) => free[i] ?? n))]);
};

/** Kernels that move numbers and leave them as they are. */
export const onnxArrangement: OnnxRules = {
  Reshape: reshape,
  ExpandDims: reshape,
  Transpose: transpose,
  PadV2: pad,
  MirrorPad: pad,
  Tile: tile,
  Concat: concat,
  Pack: pack,
  DepthToSpace: (node, to) =>
    to.give(resultOf(node), 'NCHW', 'DepthToSpace', [to.read(onlyInput(node), 'NCHW')], {
      blocksize: numberIn(node, 'blockSize'),
    }),
};
