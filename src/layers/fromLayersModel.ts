import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Block, block, factsOf, walk } from '../core/block.ts';
import {
  type Backbone,
  type Feature,
  type Maps,
  mapLevels,
  rank,
  type Stage,
  type Standardization,
} from '../core/levels.ts';
import { isWeight } from '../core/weight.ts';
import { complete } from '../tfjs/abstract.ts';
import { type Layer, type LayerCall, layerBlock } from './layerBlock.ts';
import { follow, needed, type RunLayer } from './layerGraph.ts';
import { layerPaths } from './layerPaths.ts';

const label = 'fromLayersModel';

export interface FromLayersModelOptions<S extends Stage> {
  /** Which layer's output is which stage: `{ C3: 'conv_pw_5_relu' }`. A layer of a nested model is `outer/inner`. */
  readonly levels: Readonly<Record<S, string>>;
  /** What its input wants of pixels in 0-255: `signedUnit`, `imagenet`, `bytes`... A detector takes it from the backbone. */
  readonly standardization: Standardization;
}

/** A backbone of layers. */
export interface LayersBackbone<S extends Stage> extends Backbone<S> {
  /** What it wants done to the pixels first. */
  readonly standardization: Standardization;
}

/**
 * A `tf.LayersModel` as a backbone: [b, h, w, 3] -> the stages that were named, their channels and strides read off it.
 * Only the layers that those stages need are built, and they run at any size of image.
 *
 * Each layer is a block and each of its variables a weight, at its name: `backbone/conv1/kernel`. The numbers are copied
 * when they are first needed: training moves the copy, the LayersModel stays as it is, and must not be disposed before.
 *
 * Batch norms use stored statistics, and those of the batch only when all of it is trained: once a part is frozen, the
 * whole is on stored ones. Their movement is an update of the pass, by the layer's own rule. Dropout does nothing.
 *
 * @throws RangeError for a layer that is not there, naming like ones; one whose output is no map or that depends on the
 *   size of the image; stages that get finer with their number. TypeError for a model without exactly one input
 */
export function fromLayersModel<S extends Stage>(
  model: LayersModel,
  { levels, standardization }: FromLayersModelOptions<S>,
): LayersBackbone<S> {
  if (model.inputs === undefined)
    throw new TypeError(`${label}: '${model.name}' is not built yet; give its first layer an inputShape`);
  if (model.inputs.length !== 1)
    throw new TypeError(`${label}: '${model.name}' has ${model.inputs.length} inputs; a backbone has one, the images`);
  const pathTo = layerPaths(model, label);
  const stages = (Object.keys(levels) as S[]).sort((a, b) => rank(a) - rank(b)); // of a record of S, the keys are S
  if (stages.length === 0)
    throw new RangeError(`${label}: levels is empty; name at least one, such as { C3: 'conv3' }`);
  const paths = new Map(stages.map((stage) => [stage, pathTo(levels[stage], stage)]));
  const made = new Map<Layer, Block<LayerCall, readonly Tensor[]>>();
  const blockFor = (layer: Layer) => {
    const known = made.get(layer) ?? layerBlock(layer, label);
    made.set(layer, known);
    return known;
  };

  const upTo = (read: readonly S[]): Block<Tensor4D, Maps<S>> => {
    const layers = needed(
      model,
      read.map((stage) => paths.get(stage) ?? []),
    );
    const parts = Object.fromEntries([...layers].map(([place, layer]) => [place, blockFor(layer)]));
    return block(parts, (image: Tensor4D, pass, self): Maps<S> => {
      const own =
        pass.statistics === 'batch' && !trainedWhole(self) ? { ...pass, statistics: 'stored' as const } : pass;
      const run: RunLayer<Tensor> = (layer, _, inputs, args) => blockFor(layer)({ inputs, args }, own);
      const { at } = follow(model, [image], run);
      // Stages that were not asked for are not there: `until` is called by a detector that knows what its neck reads.
      return Object.fromEntries(read.map((stage) => [stage, at(paths.get(stage) ?? [])])) as unknown as Maps<S>;
    });
  };
  const features = featuresOf(upTo(stages), stages, levels);
  checkOrder(stages, features, levels);
  const backbone = (read: readonly S[]): LayersBackbone<S> =>
    Object.assign(upTo(read), {
      stages,
      features,
      standardization,
      until: (deeper: readonly S[]) => backbone(deeper),
    });
  return backbone(stages);
}

/** Whether nothing under a block is frozen. */
function trainedWhole(root: Parameters<typeof factsOf>[0]): boolean {
  for (const [, part] of walk(root)) {
    if (isWeight(part) ? part.kind === 'trainable' && !part.trainable : factsOf(part).statistics === 'stored')
      return false;
  }
  return true;
}

/** What the maps are like, by the shapes for two sizes of image: the difference knows nothing of padding. */
function featuresOf<S extends Stage>(
  run: Block<Tensor4D, Maps<S>>,
  stages: readonly S[],
  levels: Readonly<Record<S, string>>,
): Readonly<Record<S, Feature>> {
  const [small, large] = [1024, 2048];
  const list = block({}, (image: Tensor4D) => {
    const maps = run(image);
    return stages.map((stage) => maps[stage]);
  });
  const [one, two] = [small, large].map((side) => complete(list, [1, side, side, 3], { label }));
  return mapLevels(stages, (stage, i): Feature => {
    const [a = [], b = []] = [one?.[i], two?.[i]];
    const [, height = 0, , channels = 0] = a;
    const [, taller = 0] = b;
    if (a.length !== 4 || taller <= height)
      throw new RangeError(
        `${label}: ${stage} is the output of '${levels[stage]}', [${a}] for an image of ${small}x${small} pixels; it must be a map [b, h, w, c] that grows with the image`,
      );
    return { channels, stride: Math.round((large - small) / (taller - height)) };
  });
}

function checkOrder<S extends Stage>(
  stages: readonly S[],
  features: Readonly<Record<S, Feature>>,
  levels: Readonly<Record<S, string>>,
): void {
  for (const [i, stage] of stages.entries()) {
    const finer = stages[i - 1];
    if (finer !== undefined && features[finer].stride > features[stage].stride)
      throw new RangeError(
        `${label}: ${finer} ('${levels[finer]}') has stride ${features[finer].stride} but ${stage} ('${levels[stage]}') has ${features[stage].stride}; a higher number is a coarser map`,
      );
  }
}
