import type { Graph, Node, Value } from '../../trace/graph.ts';
import { inputNamed, soleReaders } from '../../trace/readers.ts';

/** Activations of an expansion, and of the window after it, that the kernel knows. */
const expansions = ['linear', 'swish', 'relu', 'relu6', 'sigmoid', 'elu'];
const windows = ['linear', 'swish', 'relu', 'relu6'];

/** Kernels of a window for each channel. */
export const depthwise = ['FusedDepthwiseConv2D', 'DepthwiseConv2dNative', 'EngineDepthwise'];

const is = (attr: unknown, ...wanted: readonly number[]) =>
  [attr ?? 1].flat().every((side) => wanted.includes(Number(side)) && Number(side) === Number([attr].flat()[0] ?? 1));
const plain = ({ attrs }: Node) => (attrs.dataFormat ?? 'NHWC') === 'NHWC' && is(attrs.dilations, 1);
const activation = ({ attrs }: Node) => String(attrs.activation ?? 'linear');

/** Whether a convolution is a product of pixels alone. */
export function isPointwise(node: Node): boolean {
  if (node.op !== 'FusedConv2D' && node.op !== 'Conv2D' && node.op !== 'EngineConv2D') return false;
  const [height, width] = inputNamed(node, 'filter')?.shape ?? [];
  const [x, y] = [inputNamed(node, 'x')?.shape, node.outputs[0]?.shape];
  return (
    height === 1 && width === 1 && plain(node) && is(node.attrs.strides, 1) && x?.[1] === y?.[1] && x?.[2] === y?.[2]
  );
}

function isWindow(node: Node, filter: Value | undefined): boolean {
  const [height, width, , times] = filter?.shape ?? [];
  const known = (height === 3 || height === 5) && height === width && times === 1;
  const named = depthwise.includes(node.op);
  return named && known && plain(node) && is(node.attrs.strides, 1, 2) && windows.includes(activation(node));
}

/**
 * Joins a convolution 1x1 and the depthwise convolution 3x3 or 5x5 that alone reads it: `EngineExpandDepthwise`, with the inputs
 * x, filter, bias, window, windowBias. The map between is never stored.
 */
export function fuseMobile(graph: Graph): Graph {
  const soleReader = soleReaders(graph);
  const fused = new Map<Node, Node>(); // in the place of the window
  const gone = new Set<Node>();
  for (const node of graph.nodes) {
    const [made] = node.outputs;
    const next = made && soleReader(made);
    if (!next || !isPointwise(node) || inputNamed(node, 'residual') || !expansions.includes(activation(node))) continue;
    const [x, filter, bias] = ['x', 'filter', 'bias'].map((name) => inputNamed(node, name));
    const [window, windowBias] = ['filter', 'bias'].map((name) => inputNamed(next, name));
    if (!x || !filter || !window || inputNamed(next, 'x') !== made || !isWindow(next, window)) continue;
    gone.add(node);
    fused.set(next, {
      op: 'EngineExpandDepthwise',
      inputs: { x, filter, window, ...(bias ? { bias } : {}), ...(windowBias ? { windowBias } : {}) },
      attrs: { ...next.attrs, expandActivation: activation(node) },
      outputs: next.outputs,
      place: next.place,
    });
  }
  if (fused.size === 0) return graph;
  return { ...graph, nodes: graph.nodes.flatMap((node) => fused.get(node) ?? (gone.has(node) ? [] : [node])) };
}
