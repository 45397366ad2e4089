import { axesIn, axisIn, flagIn, numberIn } from './attributes.ts';
import { graphModelArrangement } from './graphModelArrangement.ts';
import { real, text, whole, yes } from './graphModelNode.ts';
import { alike, type GraphRule, type GraphRules, reads } from './graphModelRule.ts';
import { graphModelWindows } from './graphModelWindows.ts';
import { typeOf } from './graphModelWriter.ts';
import { inputOf, maybeInput, onlyInput, resultOf } from './values.ts';

const reduction =
  (op: string): GraphRule =>
  (node, to) => {
    const x = onlyInput(node);
    const axes = to.ints(axesIn(node, x.shape.length));
    to.give(node.outputs, op, [to.read(x), axes], { keep_dims: yes(flagIn(node, 'keepDims')) });
  };

/** The place of the largest or smallest along an axis. */
const extreme =
  (op: string): GraphRule =>
  (node, to) => {
    const x = onlyInput(node);
    to.give(node.outputs, op, [to.read(x), to.int(axesIn(node, x.shape.length)[0] ?? 0)]);
  };

const fusedBatchNorm: GraphRule = (node, to) => {
  const mean = inputOf(node, 'mean');
  const channels = mean.shape.reduce((a, b) => a * b, 1);
  const or = (name: string, otherwise: number) => {
    const value = maybeInput(node, name);
    return value ? to.read(value) : to.tensor(name, [channels], new Float32Array(channels).fill(otherwise));
  };
  const [x = '', m = '', variance = ''] = reads(node, to, 'x', 'mean', 'variance');
  to.give(node.outputs, 'FusedBatchNormV3', [x, or('scale', 1), or('offset', 0), m, variance], {
    epsilon: real(numberIn(node, 'varianceEpsilon', 0.001)),
  });
};

const fill: GraphRule = (node, to) => {
  const y = resultOf(node);
  const { value } = node.attrs;
  const number = typeof value === 'boolean' ? Number(value) : numberIn(node, 'value');
  to.give([y], 'Fill', [to.sides(to.sidesOf(y)), y.dtype === 'int32' ? to.int(number) : to.float(number)]);
};

/** 1 above zero, alpha below: TensorFlow has no such operation. */
const step: GraphRule = (node, to) => {
  const above = to.step('Greater', [to.read(onlyInput(node)), to.float(0)]);
  to.give(node.outputs, 'SelectV2', [above, to.float(1), to.float(numberIn(node, 'alpha', 0))]);
};

const oneHot: GraphRule = (node, to) => {
  const y = resultOf(node);
  const number = (name: string, otherwise: number) => to.int(numberIn(node, name, otherwise));
  const inputs = [to.read(onlyInput(node)), number('depth', 1), number('onValue', 1), number('offValue', 0)];
  to.give([y], 'OneHot', inputs, { axis: whole(-1) });
};

/** What each kernel is in TensorFlow's graphs, as tfjs reads them. */
export const graphModelRules: GraphRules = {
  ...graphModelWindows,
  ...graphModelArrangement,
  ...alike('Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Expm1 Floor Identity IsFinite IsInf'),
  ...alike('IsNan LogicalNot Log Log1p Neg OnesLike Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Sinh'),
  ...alike('Softmax Softplus Sqrt Square Tan Tanh ZerosLike'),
  ...alike('Add:AddV2 Sub Multiply:Mul RealDiv Maximum Minimum Pow Mod:FloorMod FloorDiv SquaredDifference Atan2'),
  ...alike('Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr BitwiseAnd'),
  ...alike('AddN', ({ inputs }) => ({ N: whole(Object.keys(inputs).length) })),
  ...alike('LeakyRelu', (node) => ({ alpha: real(numberIn(node, 'alpha', 0.2)) })),
  ...alike('LRN', (node) => ({
    depth_radius: whole(numberIn(node, 'depthRadius', 5)),
    bias: real(numberIn(node, 'bias', 1)),
    alpha: real(numberIn(node, 'alpha', 1)),
    beta: real(numberIn(node, 'beta', 0.5)),
  })),
  ...alike('DepthToSpace', (node) => ({ block_size: whole(numberIn(node, 'blockSize')), data_format: text('NHWC') })),
  Cast: (node, to) => {
    const [x, y] = [onlyInput(node), resultOf(node)];
    to.give([y], 'Cast', [to.read(x)], { SrcT: { type: typeOf(x) }, DstT: { type: typeOf(y) } });
  },
  ClipByValue: (node, to) => {
    const ends = ['clipValueMin', 'clipValueMax'].map((name) => to.float(numberIn(node, name)));
    to.give(node.outputs, 'ClipByValue', [to.read(onlyInput(node)), ...ends]);
  },
  Prelu: (node, to) => to.give(node.outputs, 'Prelu', reads(node, to, 'x', 'alpha')),
  Select: (node, to) => to.give(node.outputs, 'SelectV2', reads(node, to, 'condition', 't', 'e')),
  Step: step,
  FusedBatchNorm: fusedBatchNorm,
  ...Object.fromEntries(['Mean', 'Sum', 'Max', 'Min', 'Prod', 'All', 'Any'].map((op) => [op, reduction(op)])),
  ArgMax: extreme('ArgMax'),
  ArgMin: extreme('ArgMin'),
  Cumsum: (node, to) => {
    const x = onlyInput(node);
    to.give(node.outputs, 'Cumsum', [to.read(x), to.int(axisIn(node, x.shape.length))], {
      exclusive: yes(flagIn(node, 'exclusive')),
      reverse: yes(flagIn(node, 'reverse')),
    });
  },
  TopK: (node, to) =>
    to.give(node.outputs, 'TopKV2', [to.read(onlyInput(node)), to.int(numberIn(node, 'k'))], {
      sorted: yes(node.attrs.sorted !== false),
    }),
  OneHot: oneHot,
  Fill: fill,
};
