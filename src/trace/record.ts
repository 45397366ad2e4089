import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { type HasParts, isBlock } from '../core/block.ts';
import type { Weight } from '../core/weight.ts';
import { abstractly } from '../tfjs/abstract.ts';
import { fromSpecs, type NameKey, type SpecOf, shapesOf, tensorsOf } from '../tfjs/abstractContainer.ts';
import type { Graph, InputValue, Value } from './graph.ts';
import { keyNames } from './keyNames.ts';
import { uniqueNames } from './names.ts';
import { blankSheet } from './sheet.ts';

export interface TraceOptions {
  /** The model whose blocks name the places. Default: the function itself, if it is a block. */
  readonly root?: HasParts;
  /** Who asks, for errors. Default `trace`. */
  readonly label?: string;
}

/** One call of a block, as it was traced. */
export interface BlockCall {
  /** Where the block is in the model; empty for the model itself. */
  readonly place: string;
  /** Shapes of what it gave, in the same lists and records. */
  readonly output: unknown;
}

/** A graph, and what only its tracing tells. */
export interface Recording {
  readonly graph: Graph;
  /** In the order in which they began. */
  readonly calls: readonly BlockCall[];
  /** Blocks that ran. */
  readonly blocks: ReadonlySet<HasParts>;
  /** The most bytes that tfjs would have held at once, freeing at the end of each block, weights not counted. */
  readonly plainBytes: number;
}

/** `trace`, and what its tracing tells besides. */
export function record<In, Out>(run: (input: In) => Out, inputs: SpecOf<In>, options: TraceOptions = {}): Recording {
  return recordBetween({ give: (make, keys) => fromSpecs<In>(inputs, make, keys), take: tensorsOf }, run, options);
}

/** How the inputs of a function are made, and where tensors are in what it gives. */
export interface Ends<In, Out> {
  readonly give: (make: (shape: readonly number[], dtype: DataType, path: string) => Tensor, keys: NameKey) => In;
  readonly take: (result: Out, keys: NameKey) => Iterable<readonly [path: string, tensor: Tensor]>;
}

/** As `record`, for inputs and results of any form. */
export function recordBetween<In, Out>(
  { give, take }: Ends<In, Out>,
  run: (input: In) => Out,
  options: TraceOptions = {},
): Recording {
  const { label = 'trace', root = isBlock(run) ? run : undefined } = options;
  const sheet = blankSheet(uniqueNames());
  const weightNames = new Map<Weight, string>();
  const calls: { place: string; output: unknown }[] = [];
  const blocks = new Set<HasParts>();
  const open: { place: string; output: unknown }[] = [];

  const listener = {
    label,
    root,
    onWeight: (weight: Weight, symbol: Tensor, name: string) => {
      weightNames.set(weight, name);
      sheet.add(symbol, { kind: 'weight', ...sheet.named(symbol, name), weight });
    },
    onKernel: sheet.kernel,
    enter: (place: string, block: HasParts) => {
      blocks.add(block);
      const call = { place, output: undefined };
      calls.push(call);
      open.push(call);
    },
    leave: (_place: string, _block: HasParts, result: unknown) => {
      const call = open.pop();
      if (call) call.output = shapesOf(result);
    },
  };
  return abstractly(listener, (abstract) => {
    const keys = keyNames(root, weightNames);
    const given = new Map<string, InputValue>();
    const input = give((shape, dtype, path) => {
      const tensor = abstract.placeholder(shape, dtype);
      const value = sheet.add<InputValue>(tensor, { kind: 'input', ...sheet.named(tensor, path || 'input') });
      given.set(value.name, value);
      return tensor;
    }, keys);
    const result = run(input);
    const outputs = new Map<string, Value>();
    const outputName = uniqueNames();
    for (const [path, tensor] of take(result, keys))
      outputs.set(outputName(path || 'output'), sheet.find(tensor, abstract));
    return { graph: { inputs: given, nodes: sheet.nodes, outputs }, calls, blocks, plainBytes: abstract.peakBytes() };
  });
}
