import {
  keep,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import { type Initializer, zeros } from './initializers.ts';
import { keyedRandom } from './random.ts';
import { shared } from './shared.ts';

const brand = Symbol.for('pyramidion.weight');

/** `trainable` numbers get gradients; a `statistic` is a running mean or variance, moved by the step's updates. */
export type WeightKind = 'trainable' | 'statistic';

export interface WeightOptions {
  /** What the numbers are for. Default `trainable`. */
  readonly kind?: WeightKind;
  /** First numbers. Default zeros. */
  readonly initial?: Initializer;
}

/** Named numbers that a block owns. Their shape is fixed at the first use, their numbers are made when first read. */
export interface Weight {
  readonly [brand]: true;
  readonly kind: WeightKind;
  /** Undefined until a block that owns it has seen an input. */
  readonly shape: readonly number[] | undefined;
  /** Place in the tree of the model: `backbone/stage2/0/expand/kernel`; empty outside a model. */
  readonly place: string;
  /** Moves whenever the numbers do, so that folded or packed copies know when they are old. */
  readonly version: number;
  /** Whether training moves it; `freeze` sets it. Statistics are never trainable. */
  trainable: boolean;
  /** The tensor to compute with: a bound one, else its own numbers. The caller does not dispose it. @throws RangeError if the weight has another shape. */
  as(shape: [number]): Tensor1D;
  as(shape: [number, number]): Tensor2D;
  as(shape: [number, number, number, number]): Tensor4D;
  /** Its own numbers, made if need be, whatever is bound. The caller does not dispose it. */
  read(): Tensor;
  /** Replaces the numbers by a copy. @throws RangeError for another shape. */
  write(values: Tensor | Float32Array): void;
  /** Replaces the numbers by a tensor that is the weight's own from now on, kept: nothing is copied. @throws RangeError for another shape. */
  adopt(values: Tensor): void;
  /** Keeps the numbers in a tf.Variable from now on, for users of `optimizer.minimize`. */
  asVariable(): Variable;
  /** Says where in a model it is and from which seed its first numbers come. */
  settle(place: string, seed: number): void;
  /** Frees the numbers; a later use is an error. */
  dispose(): void;
}

/** Whether a value is a weight, of this or of another copy of the package. */
export const isWeight = (value: unknown): value is Weight =>
  typeof value === 'object' && value !== null && brand in value;

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const same = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((n, i) => n === b[i]);

/** Declares numbers that a block owns. Nothing is allocated before they are read. */
export function weight({ kind = 'trainable', initial = zeros }: WeightOptions = {}): Weight {
  const state = shared();
  const number = state.weights++;
  let shape: readonly number[] | undefined;
  let place = '';
  let seed: number | undefined;
  let version = 0;
  let pending: Float32Array | undefined; // numbers on the host, not yet in a tensor
  let held: Tensor | Variable | undefined;
  let disposed = false;
  let assigned: object | undefined; // the data a variable held when last looked at: an optimizer may have moved it
  const name = () => (place === '' ? 'a weight' : place);

  const settledShape = () => {
    if (shape === undefined)
      throw new Error(`${name()}: has no shape yet; call its block once, or give the block to detector({ ... })`);
    return shape;
  };
  const read = (): Tensor => {
    if (disposed) throw new Error(`${name()}: was disposed; make the model again`);
    if (held === undefined) {
      const of = settledShape();
      pending ??= initial(of, seed === undefined ? keyedRandom('weight', number) : keyedRandom(seed, place));
      held = keep(tensor(pending, [...of], 'float32'));
      pending = undefined;
    }
    return held;
  };
  const isVariable = (value: Tensor | undefined): value is Variable =>
    value !== undefined && 'assign' in value && typeof value.assign === 'function';

  const self: Weight = {
    [brand]: true,
    kind,
    trainable: kind === 'trainable',
    get shape() {
      return shape;
    },
    get place() {
      return place;
    },
    get version() {
      if (isVariable(held) && held.dataId !== assigned) {
        assigned = held.dataId;
        version++;
      }
      return version;
    },
    // The overloads of Weight promise the rank of `wanted`, which is checked here.
    as: ((wanted: readonly number[]) => {
      if (shape === undefined) shape = [...wanted];
      else if (!same(shape, wanted))
        throw new RangeError(
          `${name()}: is [${shape}] but this input asks for [${wanted}]; a block keeps the channels of its first input`,
        );
      for (let i = state.bindings.length - 1; i >= 0; i--) {
        const bound = state.bindings[i]?.(self, shape);
        if (bound !== undefined) return bound;
      }
      return read();
    }) as Weight['as'],
    read,
    write(values) {
      if (disposed) throw new Error(`${name()}: was disposed; make the model again`);
      const of = settledShape();
      if (values instanceof Float32Array) {
        if (values.length !== size(of))
          throw new RangeError(`${name()}: is [${of}], ${size(of)} numbers, but ${values.length} were given`);
      } else if (!same(values.shape, of)) {
        throw new RangeError(`${name()}: is [${of}] but [${values.shape}] was given`);
      }
      version++;
      if (isVariable(held)) {
        const next = values instanceof Float32Array ? tensor(values, [...of]) : values.clone();
        held.assign(next);
        assigned = held.dataId;
        next.dispose();
        return;
      }
      held?.dispose();
      held = undefined;
      if (values instanceof Float32Array) pending = values.slice();
      else held = keep(reshape(values, [...of])); // shares the numbers, where a backend's clone copies them
    },
    adopt(values) {
      if (isVariable(held)) {
        self.write(values);
        values.dispose();
        return;
      }
      if (disposed) throw new Error(`${name()}: was disposed; make the model again`);
      const of = settledShape();
      if (!same(values.shape, of)) throw new RangeError(`${name()}: is [${of}] but [${values.shape}] was given`);
      version++;
      held?.dispose();
      pending = undefined;
      held = keep(values);
    },
    asVariable() {
      const now = read();
      if (isVariable(now)) return now;
      const made = variable(now, self.trainable);
      now.dispose();
      held = made;
      assigned = made.dataId;
      return made;
    },
    settle(where, from) {
      place = where;
      seed = from;
    },
    dispose() {
      held?.dispose();
      held = undefined;
      pending = undefined;
      disposed = true;
    },
  };
  return self;
}
