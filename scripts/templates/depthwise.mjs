// Windows of 3x3 and 5x5 over 8 channels, stride 1 and 2, their filter and 7 sums in registers. Where V8 joins pairs of
// vectors both halves of the lanes go through together; else one after the other, since 16 registers hold one half's.
const range = (n) => [...Array(n).keys()];

/** Pixels of a tile. Rows are parted into them so that the last overlap; shorter rows take 4, or one at a time. */
const tiles = [7, 4, 1];

/** Statements for some vectors at a time, then their stores: V8 joins what no store parts. */
const inGroups = (size, statements) => (vectors) =>
  range(Math.ceil(vectors.length / size))
    .map((i) => vectors.slice(i * size, (i + 1) * size))
    .map(
      (group) =>
        `    {\n${[...statements(group.map(({ x }) => x)), group.map(({ store }) => store).join(' ')].map((line) => `      ${line}`).join('\n')}\n    }`,
    )
    .join('\n');

const clamp = inGroups(4, (vectors) => vectors.map((x) => `${x} = f32x4.pmin(f32x4.pmax(${x}, low), high);`)); // NaN stays

/** x / (1 + exp(-x)), see ../../src/engine/kernels/math.ts: a constant is loaded once for four vectors, at 3/4 of the time. */
const swish = inGroups(4, (vectors) => {
  const each = (statement) => vectors.map((x, i) => statement(x, i)).join(' ');
  return [
    'const least = constant(128), most = constant(144), scale = constant(0), magic = constant(16);',
    each((x, i) => `${x} = f32x4.pmax(${x}, least); const x${i} = f32x4.pmin(${x}, most);`), // -inf: -87 by 6e37
    each((_, i) => `const t${i} = madd(x${i}, scale, magic);`),
    each((_, i) => `const r${i} = madd(x${i}, scale, f32x4.sub(magic, t${i}));`),
    'const k5 = constant(112), k4 = constant(96);',
    each((_, i) => `let e${i} = madd(k5, r${i}, k4); const q${i} = f32x4.mul(r${i}, r${i});`),
    'const k3 = constant(80), k2 = constant(64);',
    each((_, i) => `e${i} = madd(e${i}, q${i}, madd(k3, r${i}, k2));`),
    'const k1 = constant(48), one = constant(32);',
    each((_, i) => `e${i} = madd(e${i}, q${i}, madd(k1, r${i}, one));`),
    each((_, i) => `e${i} = f32x4.add(one, i32x4.add(e${i}, i32x4.shl(t${i}, 23)));`),
    each((x, i) => `${x} = f32x4.div(${x}, e${i});`),
  ];
});

/** Swish of some pixels, from one place to another. */
const swishes = (count) => {
  const vectors = range(2 * count).map((i) => ({ x: `x_${i}`, store: `v128.store(to, x_${i}, ${16 * i});` }));
  return `      let ${vectors.map(({ x }, i) => `${x} = v128.load(from, ${16 * i})`).join(', ')};\n${swish(vectors)}`;
};

/** What makes `count` pixels of a row, from column 0 of p0 (p1, ...) to q. */
const tile = (count, side, stride, halves, after) => {
  const pixels = range(count);
  const rows = range(side).map((y) => {
    const weights = range(side).flatMap((x) =>
      halves.map((h) => `const w${x}_${h} = v128.load(w, ${(y * side + x) * 32 + h * 16});`),
    );
    const columns = range((count - 1) * stride + side).map((column) => {
      const load = halves.map((h) => `v${h} = v128.load(a, ${column * 32 + h * 16});`).join(' ');
      const sums = pixels.flatMap((i) => {
        const x = column - i * stride;
        return x < 0 || x >= side ? [] : halves.map((h) => `s${i}_${h} = madd(v${h}, w${x}_${h}, s${i}_${h});`);
      });
      return sums.length === 0 ? '' : `      ${load} ${sums.join(' ')}`;
    });
    return `    {\n      const a = at + o${y};\n      ${weights.join(' ')}\n      let ${halves.map((h) => `v${h}: v128`).join(', ')};\n${columns.filter(Boolean).join('\n')}\n    }`;
  });
  return `    let ${pixels.flatMap((i) => halves.map((h) => `s${i}_${h} = bias${h}`)).join(', ')};
${rows.join('\n')}
${after(pixels.flatMap((i) => halves.map((h) => ({ x: `s${i}_${h}`, store: `v128.store(to, s${i}_${h}, ${i * 32 + h * 16});` }))))}`;
};

