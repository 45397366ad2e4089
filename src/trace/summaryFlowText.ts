import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import { inputsOf, type Node } from './graph.ts';

/** What kernels compute, one text for each that says something: `conv 3x3`, `nearest x2`. Repeats are counted. */
export function stepTexts(nodes: readonly Node[]): string[] {
  const texts: string[] = [];
  for (const text of nodes.map(textOf)) {
    const before = texts.at(-1);
    if (text === 'conv 1x1' && before?.startsWith('depthwise'))
      texts[texts.length - 1] = before.replace('depthwise', 'separable');
    else if (text !== '') texts.push(text);
  }
  return counted(texts);
}

/** As many texts as a box holds: of a long list how many there are of the two most frequent kinds. */
export function shortened(texts: readonly string[]): readonly string[] {
  if (texts.length <= 4) return texts;
  const counts = new Map<string, number>();
  for (const text of texts) {
    const [, times = '1', kind = text] = /^(\d+) (.*)$/.exec(text) ?? [];
    counts.set(kind, (counts.get(kind) ?? 0) + Number(times));
  }
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, 2);
  return most.map(([kind, count]) => (count > 1 ? `${count} ${kind}` : kind));
}

/** The same text over and over as one: `conv 3x3, 4 times`. */
function counted(texts: readonly string[]): string[] {
  const runs: { text: string; times: number }[] = [];
  for (const text of texts) {
    const run = runs.at(-1);
    if (run?.text === text) run.times++;
    else runs.push({ text, times: 1 });
  }
  return runs.map(({ text, times }) => (times > 1 ? `${times} ${text}` : text));
}

/** Empty for what a reader takes for granted: bias, norm, activation, shape. */
function textOf(node: Node): string {
  const { op, attrs, inputs } = node;
  const [x] = inputsOf(node);
  const filter = Object.entries(inputs).find(([name]) => name === 'filter')?.[1];
  const [output] = node.outputs;
  const sides = ([height, width]: readonly number[]) => `${height}x${width}`;
  const growth = () => {
    const [from = 1, to = 1] = [x?.shape[1], output?.shape[1]];
    const times = to / from;
    return ` x${Number.isInteger(times) ? times : times.toFixed(2)}`;
  };
  switch (op) {
    case 'Conv2D':
    case 'FusedConv2D':
      return `conv ${sides(filter?.shape ?? [])}${dilation(attrs)}`;
    case 'PyramidionDilatedConv':
      return `dilated conv ${sides(filter?.shape ?? [])}`;
    case 'DepthwiseConv2dNative':
    case 'FusedDepthwiseConv2D':
      return `depthwise ${sides(filter?.shape ?? [])}${dilation(attrs)}`;
    case 'Conv2DBackpropInput':
      return `transposed conv ${sides(filter?.shape ?? [])}`;
    case 'BatchMatMul':
    case '_FusedMatMul':
      return 'dense';
    case 'MaxPool':
    case 'AvgPool':
      return `${op === 'MaxPool' ? 'max' : 'mean'} pool ${sides(pair(attrs.filterSize))}`;
    case 'ResizeBilinear':
    case 'PyramidionResizeBilinear':
      return `bilinear${growth()}`;
    case 'ResizeNearestNeighbor':
    case 'PyramidionUpsampleNearest':
      return `nearest${growth()}`;
    case 'DepthToSpace':
      return 'depth to space';
    case 'Add':
      return inputsOf(node).every(({ shape }) => shape.length === 4 && `${shape}` === `${x?.shape}`) ? 'sum' : '';
    case 'AddN':
      return 'sum';
    case 'PyramidionWeightedSum':
      return 'weighted sum';
    case 'Concat':
      return 'concat';
    case 'Softmax':
      return 'softmax';
    default:
      return '';
  }
}

const pair = (size: NamedAttrMap[string] | undefined): readonly number[] =>
  Array.isArray(size) ? size.map(Number) : [Number(size), Number(size)];
const dilation = ({ dilations }: NamedAttrMap): string => {
  const [rate = 1] = pair(dilations ?? 1);
  return rate > 1 ? ` dilated ${rate}` : '';
};
