import { describe, expect, it } from 'vitest';
import { fuseMobile } from '../../src/engine/fuse/mobile.ts';
import { fuseSqueeze } from '../../src/engine/fuse/squeeze.ts';
import { convolutionLowerings } from '../../src/engine/lower/convolution.ts';
import { depthwiseLowerings } from '../../src/engine/lower/depthwise.ts';
import { elementwiseLowerings } from '../../src/engine/lower/elementwise.ts';
import { mobileLowerings } from '../../src/engine/lower/mobile.ts';
import { reduceLowerings } from '../../src/engine/lower/reduce.ts';
import { squeezeLowerings } from '../../src/engine/lower/squeeze.ts';
import type { Graph, InputValue, Node, ResultValue, Value } from '../../src/trace/graph.ts';
import { drawing, expectClose, type Given, runByHand } from './plainRun.ts';

const lowerings = {
  ...convolutionLowerings,
  ...depthwiseLowerings,
  ...elementwiseLowerings,
  ...reduceLowerings,
  ...mobileLowerings,
  ...squeezeLowerings,
};

/** A graph written by hand, and its numbers. */
function writing(seed: string) {
  const { floats } = drawing(seed);
  const given = new Map<Value, Given>();
  const inputs = new Map<string, InputValue>();
  const nodes: Node[] = [];
  const input = (name: string, shape: readonly number[], scale = 1): InputValue => {
    const value: InputValue = { kind: 'input', name, shape, dtype: 'float32' };
    given.set(value, floats(shape, scale, name === 'x' ? 'blocked' : 'plain'));
    inputs.set(name, value);
    return value;
  };
  const node = (
    op: string,
    reads: { readonly [name: string]: Value },
    attrs: Node['attrs'],
    shape: readonly number[],
  ) => {
    const made: ResultValue = { kind: 'result', name: `${op}_${nodes.length}`, shape, dtype: 'float32' };
    nodes.push({ op, inputs: reads, attrs, outputs: [made], place: '' });
    return made;
  };
  const conv = (x: Value, channels: number, activation: string) => {
    const [b = 1, h = 1, w = 1, c = 1] = x.shape;
    const reads = {
      x,
      filter: input(`f${nodes.length}`, [1, 1, c, channels], 0.5),
      bias: input(`b${nodes.length}`, [channels]),
    };
    return node('FusedConv2D', reads, { strides: [1, 1], pad: 'same', activation }, [b, h, w, channels]);
  };
  const window = (x: Value, side: number, stride: number, activation: string) => {
    const [b = 1, h = 1, w = 1, c = 1] = x.shape;
    const reads = {
      x,
      filter: input(`f${nodes.length}`, [side, side, c, 1], 0.5),
      bias: input(`b${nodes.length}`, [c]),
    };
    const attrs = { strides: [stride, stride], pad: 'same', activation };
    return node('FusedDepthwiseConv2D', reads, attrs, [b, Math.ceil(h / stride), Math.ceil(w / stride), c]);
  };
  const graph = (...outputs: readonly Value[]): Graph => ({
    inputs,
    nodes,
    outputs: new Map(outputs.map((value, i) => [`${i}`, value])),
  });
  return { input, node, conv, window, graph, given };
}

/** The same numbers with and without passes, by one thread and three. */
function expectSame(graph: Graph, fused: Graph, given: ReadonlyMap<Value, Given>): void {
  const plain = runByHand(lowerings, graph.nodes, given);
  const three = runByHand(lowerings, fused.nodes, given, 3);
  for (const [i, { build, made }] of runByHand(lowerings, fused.nodes, given).entries()) {
    expectClose(made[0] ?? [], plain[i]?.made[0] ?? [], 1e-5, build);
    expect(three[i]?.made, `${build}, threads`).toEqual(made);
  }
}
const ops = ({ nodes }: Graph) => nodes.map(({ op }) => op);

