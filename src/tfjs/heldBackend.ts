import {
  clone,
  type DataId,
  type DataType,
  engine,
  KernelBackend,
  type Tensor,
  type TypedArray,
} from '@tensorflow/tfjs-core';

/** Numbers in somebody's memory. */
export interface HeldNumbers {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  /** A copy of them. @throws Error where they can only be read later */
  readonly read: () => TypedArray;
  /** The same, of numbers that are elsewhere. Default: `read`, at once. */
  readonly readLater?: () => Promise<TypedArray>;
  readonly dispose: () => void;
}

const mark = Symbol.for('pyramidion.heldBackend');

/**
 * Where tensors are whose numbers lie in the memory of an engine: it runs nothing. They are read from there, and a backend
 * that computes with one takes its numbers over, as tfjs moves data between backends.
 */
class HeldBackend extends KernelBackend {
  readonly [mark] = true;
  readonly held = new Map<DataId, { readonly numbers: HeldNumbers; uses: number }>();

  hold(numbers: HeldNumbers): Tensor {
    const dataId: DataId = {};
    this.held.set(dataId, { numbers, uses: 1 });
    return engine().makeTensorFromDataId(dataId, [...numbers.shape], numbers.dtype, this);
  }
  override numDataIds(): number {
    return this.held.size;
  }
  of(dataId: DataId): HeldNumbers {
    const found = this.held.get(dataId);
    if (found === undefined) throw new Error('engine: the tensor was disposed');
    return found.numbers;
  }
  override readSync(dataId: DataId): TypedArray {
    return this.of(dataId).read();
  }
  override async read(dataId: DataId): Promise<TypedArray> {
    const numbers = this.of(dataId);
    return numbers.readLater ? numbers.readLater() : numbers.read();
  }
  override disposeData(dataId: DataId, force = false): boolean {
    const found = this.held.get(dataId);
    if (found === undefined) return true;
    if (--found.uses > 0 && !force) return false;
    this.held.delete(dataId);
    found.numbers.dispose();
    return true;
  }
  override refCount(dataId: DataId): number {
    return this.held.get(dataId)?.uses ?? 0;
  }
  override incRef(dataId: DataId): void {
    const found = this.held.get(dataId);
    if (found) found.uses++;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }
  override floatPrecision(): 32 {
    return 32;
  }
}

const home = globalThis as { [mark]?: HeldBackend };
/** One for all copies of the package in a process. */
function backend(): HeldBackend {
  home[mark] ??= new HeldBackend();
  return home[mark];
}

/** A tensor of numbers in an engine's memory, which frees them when it is disposed. */
export const tensorOf = <N extends HeldNumbers>(numbers: N): Tensor => backend().hold(numbers);

/** Whether no other tensor, such as a variable, has the same numbers. */
export const isAlone = ({ dataId }: Tensor): boolean => home[mark]?.held.get(dataId)?.uses === 1;

/** What `tensorOf` was given, as long as no other backend has taken the numbers over. */
export function heldOf<N extends HeldNumbers>({ dataId }: Tensor): N | undefined {
  return home[mark]?.held.get(dataId)?.numbers as N | undefined; // of whom, its owner says
}

/** Whether a tensor's numbers are where they can only be read later: in a worker. */
export const isFar = (tensor: Tensor): boolean => heldOf(tensor)?.readLater !== undefined;

/** Another tensor of the same numbers. Of those in an engine's memory none is read for it, as tfjs's `clone` would. */
export function sharing(tensor: Tensor): Tensor {
  const { dataId, shape, dtype } = tensor;
  if (!home[mark]?.held.has(dataId)) return clone(tensor);
  home[mark].incRef(dataId);
  return engine().makeTensorFromDataId(dataId, [...shape], dtype, home[mark]);
}
