import { cast, type serialization, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { type Block, weights } from '../core/block.ts';
import { tensorsOf } from '../tfjs/abstractContainer.ts';
import { asLayerVariable } from '../tfjs/layersVariables.ts';
import { checkSame, type Description, describe } from './description.ts';
import { type Rebuild, rebuilt } from './factories.ts';

interface ModelLayerOptions {
  readonly name: string;
  readonly block: Block<Tensor4D, unknown>;
  readonly description: Description;
  /** How a file will say which model it is; undefined where the model cannot be saved. */
  readonly rebuild: Rebuild | undefined;
}

/** What a file keeps of the layer. tfjs changes the case of texts except of those that are called `name`. */
interface Stored {
  readonly name: string;
  readonly rebuild: { readonly name: string };
  readonly description: { readonly name: string };
}

/**
 * A block as one layer. Its variables are views of the block's weights: whoever changes one changes the other.
 * A class, because tfjs-layers wants one.
 */
export class ModelLayer extends layers.Layer {
  static readonly className = 'PyramidionModel';
  readonly block: Block<Tensor4D, unknown>;
  readonly description: Description;
  private readonly rebuild: Rebuild | undefined;
  private readonly variables: readonly LayerVariable[];

  constructor({ name, block, description, rebuild }: ModelLayerOptions) {
    super({ name });
    this.block = block;
    this.description = description;
    this.rebuild = rebuild;
    this.variables = [...weights(block)].map(([place, weight]) => asLayerVariable(weight, place));
    this.built = true;
  }

  override get trainableWeights(): LayerVariable[] {
    return this.variables?.filter(({ trainable }) => trainable) ?? []; // none while the base class is being made
  }

  override get nonTrainableWeights(): LayerVariable[] {
    return this.variables?.filter(({ trainable }) => !trainable) ?? [];
  }

  override computeOutputShape([batch = null]: Shape): Shape[] {
    return Object.values(this.description.outputs).map((sides) => [batch, ...sides]);
  }

  override call(inputs: Tensor | Tensor[]): Tensor[] {
    const [x] = [inputs].flat();
    if (x === undefined) throw new TypeError(`${this.name}: no input was given; give one tensor of images`);
    return [...tensorsOf(this.block(cast(x as Tensor4D, 'float32')))].map(([, tensor]) => tensor);
  }

  /** @throws Error where nobody said which factory makes the model */
  override getConfig(): serialization.ConfigDict {
    if (this.rebuild === undefined)
      throw new Error(
        `${this.name}: the file could not be loaded, since nobody said how the model is made; ` +
          `give asLayersModel(model, { factory: 'NAME' }) and layersFrom({ NAME: ... }), or write the weights alone by saveWeights(model)`,
      );
    const stored: Stored = {
      name: this.name,
      rebuild: { name: JSON.stringify(this.rebuild) },
      description: { name: JSON.stringify(this.description) },
    };
    return { ...stored, rebuild: { ...stored.rebuild }, description: { ...stored.description } };
  }

  /** @throws RangeError where the factory is not known, or makes another model than was saved */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const { name, rebuild: how, description: what } = config as unknown as Stored;
    const rebuild: Rebuild = JSON.parse(how.name);
    const saved: Description = JSON.parse(what.name);
    const block = rebuilt(rebuild);
    const description = describe(block, saved.input, `loadLayersModel: ${rebuild.factory}`);
    checkSame(saved, description, rebuild.factory);
    return new cls({ name, block, description, rebuild });
  }
}

/** Gives one output of a model its name. */
export class OutputLayer extends layers.Layer {
  static readonly className = 'PyramidionOutput';

  override computeOutputShape(shape: Shape): Shape {
    return shape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    return inputs;
  }
}