describe('an expansion and the window after it', () => {
  it.each([
    { x: [1, 14, 14, 16], channels: 96, side: 3, stride: 1, first: 'swish', second: 'swish' },
    { x: [2, 9, 11, 7], channels: 35, side: 5, stride: 2, first: 'swish', second: 'linear' },
    { x: [1, 60, 70, 9], channels: 80, side: 3, stride: 2, first: 'relu6', second: 'relu6' },
    { x: [1, 61, 65, 8], channels: 48, side: 5, stride: 1, first: 'linear', second: 'relu' },
    { x: [2, 1, 1, 3], channels: 17, side: 3, stride: 1, first: 'sigmoid', second: 'swish' },
    { x: [1, 2, 3, 24], channels: 8, side: 5, stride: 2, first: 'elu', second: 'swish' },
    { x: [1, 7, 200, 12], channels: 24, side: 5, stride: 1, first: 'relu', second: 'swish' },
    { x: [1, 33, 1, 12], channels: 24, side: 3, stride: 2, first: 'relu', second: 'swish' },
  ])(
    'become one command: [$x] to $channels, $first, $side x $side s$stride, $second',
    ({ x, channels, side, stride, first, second }) => {
      const { input, conv, window, graph, given } = writing(`${x}`);
      const before = graph(window(conv(input('x', x), channels, first), side, stride, second));
      const after = fuseMobile(before);
      expect(ops(after)).toEqual(['EngineExpandDepthwise']);
      expectSame(before, after, given);
    },
  );

  it('stay two where another reads what is between, or the window is not known', () => {
    const { input, conv, window, graph } = writing('two');
    const between = conv(input('x', [1, 5, 5, 8]), 16, 'swish');
    const read = graph(window(between, 3, 1, 'swish'), between);
    expect(fuseMobile(read)).toBe(read);
    const other = writing('seven');
    const seven = other.graph(other.window(other.conv(other.input('x', [1, 9, 9, 8]), 16, 'swish'), 7, 1, 'swish'));
    expect(fuseMobile(seven)).toBe(seven);
  });
});

describe('squeeze and excitation', () => {
  const block = (x: readonly number[], expands: boolean, outputs: number, meanOp = 'PyramidionSpatialMean') => {
    const { input, node, conv, window, graph, given } = writing(`${x}, ${outputs}`);
    const start = input('x', x);
    const y = window(expands ? conv(start, 27, 'swish') : start, 3, 1, 'swish');
    const [b = 1, h = 1, w = 1, c = 1] = y.shape;
    const mean = node(meanOp, { x: y }, { height: h, width: w, axis: [1, 2], keepDims: true }, [b, 1, 1, c]);
    const scale = conv(conv(mean, 6, 'swish'), c, 'sigmoid');
    const scaled = node('PyramidionScaleChannels', { x: y, scale }, {}, y.shape);
    return { before: graph(conv(scaled, outputs, 'linear')), given };
  };

  it.each([
    { x: [1, 8, 9, 13], expands: false, outputs: 20, last: ['EngineScaledConv2D'] },
    { x: [1, 8, 9, 5], expands: true, outputs: 24, last: ['EngineScaledConv2D'] },
    { x: [1, 2, 3, 13], expands: false, outputs: 20, last: ['PyramidionScaleChannels', 'FusedConv2D'] },
    { x: [2, 8, 9, 5], expands: true, outputs: 20, last: ['PyramidionScaleChannels', 'FusedConv2D'] },
  ])(
    'of [$x], expanded: $expands, to $outputs becomes a mean by the way, one command and a scale',
    ({ x, expands, outputs, last }) => {
      const { before, given } = block(x, expands, outputs);
      const after = fuseSqueeze(fuseMobile(before));
      expect(ops(after)).toEqual([expands ? 'EngineExpandDepthwise' : 'EngineDepthwise', 'EngineSqueeze', ...last]);
      expectSame(before, after, given);
    },
  );

  it('takes the mean that tfjs writes', () => {
    const { before, given } = block([1, 8, 9, 13], false, 20, 'Mean');
    const after = fuseSqueeze(before);
    expect(ops(after)).toEqual(['EngineDepthwise', 'EngineSqueeze', 'EngineScaledConv2D']);
    expectSame(before, after, given);
  });

  it('keeps NaN in its image and channel, and never reads lanes beyond the channels', () => {
    const { before, given } = block([2, 3, 3, 13], false, 20);
    const broken = new Map(
      [...given].map(([value, one]) => [
        value,
        value.name === 'x' ? { ...one, numbers: Float32Array.from(one.numbers).with(4, Number.NaN) } : one,
      ]),
    );
    const after = fuseSqueeze(before);
    for (const { made } of runByHand(lowerings, after.nodes, broken)) {
      const [y = new Float32Array()] = made;
      expect([...y.subarray(0, y.length / 2)].every(Number.isNaN)).toBe(true); // the mean of its channel is read by all
      expect([...y.subarray(y.length / 2)].some(Number.isNaN)).toBe(false);
    }
  });
});
