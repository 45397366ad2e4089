import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { type HasParts, isBlock } from '../core/block.ts';
import { type Graph, inputsOf, type Node, type Value } from './graph.ts';
import type { BlockCall } from './record.ts';
import type { CountedWeight } from './summaryTree.ts';

/** What a model of TensorFlow.js takes: a tensor, a list or a record by name. */
export type ModelInput = Tensor | Tensor[] | NamedTensorMap;

/** A `tf.GraphModel`, as far as a summary looks at it. */
export interface GraphModelLike {
  readonly weights: { readonly [name: string]: readonly Tensor[] };
  predict(inputs: ModelInput): unknown;
}

/** A `tf.LayersModel`, as far as a summary looks at it. */
export interface LayersModelLike {
  readonly weights: readonly { readonly name: string; readonly trainable: boolean; read(): Tensor }[];
  readonly layers: readonly object[];
  apply(inputs: Tensor | Tensor[], args?: object): unknown;
}

/** A model as a function, and whose numbers its tensors are. */
export interface Opened {
  readonly run: (input: ModelInput) => unknown;
  /** The block of ours that a LayersModel was made of, if it was. */
  readonly root?: HasParts;
  readonly owned: ReadonlyMap<Tensor, { readonly name: string; readonly trainable: boolean }>;
}

export const isModel = (value: unknown): value is GraphModelLike | LayersModelLike =>
  typeof value === 'object' && value !== null && 'weights' in value && ('apply' in value || 'predict' in value);

/** @throws TypeError for inputs of a LayersModel by name, which it takes as a list */
export function opened(model: GraphModelLike | LayersModelLike): Opened {
  if ('apply' in model) {
    const run = (input: ModelInput) => {
      if (!Array.isArray(input) && !('dataId' in input))
        throw new TypeError('summary: a tf.LayersModel takes its inputs as a list, in the order of model.inputs');
      return model.apply(input as Tensor | Tensor[], { training: false });
    };
    const held = model.weights.map((weight) => [weight.read(), weight] as const);
    const [root] = model.layers.flatMap((layer) => ('block' in layer && isBlock(layer.block) ? [layer.block] : []));
    return {
      run,
      ...(root && { root }),
      owned: new Map(held.map(([tensor, { name, trainable }]) => [tensor, { name, trainable }])),
    };
  }
  const named = Object.entries(model.weights).flatMap(([name, list]) => list.map((tensor) => [tensor, name] as const));
  return {
    run: (input) => model.predict(input),
    owned: new Map(named.map(([tensor, name]) => [tensor, { name, trainable: true }])),
  };
}

/**
 * Finds the weights of a model that has no blocks, and gives kernels places by them: `block1/conv/kernel` is read at
 * `block1/conv`, and what reads no weight belongs to what it reads.
 */
export function placed(graph: Graph, { owned }: Opened) {
  const weights = new Map<Value, CountedWeight>();
  const places = new Map<Value, string>();
  const calls = new Map<string, BlockCall>();
  const nodes = graph.nodes.map((node): Node => {
    let place = node.place;
    for (const [key, value] of Object.entries<Value>(node.inputs)) {
      const owner = value.kind === 'constant' && 'dataSync' in value.numbers ? owned.get(value.numbers) : undefined;
      if (owner === undefined || value.dtype !== 'float32') continue;
      const running = node.op === 'FusedBatchNorm' && (key === 'mean' || key === 'variance');
      const known = weights.get(value);
      if (known === undefined || running)
        weights.set(value, {
          place: owner.name,
          shape: value.shape,
          kind: running ? 'statistic' : 'trainable',
          trainable: owner.trainable,
        });
      if (node.place === '') place = owner.name.split('/').slice(0, -1).join('/');
    }
    if (place === '')
      place =
        inputsOf(node)
          .map((value) => places.get(value))
          .findLast((of) => of !== undefined) ?? '';
    for (const output of node.outputs) places.set(output, place);
    const [output] = node.outputs;
    if (place !== '' && node.place === '' && output) calls.set(place, { place, output: [...output.shape] });
    return place === node.place ? node : { ...node, place };
  });
  return { graph: { ...graph, nodes }, weights, calls: [...calls.values()] };
}