/** Tiles along a row of n pixels. */
const row = (count, side, stride, halves, after) => `
    let x = 0;
    while (true) {
      const at = p + <usize>(x * ${stride * 32}), to = q + (<usize>x << 5);
${tile(count, side, stride, halves, after)}
      if (x == n - ${count}) break;
      x = min(x + ${count}, n - ${count});
    }`;

const kernel = (side, stride, activation, wide) => {
  const halves = wide ? [0, 1] : [0];
  const after = activation === 'Swish' ? swish : clamp;
  const offsets = range(side)
    .map((y) => `o${y} = ${y} * row`)
    .join(', ');
  const name = `window${side}x${side}s${stride}${activation}`;
  const bias = halves.map((h) => `bias${h} = v128.load(w, ${side * side * 32 + h * 16})`).join(', ');
  const ends = activation === 'Swish' ? '' : ', low = f32x4.splat(from), high = f32x4.splat(until)';
  const body = `  const ${offsets}, ${bias}${ends};
  for (; rows > 0; rows--) {
    ${tiles.map((count) => (count === 1 ? `{${row(count, side, stride, halves, after)}\n    }` : `if (n >= ${count}) {${row(count, side, stride, halves, after)}\n    } else `)).join('')}
    p += step;
    q += toStep;
  }`;
  const args =
    'p: usize, row: usize, step: usize, w: usize, q: usize, toStep: usize, n: i32, rows: i32, from: f32, until: f32';
  if (wide) return `function ${name}(${args}): void {\n${body}\n}`;
  return `function ${name}Half(${args}): void {\n${body}\n}
function ${name}(${args}): void {
  ${name}Half(p, row, step, w, q, toStep, n, rows, from, until);
  ${name}Half(p + 16, row, step, w + 16, q + 16, toStep, n, rows, from, until);
}`;
};

export const files = ({ wide }) => {
  const kinds = [3, 5].flatMap((side) => [1, 2].map((stride) => ({ side, stride })));
  const calls = (activation) =>
    kinds
      .map(
        ({ side, stride }) =>
          `if (side == ${side} && stride == ${stride}) window${side}x${side}s${stride}${activation}(p, row, step, w, q, toStep, n, rows, from, until);`,
      )
      .join('\n    else ');
  return {
    'depthwise.generated.ts': `// Generated by scripts/templates/depthwise.mjs.
import { madd } from '../kernels/math';
import { RELU, RELU6, SWISH } from './windowMath';

/** A number of the table of kernels/math.ts, which the module keeps at 1024. */
// @ts-ignore: decorator
@inline
function constant(at: usize): v128 {
  return v128.load32_splat(at + 1024);
}

${kinds.flatMap(({ side, stride }) => ['Clamp', 'Swish'].map((activation) => kernel(side, stride, activation, wide))).join('\n')}

/** Swish of n times 8 numbers, from one place to another or the same. */
export function swishRow(from: usize, to: usize, n: i32): void {
  for (; n > 1; n -= 2) {
${swishes(2)}
      from += 64;
      to += 64;
  }
  for (; n > 0; n--) {
${swishes(1)}
  }
}

/**
 * Rows of n pixels of 8 channels: windows of side 3 or 5 and stride 1 or 2, the bias, and linear, relu, relu6 or swish. p: the
 * first window's corner; rows of it are \`row\` bytes apart, those of results \`step\`. w: [side * side + 1][8], the bias last.
 * q: results, \`toStep\` bytes from row to row.
 */
export function windowRows(side: i32, stride: i32, activation: i32, p: usize, row: usize, step: usize, w: usize, q: usize, toStep: usize, n: i32, rows: i32): void {
  const from: f32 = activation == RELU || activation == RELU6 ? 0 : -Infinity, until: f32 = activation == RELU6 ? 6 : Infinity;
  if (activation == SWISH) {
    ${calls('Swish')}
  } else {
    ${calls('Clamp')}
  }
}
`,
  };
};
