import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { LayersModel } from '@tensorflow/tfjs-layers';

const refusal = (method: string) =>
  new Error(
    `${method}: a detector's loss compares boxes and classes of matched anchors together, and tf.LayersModel looks at one ` +
      `output at a time; use train(detector, ...), whose result is here at once, since the weights are the same`,
  );

/** A model to predict, save and load, whose training is elsewhere. A class, because tfjs-layers wants one. */
export class PredictingModel extends LayersModel {
  static override readonly className = 'PyramidionLayersModel';

  /** Some outputs, by the names in `outputNames`. */
  override execute(inputs: Tensor | Tensor[] | NamedTensorMap, outputs: string | string[]): Tensor | Tensor[] {
    const symbol = (name: string) => this.outputs[this.outputNames.indexOf(name)]?.name ?? name;
    return super.execute(inputs, Array.isArray(outputs) ? outputs.map(symbol) : symbol(outputs));
  }

  override compile(): never {
    throw refusal('compile');
  }
  override async fit(): Promise<never> {
    throw refusal('fit');
  }
  override async fitDataset(): Promise<never> {
    throw refusal('fitDataset');
  }
  override async trainOnBatch(): Promise<never> {
    throw refusal('trainOnBatch');
  }
  override evaluate(): never {
    throw refusal('evaluate');
  }
  override async evaluateDataset(): Promise<never> {
    throw refusal('evaluateDataset');
  }
}
