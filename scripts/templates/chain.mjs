// Instructions of elementwise chains: each a loop over blocks of numbers, 8 at a time, as two equal halves that V8 may join.
import { readFileSync } from 'node:fs';

const codes = [
  ...readFileSync(new URL('../../src/engine/commands/chainCodes.ts', import.meta.url), 'utf8').matchAll(
    /const (\w+) = (\d+)/g,
  ),
];

/** By name: operands, and the result as text of a0, b0 ... (h: which half). */
const f2 = (op) => [2, () => `f32x4.${op}(a, b)`];
const i2 = (op) => [2, () => `i32x4.${op}(a, b)`];
const bool = ([n, text]) => [n, (h) => `v128.and(${text(h)}, bit)`];
const f1 = (op) => [1, () => `f32x4.${op}(a)`];
const functions = ['erf', 'exp', 'expm1', 'log', 'log1p', 'sigmoid', 'softplus', 'swish', 'tanh'];
const math = (name) => [1, (h) => `${name}${h}(k, a)`];
const of1 = (text) => [1, () => text];
const of2 = (text) => [2, () => text];
const compare = (kind) => ({
  [`equal${kind}`]: 'eq',
  [`notEqual${kind}`]: 'ne',
  [`less${kind}`]: 'lt',
  [`lessEqual${kind}`]: 'le',
  [`greater${kind}`]: 'gt',
  [`greaterEqual${kind}`]: 'ge',
});
const wide = {
  addF: f2('add'),
  subF: f2('sub'),
  mulF: f2('mul'),
  divF: f2('div'),
  maxF: f2('max'),
  minF: f2('min'),
  squaredDifferenceF: of2('f32x4.mul(f32x4.sub(a, b), f32x4.sub(a, b))'),
  preluF: of2('v128.bitselect(f32x4.mul(a, b), a, f32x4.lt(a, zero))'),
  eluGradF: of2('v128.bitselect(a, f32x4.mul(a, f32x4.add(b, one)), f32x4.ge(b, zero))'),
  ...Object.fromEntries(Object.entries(compare('F')).map(([name, op]) => [name, bool(f2(op))])),
  addI: i2('add'),
  subI: i2('sub'),
  mulI: i2('mul'),
  maxI: i2('max_s'),
  minI: i2('min_s'),
  squaredDifferenceI: of2('i32x4.mul(i32x4.sub(a, b), i32x4.sub(a, b))'),
  ...Object.fromEntries(
    Object.entries(compare('I')).map(([name, op]) => [name, bool(i2(/eq|ne/.test(op) ? op : `${op}_s`))]),
  ),
  andB: of2('v128.and(v128.and(i32x4.ne(a, zero), i32x4.ne(b, zero)), bit)'),
  orB: of2('v128.and(i32x4.ne(v128.or(a, b), zero), bit)'),
  bitAndI: of2('v128.and(a, b)'),
  reluF: of1('f32x4.pmax(a, zero)'),
  relu6F: of1('f32x4.pmin(f32x4.pmax(a, zero), six)'),
  leakyReluF: of1('v128.bitselect(f32x4.mul(a, x), a, f32x4.lt(a, zero))'),
  stepF: of1('v128.bitselect(v128.bitselect(one, x, f32x4.gt(a, zero)), a, f32x4.eq(a, a))'),
  clipF: of1('f32x4.pmin(f32x4.pmax(a, x), y)'),
  absF: f1('abs'),
  negF: f1('neg'),
  floorF: f1('floor'),
  ceilF: f1('ceil'),
  roundF: f1('nearest'),
  sqrtF: f1('sqrt'),
  signF: of1('v128.or(v128.and(f32x4.gt(a, zero), one), v128.and(f32x4.lt(a, zero), minusOne))'),
  rsqrtF: of1('f32x4.div(one, f32x4.sqrt(a))'),
  reciprocalF: of1('f32x4.div(one, a)'),
  squareF: of1('f32x4.mul(a, a)'),
  sigmoidF: math('sigmoid'),
  swishF: math('swish'),
  tanhF: math('tanh'),
  expF: math('exp'),
  expm1F: math('expm1'),
  logF: math('log'),
  log1pF: math('log1p'),
  softplusF: math('softplus'),
  erfF: math('erf'),
  eluF: [1, (h) => `v128.bitselect(expm1${h}(k, a), a, f32x4.lt(a, zero))`],
  seluF: [
    1,
    (h) => `v128.bitselect(f32x4.mul(expm1${h}(k, a), seluBelow), f32x4.mul(a, seluAbove), f32x4.lt(a, zero))`,
  ],
  isNanF: of1('v128.and(f32x4.ne(a, a), bit)'),
  isInfF: of1('v128.and(f32x4.eq(f32x4.abs(a), infinity), bit)'),
  isFiniteF: of1('v128.and(f32x4.lt(f32x4.abs(a), infinity), bit)'),
  absI: of1('i32x4.abs(a)'),
  negI: of1('i32x4.neg(a)'),
  squareI: of1('i32x4.mul(a, a)'),
  signI: of1('i32x4.sub(v128.and(i32x4.gt_s(a, zero), bit), v128.and(i32x4.lt_s(a, zero), bit))'),
  notB: of1('v128.and(i32x4.eq(a, zero), bit)'),
  intToFloat: of1('f32x4.convert_i32x4_s(a)'),
  floatToBool: of1('v128.and(f32x4.ne(a, zero), bit)'),
  intToBool: of1('v128.and(i32x4.ne(a, zero), bit)'),
  copy: of1('a'),
  select: [3, () => 'v128.bitselect(b, c, i32x4.ne(a, zero))'],
};
/** What text may name, made before its loop. */
const before = {
  zero: 'i32x4.splat(0)',
  bit: 'i32x4.splat(1)',
  one: 'f32x4.splat(1)',
  minusOne: 'f32x4.splat(-1)',
  six: 'f32x4.splat(6)',
  infinity: 'f32x4.splat(Infinity)',
  seluBelow: 'f32x4.splat(1.7580993408473768)',
  seluAbove: 'f32x4.splat(1.0507009873554805)',
  x: 'f32x4.splat(load<f32>(i, 20))',
  y: 'f32x4.splat(load<f32>(i, 24))',
};

