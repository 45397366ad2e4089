import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Block } from '../core/block.ts';

/** Makes a model of one argument that JSON can write, or of none. */
export type Factory = (options: never) => Block<Tensor4D, unknown>;

/** How a file says which model its numbers belong to. */
export interface Rebuild {
  /** Name of the factory, as `layersFrom` was told it. */
  readonly factory: string;
  /** What the factory is called with, as JSON; undefined where it is called with nothing. */
  readonly options?: unknown;
}

const registry = Symbol.for('pyramidion.layersFactories');

/** Factories by name; one list for all copies of the package in a process. */
export function factories(): Map<string, Factory> {
  const home = globalThis as { [registry]?: Map<string, Factory> };
  home[registry] ??= new Map();
  return home[registry];
}

/** Makes the model of a file anew. @throws RangeError where the factory is not known, naming those that are */
export function rebuilt({ factory, options }: Rebuild): Block<Tensor4D, unknown> {
  const make = factories().get(factory) as ((options: unknown) => Block<Tensor4D, unknown>) | undefined;
  if (make === undefined) {
    const known = [...factories().keys()].map((name) => `'${name}'`).join(', ');
    throw new RangeError(
      `loadLayersModel: the file's model is made by the factory '${factory}', but ${known ? `only ${known} are known` : 'none is known'}; ` +
        `call layersFrom({ ${/^\w+$/.test(factory) ? factory : `'${factory}'`}: ... }) with it first`,
    );
  }
  return make(options);
}
