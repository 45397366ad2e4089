import type { Tensor4D } from '@tensorflow/tfjs-core';
import { input, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Block } from '../core/block.ts';
import { describe } from './description.ts';
import { factories } from './factories.ts';
import { registerClasses } from './layersFrom.ts';
import { ModelLayer, OutputLayer } from './modelLayer.ts';
import { PredictingModel } from './predictingModel.ts';

export interface AsLayersModelOptions {
  /** What it is called. Default `detector`. */
  readonly name?: string;
  /** Name under which `layersFrom` knows how such a model is made. Without it the model predicts but is not saved. */
  readonly factory?: string;
  /** What the factory makes this model of; JSON must be able to write it. Default: the factory is called with nothing. */
  readonly options?: unknown;
}

/** A block that says the size of its images, as a detector does. */
export interface Sized extends Block<Tensor4D, unknown> {
  readonly inputSize: readonly [height: number, width: number];
}

/**
 * A detector as a real `tf.LayersModel`: `predict`, `summary`, `save`, weights. RGB 0-255 [b, h, w, 3] -> its outputs, in
 * the order of `outputNames`: `boxes` and `logits`.
 *
 * The weights are the detector's own, named by their places: training the detector changes the predictions, and
 * `setWeights` the detector. Disposing the LayersModel leaves the detector. `fit` and `compile` refuse; use `train`.
 *
 * @throws RangeError for a factory that `layersFrom` was not told of, TypeError for options that JSON cannot write
 */
export function asLayersModel(model: Sized, options?: AsLayersModelOptions): LayersModel;
/** Any block over images, whose input has these sides, the batch left out. */
export function asLayersModel(
  model: Block<Tensor4D, unknown>,
  options: AsLayersModelOptions & { readonly inputShape: readonly [height: number, width: number, channels: number] },
): LayersModel;
export function asLayersModel(
  model: Block<Tensor4D, unknown> | Sized,
  { name = 'detector', factory, options, inputShape }: AsLayersModelOptions & { inputShape?: readonly number[] } = {},
): LayersModel {
  const sides = inputShape ?? ('inputSize' in model ? [...model.inputSize, 3] : undefined);
  if (sides === undefined)
    throw new TypeError(
      `asLayersModel: the block does not say the size of its input; give inputShape, such as [64, 64, 3]`,
    );
  if (factory !== undefined && !factories().has(factory))
    throw new RangeError(
      `asLayersModel: no factory is called '${factory}'; call layersFrom({ '${factory}': ... }) first`,
    );
  const rebuild = factory === undefined ? undefined : { factory, options: asJson(options) };

  registerClasses();
  const description = describe(model, sides, 'asLayersModel');
  const layer = new ModelLayer({ name, block: model, description, rebuild });
  const images = input({ shape: [...sides], name: 'images' });
  const made = [layer.apply(images)].flat() as SymbolicTensor[]; // of symbols, apply makes symbols
  const outputs = Object.keys(description.outputs).map((output, i) =>
    new OutputLayer({ name: output === name ? `${output}_output` : output }).apply(made[i] ?? images),
  );
  return new PredictingModel({ inputs: images, outputs: outputs as SymbolicTensor[], name });
}

/** The block within a LayersModel that `asLayersModel` made or `tf.loadLayersModel` made anew, to train or to compile it. */
export function blockOf(model: LayersModel): Block<Tensor4D, unknown> {
  return layerIn(model, 'blockOf').block;
}

/** @throws TypeError for a LayersModel of another making */
export function layerIn(model: LayersModel, label: string): ModelLayer {
  const layer = model.layers.find((found) => found.getClassName() === ModelLayer.className);
  if (layer === undefined)
    throw new TypeError(`${label}: '${model.name}' was not made by asLayersModel; its layers are its own`);
  return layer as ModelLayer;
}

function asJson(options: unknown): unknown {
  if (options === undefined) return undefined;
  const text = JSON.stringify(options);
  const back: unknown = text === undefined ? undefined : JSON.parse(text);
  if (text === undefined || JSON.stringify(back) !== text || !equal(options, back))
    throw new TypeError(`asLayersModel: options must be what JSON writes whole: numbers, texts, lists and records`);
  return back;
}

/** Whether JSON lost nothing of a value. */
function equal(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false; // a Map, a Date
  const [mine, theirs] = [Object.entries(a).filter(([, item]) => item !== undefined), new Map(Object.entries(b))];
  return mine.length === theirs.size && mine.every(([key, item]) => equal(item, theirs.get(key)));
}