const one = (name) => [1, 'f32', `<f32>slow.${name}(<f64>load<f32>(a))`];
const two = (name) => [2, 'f32', `<f32>slow.${name}(<f64>load<f32>(a), <f64>load<f32>(b))`];
const slow = {
  floatToInt: [1, 'i32', 'slow.toInt(<f64>load<f32>(a))'],
  powF: two('pow'),
  modF: two('mod'),
  atan2F: two('atan2'),
  ...Object.fromEntries(
    'sin cos tan asin acos atan sinh cosh asinh acosh atanh'.split(' ').map((name) => [`${name}F`, one(name)]),
  ),
  floorDivF: [2, 'i32', 'slow.floorDiv(<f64>load<f32>(a), <f64>load<f32>(b))'],
  powI: [2, 'i32', 'slow.toInt(slow.pow(<f64>load<i32>(a), <f64>load<i32>(b)))'],
  modI: [2, 'i32', 'slow.toInt(slow.mod(<f64>load<i32>(a), <f64>load<i32>(b)))'],
  floorDivI: [2, 'i32', 'slow.floorDiv(<f64>load<i32>(a), <f64>load<i32>(b))'],
};

const names = ['a', 'b', 'c'];
const parameters = 'd: usize, a: usize, b: usize, c: usize, end: usize, i: usize, k: usize';
const advance = (operands, bytes) => operands.map((name) => `${name} += ${bytes};`).join(' ');

function wideLoop(name, [count, text]) {
  const operands = names.slice(0, count);
  const half = (h) =>
    text(h).replace(/\b[abc]\b/g, (operand) => (operands.includes(operand) ? `${operand}${h}` : operand));
  const made = Object.entries(before).filter(([word]) => new RegExp(`\\b${word}\\b`).test(text(0)));
  return `
function ${name}(${parameters}): void {
${made.map(([word, value]) => `  const ${word} = ${value};\n`).join('')}  do {
    const ${operands.map((o) => `${o}0 = v128.load(${o}), ${o}16 = v128.load(${o}, 16)`).join(', ')};
    const r0 = ${half(0)}, r16 = ${half(16)};
    v128.store(d, r0);
    v128.store(d, r16, 16);
    ${advance([...operands, 'd'], 32)}
  } while (d < end);
}`;
}
const slowLoop = (name, [count, type, text]) => `
function ${name}(${parameters}): void {
  do {
    store<${type}>(d, ${text});
    ${advance([...names.slice(0, count), 'd'], 4)}
  } while (d < end);
}`;

/** A tree of comparisons: as many steps as bits in the number of instructions. */
function tree(from, to, indent) {
  if (to - from === 1) return `${indent}${codes[from][1]}(d, a, b, c, end, i, k);`;
  const middle = (from + to) >> 1;
  return `${indent}if (op < ${middle}) {\n${tree(from, middle, `${indent} `)}\n${indent}} else {\n${tree(middle, to, `${indent} `)}\n${indent}}`;
}

export function files() {
  for (const [at, [, name, code]] of codes.entries())
    if (Number(code) !== at || !(name in wide || name in slow))
      throw new Error(`chain: ${name} has no text, or not its number`);
  const loops = codes.map(([, name]) => (name in wide ? wideLoop(name, wide[name]) : slowLoop(name, slow[name])));
  const text = `// Generated by scripts/templates/chain.mjs. Not in git.
import { ${functions.flatMap((name) => [`${name}0`, `${name}16`]).join(', ')} } from './chainMath.generated';
import * as slow from './chainSlow';
${loops.join('\n')}

/** One instruction, at i, over the numbers from d to end: at least 8, whole eights. k: the numbers of the functions. */
export function instruction(op: i32, ${parameters}): void {
${tree(0, codes.length, '  ')}
}
`;
  return { 'chain.generated.ts': text };
}
