import type { DataType } from '@tensorflow/tfjs-core';
import * as codes from '../commands/chainCodes.ts';

/** What an elementwise kernel is made of: steps that a chain knows. */
export interface Writer {
  /** Adds an instruction; gives the register of its result. */
  readonly write: (
    code: number,
    operands: readonly Register[],
    dtype: DataType,
    numbers?: readonly number[],
  ) => Register;
}
export interface Register {
  readonly index: number;
  readonly dtype: DataType;
}
export type Attrs = { readonly [name: string]: unknown };
export type Rule = (operands: readonly Register[], attrs: Attrs, writer: Writer) => Register;

const isFloat = ({ dtype }: Register) => dtype === 'float32';

/** An operand as another type, as tfjs's `cast` has it. */
export function cast(x: Register, dtype: DataType, { write }: Writer): Register {
  if (x.dtype === dtype) return x;
  if (dtype === 'float32') return write(codes.intToFloat, [x], dtype);
  if (dtype === 'bool') return write(isFloat(x) ? codes.floatToBool : codes.intToBool, [x], dtype);
  return isFloat(x) ? write(codes.floatToInt, [x], dtype) : { ...x, dtype };
}

const first = ([x]: readonly Register[]): Register => {
  if (x === undefined) throw new RangeError('engine: an elementwise kernel reads nothing');
  return x;
};

/** Float32 if any operand is; otherwise whole numbers. */
const common = (operands: readonly Register[]): DataType => (operands.some(isFloat) ? 'float32' : 'int32');

/** Two numbers of one type; the result is of that type or, of a comparison, bool. */
const two =
  (float: number, int: number | undefined, result?: DataType): Rule =>
  (operands, _, writer) => {
    const dtype = int === undefined ? 'float32' : common(operands);
    const read = operands.map((x) => cast(x, dtype, writer));
    return writer.write(dtype === 'float32' || int === undefined ? float : int, read, result ?? dtype);
  };

/** One float32 number; of a whole one what the function makes is cut to a whole one again. */
const one =
  (float: number, int?: number, numbers: (attrs: Attrs) => readonly number[] = () => []): Rule =>
  (operands, attrs, writer) => {
    const x = first(operands);
    if (int !== undefined && !isFloat(x)) return writer.write(int, [x], x.dtype);
    const made = writer.write(float, [cast(x, 'float32', writer)], 'float32', numbers(attrs));
    return cast(made, x.dtype, writer);
  };

/** One number of any type -> float32. */
const toFloat =
  (float: number, numbers: (attrs: Attrs) => readonly number[] = () => []): Rule =>
  (operands, attrs, writer) =>
    writer.write(float, [cast(first(operands), 'float32', writer)], 'float32', numbers(attrs));
const test =
  (float: number): Rule =>
  (operands, _, writer) =>
    writer.write(float, [cast(first(operands), 'float32', writer)], 'bool');

const logical =
  (code: number): Rule =>
  (operands, _, writer) =>
    writer.write(
      code,
      operands.map((x) => cast(x, 'bool', writer)),
      'bool',
    );

const number = (attrs: Attrs, name: string, otherwise?: number): number => {
  const value = attrs[name] ?? otherwise;
  if (typeof value === 'number') return value;
  throw new TypeError(`engine: an attribute ${name} is ${JSON.stringify(value)}; it must be a number`);
};
const dtypeIn = ({ dtype }: Attrs): DataType => {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new TypeError(`engine: Cast to ${JSON.stringify(dtype)}; it may be to float32, int32 or bool`);
};

const add = two(codes.addF, codes.addI);
const multiply = two(codes.mulF, codes.mulI);

/** An activation by its name in a composite op. */
function activated(z: Register, activation: unknown, { write }: Writer): Register {
  const known = { swish: codes.swishF, relu: codes.reluF, relu6: codes.relu6F };
  if (activation === undefined || activation === 'linear') return z;
  if (activation === 'swish' || activation === 'relu' || activation === 'relu6')
    return write(known[activation], [z], 'float32');
  throw new RangeError(`engine: activation ${JSON.stringify(activation)}; it may be linear, swish, relu or relu6`);
}

/** (x - mean) * slope + offset, offset where there is one. The slope is [c], made before. */
const normalize: Rule = ([x, mean, slope, offset], attrs, writer) => {
  if (x === undefined || mean === undefined || slope === undefined)
    throw new RangeError('engine: a batch norm needs x, mean and slope');
  const centred = writer.write(codes.subF, [x, mean], 'float32');
  const scaled = writer.write(codes.mulF, [centred, slope], 'float32');
  const y = offset ? writer.write(codes.addF, [scaled, offset], 'float32') : scaled;
  return activated(y, attrs.activation, writer);
};

