import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { type Block, block } from '../core/block.ts';
import type { Pass } from '../core/pass.ts';
import { type Weight, weight } from '../core/weight.ts';
import { type Stand, statisticsOf, withVariables } from '../tfjs/layersVariables.ts';
import { channelNorm } from './layerNorm.ts';

export type Layer = InstanceType<typeof layers.Layer>;

/** What a layer is called with. */
export interface LayerCall {
  readonly inputs: readonly Tensor[];
  /** What the layer was called with besides when the model was made. */
  readonly args: object;
}

/**
 * A layer of tfjs-layers as a block: its variables' numbers become weights, copied when they are first read, and the layer
 * runs with those. Batch norms use the statistics that the pass asks for, whose movement is an update of the pass; all
 * else runs as in inference, dropout too.
 *
 * @throws TypeError for a variable that is not float32
 */
export function layerBlock(layer: Layer, label: string): Block<LayerCall, readonly Tensor[]> {
  const statistics = statisticsOf(layer);
  const owned = layer.weights.map((variable) => ({ variable, weight: weightOf(variable, statistics, label) }));
  const parts: Record<string, Weight> = {};
  for (const { variable, weight } of owned) {
    const name = variable.originalName.split('/').at(-1) ?? 'weight';
    let free = name;
    for (let i = 2; free in parts; i++) free = `${name}_${i}`;
    parts[free] = weight;
  }
  const normalizes = layer.getClassName() === 'BatchNormalization';
  const norm = channelNorm(layer);

  return block(parts, ({ inputs, args }: LayerCall, pass) => {
    const [first] = inputs;
    const normalized = norm && first && norm(first, parts, pass);
    if (normalized) return [normalized];
    const training = normalizes && pass.statistics === 'batch';
    const stands = new Map(owned.map(({ variable, weight }) => [variable, standFor(variable, weight, pass)]));
    const given = inputs.length === 1 && first ? first : [...inputs];
    try {
      return withVariables(stands, () => [layer.apply(given, { ...args, training })].flat() as Tensor[]); // of tensors, apply makes tensors
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
      throw new Error(
        `the layer ${layer.name}, given [${inputs.map(({ shape }) => shape).join('], [')}]: ${cause.message}`,
        { cause },
      );
    }
  });
}

function weightOf(variable: LayerVariable, statistics: ReadonlySet<LayerVariable>, label: string): Weight {
  if (variable.dtype !== 'float32')
    throw new TypeError(`${label}: ${variable.originalName} is ${variable.dtype}; weights are float32`);
  const own = variable.read.bind(variable); // not what stands in for it while the layer runs
  const made = weight({
    kind: statistics.has(variable) ? 'statistic' : 'trainable',
    initial: () => own().dataSync<'float32'>().slice(),
  });
  made.trainable &&= variable.trainable;
  return made;
}

const standFor = (variable: LayerVariable, weight: Weight, pass: Pass): Stand => ({
  read: () => weight.as(variable.shape.map(Number) as [number]), // of whatever rank
  write: (value) => pass.update(weight, value),
});
