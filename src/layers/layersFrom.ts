import { serialization } from '@tensorflow/tfjs-core';
import { type Factory, factories } from './factories.ts';
import { ModelLayer, OutputLayer } from './modelLayer.ts';
import { PredictingModel } from './predictingModel.ts';

/** Tells tfjs the classes that files name. */
export function registerClasses(): void {
  serialization.registerClass(ModelLayer);
  serialization.registerClass(OutputLayer);
  serialization.registerClass(PredictingModel);
}

/**
 * Says how models are made, by name, so that `tf.loadLayersModel` can make the model of a file that names one:
 * `layersFrom({ small: () => detector({ ... }) })`. A name told again has the new factory.
 */
export function layersFrom(makers: { readonly [name: string]: Factory }): void {
  registerClasses();
  for (const [name, make] of Object.entries(makers)) {
    if (typeof make !== 'function')
      throw new TypeError(`layersFrom: ${name} is a ${typeof make}; it must be a function that makes a model`);
    factories().set(name, make);
  }
}