/** The sum of maps, each times a number; the numbers come last. */
const weightedSum: Rule = (operands, _, writer) => {
  const count = operands.length / 2;
  const weighted = operands.slice(0, count).map((map, i) => multiply([map, operands[count + i] ?? map], {}, writer));
  return weighted.reduce((a, b) => add([a, b], {}, writer));
};

/** How each elementwise kernel is computed, by its name. Operands: in the kernel's own order. */
export const chainRules: { readonly [op: string]: Rule } = {
  Add: add,
  Sub: two(codes.subF, codes.subI),
  Multiply: multiply,
  RealDiv: two(codes.divF, undefined),
  FloorDiv: two(codes.floorDivF, codes.floorDivI, 'int32'),
  Mod: two(codes.modF, codes.modI),
  Maximum: two(codes.maxF, codes.maxI),
  Minimum: two(codes.minF, codes.minI),
  Pow: two(codes.powF, codes.powI),
  SquaredDifference: two(codes.squaredDifferenceF, codes.squaredDifferenceI),
  Atan2: two(codes.atan2F, undefined),
  Prelu: two(codes.preluF, undefined),
  EluGrad: two(codes.eluGradF, undefined),
  BitwiseAnd: ([a, b], _, { write }) =>
    write(
      codes.bitAndI,
      [a, b].filter((x) => x !== undefined),
      'int32',
    ),
  Equal: two(codes.equalF, codes.equalI, 'bool'),
  NotEqual: two(codes.notEqualF, codes.notEqualI, 'bool'),
  Less: two(codes.lessF, codes.lessI, 'bool'),
  LessEqual: two(codes.lessEqualF, codes.lessEqualI, 'bool'),
  Greater: two(codes.greaterF, codes.greaterI, 'bool'),
  GreaterEqual: two(codes.greaterEqualF, codes.greaterEqualI, 'bool'),
  LogicalAnd: logical(codes.andB),
  LogicalOr: logical(codes.orB),
  LogicalNot: logical(codes.notB),
  Select: ([condition, t, e], _, writer) => {
    if (condition === undefined || t === undefined || e === undefined)
      throw new RangeError('engine: Select needs condition, t and e');
    const dtype = t.dtype === e.dtype ? t.dtype : common([t, e]);
    return writer.write(codes.select, [condition, cast(t, dtype, writer), cast(e, dtype, writer)], dtype);
  },
  Cast: (operands, attrs, writer) => cast(first(operands), dtypeIn(attrs), writer),
  Identity: (operands) => first(operands),
  AddN: (operands, _, writer) => operands.reduce((a, b) => add([a, b], {}, writer)),
  Relu: one(codes.reluF),
  Relu6: one(codes.relu6F),
  LeakyRelu: toFloat(codes.leakyReluF, (attrs) => [number(attrs, 'alpha')]),
  Step: one(codes.stepF, undefined, (attrs) => [number(attrs, 'alpha', 0)]),
  ClipByValue: one(codes.clipF, undefined, (attrs) => [number(attrs, 'clipValueMin'), number(attrs, 'clipValueMax')]),
  Abs: one(codes.absF, codes.absI),
  Neg: one(codes.negF, codes.negI),
  Sign: one(codes.signF, codes.signI),
  Square: one(codes.squareF, codes.squareI),
  Floor: one(codes.floorF, codes.copy),
  Ceil: one(codes.ceilF, codes.copy),
  Round: one(codes.roundF, codes.copy),
  Sqrt: one(codes.sqrtF),
  Rsqrt: one(codes.rsqrtF),
  Reciprocal: one(codes.reciprocalF),
  Sigmoid: one(codes.sigmoidF),
  PyramidionSwish: one(codes.swishF),
  Tanh: one(codes.tanhF),
  Exp: toFloat(codes.expF),
  Expm1: one(codes.expm1F),
  Log: one(codes.logF),
  Log1p: one(codes.log1pF),
  Elu: one(codes.eluF),
  Selu: one(codes.seluF),
  Softplus: one(codes.softplusF),
  Erf: one(codes.erfF),
  Sin: one(codes.sinF),
  Cos: one(codes.cosF),
  Tan: one(codes.tanF),
  Asin: one(codes.asinF),
  Acos: one(codes.acosF),
  Atan: one(codes.atanF),
  Sinh: one(codes.sinhF),
  Cosh: one(codes.coshF),
  Asinh: one(codes.asinhF),
  Acosh: one(codes.acoshF),
  Atanh: one(codes.atanhF),
  IsNan: test(codes.isNanF),
  IsInf: test(codes.isInfF),
  IsFinite: test(codes.isFiniteF),
  PyramidionBiasAdd: add,
  PyramidionScaleChannels: multiply,
  PyramidionWeightedSum: weightedSum,
  FusedBatchNorm: normalize,
  PyramidionBatchNormStored: normalize,
};
