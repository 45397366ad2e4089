import type { Graph, Node } from '../../trace/graph.ts';
import { inputNamed, makers, soleReaders } from '../../trace/readers.ts';
import { depthwise, isPointwise } from './mobile.ts';

const windows = [...depthwise, 'EngineExpandDepthwise'];

const replacing = (graph: Graph, made: ReadonlyMap<Node, Node>, gone: ReadonlySet<Node>): Graph =>
  made.size === 0
    ? graph
    : { ...graph, nodes: graph.nodes.flatMap((node) => made.get(node) ?? (gone.has(node) ? [] : [node])) };

/** The mean of each map, [b, h, w, c] -> [b, 1, 1, c]. */
const isMean = ({ op, attrs, outputs: [mean] }: Node) =>
  op === 'PyramidionSpatialMean' ||
  (op === 'Mean' && `${attrs.axis}` === '1,2' && mean?.shape.length === 4 && mean.dtype === 'float32');

/** Lets a depthwise convolution make the mean of each of its maps, which it has at hand: its second result. */
function fuseMeans(graph: Graph): Graph {
  const maker = makers(graph);
  const made = new Map<Node, Node>();
  const gone = new Set<Node>();
  for (const node of graph.nodes) {
    const x = inputNamed(node, 'x');
    const window = x && maker.get(x);
    const [mean] = node.outputs;
    if (!isMean(node) || !window || !mean || !windows.includes(window.op)) continue;
    if (window.outputs.length > 1 || made.has(window)) continue;
    const op = window.op === 'EngineExpandDepthwise' ? window.op : 'EngineDepthwise';
    made.set(window, { ...window, op, outputs: [...window.outputs, mean] });
    gone.add(node);
  }
  return replacing(graph, made, gone);
}

/** Joins two convolutions 1x1 of maps of one pixel: `EngineSqueeze`, with the inputs x, filter, bias, second, secondBias. */
function fuseProducts(graph: Graph): Graph {
  const soleReader = soleReaders(graph);
  const made = new Map<Node, Node>();
  const gone = new Set<Node>();
  const joins = (node: Node) => {
    const x = inputNamed(node, 'x');
    const named = !['prelu', 'leakyrelu'].includes(String(node.attrs.activation));
    return isPointwise(node) && x?.shape[1] === 1 && x.shape[2] === 1 && named && !inputNamed(node, 'residual');
  };
  for (const node of graph.nodes) {
    const [between] = node.outputs;
    const next = between && soleReader(between);
    if (!next || gone.has(node) || made.has(node) || !joins(node) || !joins(next)) continue;
    const [second, secondBias] = [inputNamed(next, 'filter'), inputNamed(next, 'bias')];
    if (!second || inputNamed(next, 'x') !== between) continue;
    gone.add(node);
    made.set(next, {
      op: 'EngineSqueeze',
      inputs: { ...node.inputs, second, ...(secondBias ? { secondBias } : {}) },
      attrs: {
        activation: String(node.attrs.activation ?? 'linear'),
        secondActivation: String(next.attrs.activation ?? 'linear'),
      },
      outputs: next.outputs,
      place: node.place,
    });
  }
  return replacing(graph, made, gone);
}

/**
 * Weighs the filter of a convolution 1x1 instead of the map that it alone reads, where that is less work: one image, of at
 * least as many pixels as the convolution has results. `EngineScaledConv2D`, with the inputs of the convolution and scale.
 */
function fuseScales(graph: Graph): Graph {
  const soleReader = soleReaders(graph);
  const made = new Map<Node, Node>();
  const gone = new Set<Node>();
  for (const node of graph.nodes) {
    const [x, scale] = [inputNamed(node, 'x'), inputNamed(node, 'scale')];
    const [scaled] = node.outputs;
    const next = scaled && soleReader(scaled);
    if (node.op !== 'PyramidionScaleChannels' || !x || !scale || !next || !isPointwise(next)) continue;
    const [batch = 1, height = 1, width = 1] = x.shape;
    const outputs = inputNamed(next, 'filter')?.shape[3] ?? 1;
    if (batch !== 1 || height * width < outputs || inputNamed(next, 'x') !== scaled) continue;
    gone.add(node);
    made.set(next, { ...next, op: 'EngineScaledConv2D', inputs: { ...next.inputs, x, scale } });
  }
  return replacing(graph, made, gone);
}

/** Squeeze and excitation in as few passes over memory as it needs. After fuse/mobile.ts and fuse/residual.ts. */
export const fuseSqueeze = (graph: Graph): Graph => fuseScales(fuseProducts(fuseMeans(graph)));
