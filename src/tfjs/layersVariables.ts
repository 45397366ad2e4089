import type { Tensor } from '@tensorflow/tfjs-core';
import { LayerVariable } from '@tensorflow/tfjs-layers';
import type { Weight } from '../core/weight.ts';

let made = 0;

/**
 * A weight as the variable of a layer. It has no numbers of its own: what is read and written is the weight's. Disposing
 * it leaves the weight alone.
 *
 * @param name the weight's place, under which files keep it
 */
export function asLayerVariable(weight: Weight, name: string): LayerVariable {
  // LayerVariable's constructor would copy the numbers into a variable of its own.
  const variable: LayerVariable = Object.create(LayerVariable.prototype);
  const property = <T>(value: T) => ({ value, enumerable: true });
  return Object.defineProperties(variable, {
    dtype: property('float32'),
    shape: property([...(weight.shape ?? [])]),
    id: property(-++made), // tfjs counts up from 0
    name: property(name),
    originalName: property(name),
    constraint: property(null),
    trainable: {
      get: () => weight.trainable,
      set: (trainable: boolean) => {
        weight.trainable = trainable && weight.kind === 'trainable';
      },
    },
    read: property(() => weight.read()),
    write: property((values: Tensor) => {
      weight.write(values);
      return variable;
    }),
    dispose: property(() => {}),
  });
}

/** What stands in for a layer's variables while the layer runs. */
export interface Stand {
  readonly read: () => Tensor;
  /** Takes a new value; the caller of `write` disposes it. */
  readonly write: (value: Tensor) => void;
}

/** Runs a function in which layers read and write other tensors than those of their variables. */
export function withVariables<T>(stands: ReadonlyMap<LayerVariable, Stand>, run: () => T): T {
  const before = [...stands.keys()].map((variable) => ({
    variable,
    read: Object.getOwnPropertyDescriptor(variable, 'read'),
    write: Object.getOwnPropertyDescriptor(variable, 'write'),
  }));
  try {
    for (const [variable, { read, write }] of stands) {
      const method = <F>(value: F) => ({ value, configurable: true });
      Object.defineProperty(variable, 'read', method(read));
      Object.defineProperty(
        variable,
        'write',
        method((value: Tensor) => {
          write(value);
          return variable;
        }),
      );
    }
    return run();
  } finally {
    for (const { variable, read, write } of before) {
      restore(variable, 'read', read);
      restore(variable, 'write', write);
    }
  }
}

function restore(of: object, name: string, descriptor: PropertyDescriptor | undefined): void {
  if (descriptor) Object.defineProperty(of, name, descriptor);
  else Reflect.deleteProperty(of, name);
}

/** Variables of a layer that no training moves, whether or not the layer is frozen: running means and variances. */
export function statisticsOf(layer: {
  readonly nonTrainableWeights: LayerVariable[];
  trainable: boolean;
}): ReadonlySet<LayerVariable> {
  // Of a frozen layer the public list holds all variables.
  const { _nonTrainableWeights: own } = layer as unknown as { readonly _nonTrainableWeights?: LayerVariable[] };
  return new Set(own ?? (layer.trainable ? layer.nonTrainableWeights : []));
}
