import {
  type BackendValues,
  type DataId,
  type DataType,
  KernelBackend,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { wholeOps } from '../ops/composite.ts';
import { byteMeter, bytesOf, isView, type Room, roomOf } from './abstractBytes.ts';
import { type Inputs, mapInputs, present } from './abstractInputs.ts';
import { shapeRule } from './shapes.ts';

/** One kernel as it ran. */
export interface KernelCall {
  readonly op: string;
  /** By name, or a list for kernels that take a list. */
  readonly inputs: Inputs<Tensor>;
  readonly attrs: NamedAttrMap;
  readonly outputs: readonly TensorInfo[];
}

/** How to make a value of constants, should anyone want to read it. */
export interface Recipe {
  readonly op: string;
  readonly inputs: Inputs<Known | Tensor>;
  readonly attrs: NamedAttrMap;
  /** Which of the kernel's results it is. */
  readonly index: number;
}

/** All that is known of a tensor that has no numbers. */
export interface Known {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly room: Room;
  references: number;
  /** A constant's numbers; absent for what depends on an input or a weight. */
  values?: BackendValues;
  readonly recipe?: Recipe;
}

interface Hooks {
  readonly onKernel: (call: KernelCall) => void;
  /** Makes the numbers of a recipe on a real backend. */
  readonly evaluate: (known: Known) => BackendValues;
}

/**
 * A kernel of any name. tfjs's list of kernels is one for all copies of the package: the backend that is current does
 * the work, and every copy's abstract backend has this method.
 */
export const abstractKernel =
  (op: string): KernelFunc =>
  ({ inputs, attrs, backend }) =>
    (backend as AbstractBackend).compute(op, inputs as NamedTensorMap, attrs);

/** A backend of tfjs on which a kernel computes the shapes and types of its results, and nothing else. */
export class AbstractBackend extends KernelBackend {
  private readonly known = new WeakMap<DataId, Known>();
  private readonly hooks: Hooks;
  private readonly meter = byteMeter();

  constructor(hooks: Hooks) {
    super();
    this.hooks = hooks;
  }

  /** The most bytes that tensors would have held at once, had they numbers. */
  peakBytes = (): number => this.meter.peak();

  /** A tensor that stands for numbers; a weight's are not counted, since they are there whether or not anything runs. */
  make(shape: readonly number[], dtype: DataType, counted = true): TensorInfo {
    return this.add({ shape, dtype, room: roomOf(counted ? bytesOf(shape, dtype) : 0), references: 1 });
  }

  /** What is known of a tensor; undefined for one that lives on another backend. */
  look = ({ dataId }: { readonly dataId: DataId }): Known | undefined => this.known.get(dataId);

  /** Runs a kernel: shapes by its rule. @throws Error for a kernel without a rule */
  compute(op: string, given: Inputs<Tensor>, attrs: NamedAttrMap = {}): TensorInfo | TensorInfo[] {
    const rule = shapeRule(op);
    if (rule === undefined)
      throw new Error(
        `there is no rule for the shapes of the kernel ${op}, which may depend on numbers; ` +
          `keep it out of what is traced, or make it a composite op with a shape rule`,
      );
    const inputs = present<Tensor>(given);
    const made = rule(inputs, attrs);
    const forms = 'shape' in made ? [made] : made;
    const tensors = Object.values<Tensor>(inputs);
    const sources = tensors.map(this.look);
    const constant = sources.every((source) => source === undefined || source.values || source.recipe);
    const known: Inputs<Known | Tensor> | undefined = constant
      ? mapInputs(inputs, (t) => this.look(t) ?? t)
      : undefined;
    const outputs = forms.map(({ shape, dtype }, index) => {
      const view = isView(op, tensors[0]?.dtype, dtype) ? sources[0]?.room : undefined;
      const room = view ?? roomOf(bytesOf(shape, dtype));
      const recipe = known && { recipe: { op, inputs: known, attrs, index } };
      return this.add({ shape, dtype, room, references: 1, ...recipe });
    });
    this.hooks.onKernel({ op, inputs, attrs, outputs });
    const [only] = outputs;
    return 'shape' in made && only ? only : outputs;
  }

  /** Composite ops run whole. */
  [wholeOps](op: string): KernelFunc {
    return abstractKernel(op);
  }

  private add(known: Known): TensorInfo {
    const dataId = {};
    this.known.set(dataId, known);
    this.meter.hold(known.room);
    return { dataId, shape: [...known.shape], dtype: known.dtype };
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    return this.add({ shape, dtype, room: roomOf(bytesOf(shape, dtype)), references: 1, values }).dataId;
  }

  override readSync(dataId: DataId): BackendValues {
    const known = this.known.get(dataId);
    if (known?.values) return known.values;
    if (known?.recipe) return this.hooks.evaluate(known);
    throw new Error(
      `the numbers of a tensor of shape [${known?.shape}] are read, but they depend on an input or a weight, and shapes alone are ` +
        `computed here; read them after the model has run, outside`,
    );
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const known = this.known.get(dataId);
    if (known === undefined) return true;
    if (--known.references > 0 && !force) return false;
    this.known.delete(dataId);
    this.meter.release(known.room);
    return true;
  }

  override refCount(dataId: DataId): number {
    return this.known.get(dataId)?.references ?? 0;
  }

  override incRef(dataId: DataId): void {
    const known = this.known.get(dataId);
    if (known) known.references++;
  }

  override numDataIds(): number {
    return 0; // there is nothing that could leak
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7; // as every backend of 32 bits has it
  }

  override dispose(): void {}
}
