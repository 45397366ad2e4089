import { type DataType, engine, keep, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { bind } from '../core/bind.ts';
import type { Block, HasParts } from '../core/block.ts';
import type { Pass } from '../core/pass.ts';
import { shared } from '../core/shared.ts';
import type { Weight } from '../core/weight.ts';
import { AbstractBackend, type KernelCall } from './abstractBackend.ts';
import { fromSpecs, type ShapesOf, type SpecOf, shapesOf } from './abstractContainer.ts';
import { currentBackend, evaluateOutside, isAbstract, withBackend } from './abstractEngine.ts';
import { followPlaces, type PlaceListener } from './abstractPlaces.ts';

export interface AbstractOptions extends PlaceListener {
  /** Who asks, for errors: `summary`. */
  readonly label: string;
  /** The model whose blocks give places their names. */
  readonly root?: HasParts | undefined;
  /** Hears of each kernel, in order. */
  readonly onKernel?: (call: KernelCall, place: string, abstract: Abstract) => void;
  /** Hears of each weight at its first use, and of the tensor that stands for it. */
  readonly onWeight?: (weight: Weight, symbol: Tensor, name: string) => void;
}

/** What a function can ask for while it runs without numbers. */
export interface Abstract {
  /** A tensor that stands for numbers that come from outside. */
  readonly placeholder: (shape: readonly number[], dtype?: DataType) => Tensor;
  /** Numbers of a constant, and undefined for what is no constant or was made by a kernel. */
  readonly constant: (tensor: Tensor) => ReturnType<AbstractBackend['readSync']> | undefined;
  /** The most bytes that tensors would have held at once so far, had they numbers. Weights are not counted. */
  readonly peakBytes: () => number;
}

/**
 * Runs a function of tensors without numbers: every kernel computes the shape and type of its results and nothing else,
 * every weight is a symbol, so that none is made, and all tensors are gone at the end. Tensors that exist already stay
 * where they are. What depends on constants alone can be read; it is then computed on the backend that is current outside.
 *
 * Weights are to be used by `as`, as blocks do; `read` would make their numbers without numbers.
 *
 * @throws TypeError if the function is asynchronous; Error where another such run is under way, for a kernel whose shapes
 *   depend on numbers, and for numbers that are read but unknown, each naming the block
 */
export function abstractly<T>(options: AbstractOptions, run: (abstract: Abstract) => T): T {
  const { label, root, onKernel, onWeight } = options;
  if (isAbstract())
    throw new Error(`${label}: shapes are being computed already; call it outside of the function that is traced`);
  let last: unknown;
  const places = followPlaces(root, options, () => last);
  const outside = currentBackend();
  const backend = new AbstractBackend({
    onKernel: (call) => onKernel?.(call, places.current(), abstract),
    evaluate: (known) => evaluateOutside(outside, known),
  });
  const symbol = (shape: readonly number[], dtype: DataType, counted: boolean) =>
    keep(engine().makeTensorFromTensorInfo(backend.make(shape, dtype, counted), backend));

  const symbols = new Map<Weight, Tensor>();
  const bound = (weight: Weight, shape: readonly number[]) => {
    const known = symbols.get(weight);
    if (known) return known;
    const made = symbol(shape, 'float32', false);
    symbols.set(weight, made);
    onWeight?.(weight, made, places.nameOf(weight));
    return made;
  };
  const abstract: Abstract = {
    placeholder: (shape, dtype = 'float32') => symbol(shape, dtype, true),
    constant: (tensor) => backend.look(tensor)?.values,
    peakBytes: backend.peakBytes,
  };

  let result: { readonly is: T } | undefined;
  const { observers } = shared();
  observers.push(places.observer);
  try {
    const onScopeEnd = (of: unknown) => {
      last = of;
    };
    withBackend(backend, { onScopeEnd }, () => {
      tidy(() => {
        result = { is: bind(bound, () => run(abstract)) };
      });
    });
  } catch (error) {
    throw located(error, [label, places.failed()].filter(Boolean).join(': '));
  } finally {
    observers.splice(observers.indexOf(places.observer), 1);
  }
  if (result === undefined) throw new Error(`${label}: the function did not end`);
  return result.is;
}

/** The same error, saying where. Errors of other kinds than the three stay as they are. */
function located(error: unknown, where: string): unknown {
  if (!(error instanceof Error)) return error;
  const Kind = [RangeError, TypeError, Error].find((kind) => error.constructor === kind);
  return Kind ? new Kind(`${where}: ${error.message}`, { cause: error }) : error;
}

export interface CompleteOptions {
  /** How it runs. Default: inference. */
  readonly pass?: Pass;
  /** Who asks, for errors. Default `complete`. */
  readonly label?: string;
}

/**
 * Runs a block once without numbers: every weight that it reaches has its shape afterwards, none has numbers.
 * Gives the shapes of its results: `complete(backbone, [1, 224, 224, 3]).C3` is [1, 28, 28, 40].
 *
 * @throws whatever the block throws for such an input, naming the place in it
 */
export function complete<In, Out>(
  block: Block<In, Out>,
  input: SpecOf<In>,
  options: CompleteOptions = {},
): ShapesOf<Out> {
  const { pass, label = 'complete' } = options;
  return abstractly({ label, root: block }, ({ placeholder }) =>
    shapesOf(block(fromSpecs<In>(input, placeholder), pass)),
  );
}
