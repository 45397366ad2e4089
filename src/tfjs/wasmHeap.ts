import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, geometryBytes, geometryNumbers } from '../engine/geometry.ts';
import { constantsBytes, type Kernels } from '../engine/kernels.ts';
import { kernelsOver } from '../engine/load.ts';

/** Private parts of tfjs-backend-wasm 4.22. */
interface BackendWasm extends KernelBackend {
  readonly wasm: {
    readonly asm?: { readonly memory?: WebAssembly.Memory };
    readonly wasmMemory?: WebAssembly.Memory;
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(at: number): void;
  };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: string): TensorInfo;
}

/** Our kernels over the memory where tfjs's wasm backend keeps its tensors. */
export interface Heap {
  readonly kernels: Kernels;
  /** Address of the kernels' constants. */
  readonly constants: number;
  /** Address of a tensor's numbers. */
  readonly at: (tensor: TensorInfo) => number;
  /** A new tensor, its numbers not yet written. */
  readonly make: (shape: readonly number[]) => TensorInfo;
  /** Runs a function with so many bytes of memory, then gives them back. */
  readonly scratch: <T>(bytes: number, use: (at: number) => T) => T;
  /** Writes whole numbers, 4 bytes each. */
  readonly write: (at: number, values: readonly number[]) => void;
  /** Writes float32 numbers. */
  readonly writeNumbers: (at: number, values: ArrayLike<number>) => void;
  /** Runs a function with a geometry in memory and what scratch it asks for. */
  readonly withGeometry: (
    geometry: Geometry,
    bytes: ((g: number) => number) | undefined,
    use: (g: number, scratch: number) => void,
  ) => void;
}

const heaps = new WeakMap<object, Heap>();

/** The heap of a wasm backend, made at the first call. @throws TypeError for another backend, or another version of it */
export function heapOf(backend: object): Heap {
  const known = heaps.get(backend);
  if (known) return known;
  const { wasm, dataIdMap } = backend as BackendWasm;
  const memory = wasm?.asm?.memory ?? wasm?.wasmMemory;
  if (!memory || !dataIdMap)
    throw new TypeError('wasm: the memory of its backend was not found; install @tensorflow/tfjs-backend-wasm 4.22.0');
  const heap = over(backend as BackendWasm, kernelsOver(memory));
  heaps.set(backend, heap);
  return heap;
}

const full = (bytes: number) =>
  new RangeError(`wasm: no room for ${bytes} bytes more; its heap ends at 4 GiB: take smaller batches or images`);

function over(backend: BackendWasm, kernels: Kernels): Heap {
  const scratch: Heap['scratch'] = (bytes, use) => {
    const at = backend.wasm._malloc(bytes) >>> 0; // above 2 GiB it comes back negative
    if (at === 0) throw full(bytes);
    try {
      return use(at);
    } finally {
      backend.wasm._free(at);
    }
  };
  // The heap may have grown since the last call, and its views with it: they are read anew each time.
  const write: Heap['write'] = (at, values) =>
    new Int32Array(backend.wasm.HEAPU8.buffer, at, values.length).set(values);
  const constants = backend.wasm._malloc(constantsBytes) >>> 0; // for as long as the backend is there
  kernels.constants(constants);
  return {
    kernels,
    constants,
    scratch,
    write,
    writeNumbers: (at, values) => new Float32Array(backend.wasm.HEAPU8.buffer, at, values.length).set(values),
    at: ({ dataId }) => backend.dataIdMap.get(dataId).memoryOffset,
    make: (shape) => {
      const made = backend.makeOutput(shape, 'float32');
      const { memoryOffset } = backend.dataIdMap.get(made.dataId);
      if (memoryOffset !== 0) return made;
      backend.disposeData(made.dataId, true);
      throw full(4 * shape.reduce((a, b) => a * b, 1));
    },
    withGeometry: (geometry, bytes, use) =>
      scratch(geometryBytes, (g) => {
        write(g, geometryNumbers(geometry));
        if (bytes === undefined) use(g, 0);
        else scratch(bytes(g), (at) => use(g, at));
      }),
  };
}
