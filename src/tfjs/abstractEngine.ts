import {
  type BackendValues,
  type DataType,
  engine,
  env,
  getKernel,
  type KernelBackend,
  type NamedTensorMap,
  registerKernel,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { type AbstractBackend, abstractKernel, type Known } from './abstractBackend.ts';
import { mapInputs } from './abstractInputs.ts';

/** The name under which kernels are registered; the first copy of the package in a process serves all. */
const backendName = 'pyramidion-abstract';

/** Private parts of tfjs-core 4.22. */
interface PrivateEngine {
  backendName: string | undefined;
  backendInstance: KernelBackend | undefined;
  pendingBackendInit: Promise<boolean> | undefined;
  readonly state: { profiling: boolean; kernelDepth: number };
  runKernel(name: string, inputs: NamedTensorMap, attrs?: object): Tensor | Tensor[];
  trackTensor(tensor: Tensor, backend: KernelBackend | undefined): void;
  endScope(result: unknown): void;
  makeTensor(values: BackendValues, shape: number[], dtype: DataType): Tensor;
}
const privateEngine = () => engine() as unknown as PrivateEngine;
const flags = () => (env() as unknown as { readonly flags: { DEBUG?: boolean } }).flags;

/** Whether an abstract backend, of this or another copy of the package, is the current one. */
export const isAbstract = (): boolean => privateEngine().backendName === backendName;

/** What is to be put back. */
export type Current = Pick<PrivateEngine, 'backendName' | 'backendInstance' | 'pendingBackendInit'>;
const methods = ['runKernel', 'trackTensor', 'endScope'] as const;

export interface Watch {
  /** Hears of each scope's result as it ends, undefined where it failed. */
  readonly onScopeEnd: (result: unknown) => void;
}

/**
 * Runs a function with an abstract backend as tfjs's current one: private fields are swapped, since `setBackend` takes
 * milliseconds and a promise. Every tensor made of it is disposed at the end, kept or not. tfjs's debug mode and profiler
 * are off meanwhile: they read the numbers of every result.
 */
export function withBackend(backend: AbstractBackend, { onScopeEnd }: Watch, run: () => void): void {
  const real = privateEngine();
  const before = currentBackend();
  const own = methods.map((name) => Object.getOwnPropertyDescriptor(real, name));
  const { runKernel, trackTensor, endScope } = real;
  const { profiling } = real.state;
  const debug = Object.getOwnPropertyDescriptor(flags(), 'DEBUG');
  const made: Tensor[] = [];

  real.runKernel = (name, inputs, attrs) => {
    if (isAbstract()) register(name);
    return runKernel.call(real, name, inputs, attrs);
  };
  real.trackTensor = (tensor, on) => {
    if ((on ?? real.backendInstance) === backend) made.push(tensor);
    trackTensor.call(real, tensor, on);
  };
  real.endScope = (result) => {
    endScope.call(real, result);
    onScopeEnd(result);
  };
  Object.assign(real, { backendName, backendInstance: backend, pendingBackendInit: undefined });
  real.state.profiling = false;
  flags().DEBUG = false;
  try {
    run();
  } finally {
    for (const tensor of made) tensor.dispose();
    Object.assign(real, before);
    real.state.profiling = profiling;
    restore(flags(), 'DEBUG', debug);
    for (const [i, name] of methods.entries()) restore(real, name, own[i]);
  }
}

/** The backend of now, or the promise of one. */
export function currentBackend(): Current {
  const { backendName, backendInstance, pendingBackendInit } = privateEngine();
  return { backendName, backendInstance, pendingBackendInit };
}

function restore(of: object, name: string, descriptor: PropertyDescriptor | undefined): void {
  if (descriptor) Object.defineProperty(of, name, descriptor);
  else Reflect.deleteProperty(of, name);
}

function register(kernelName: string): void {
  if (!getKernel(kernelName, backendName))
    registerKernel({ kernelName, backendName, kernelFunc: abstractKernel(kernelName) });
}

/** Makes the numbers of a value of constants, on the backend that is current outside; the tidy of the run frees the rest. */
export function evaluateOutside(outside: Current, known: Known): BackendValues {
  const real = privateEngine();
  const inside = currentBackend();
  Object.assign(real, outside);
  real.state.kernelDepth++; // none of it is differentiated
  try {
    return numbersOf(real, known);
  } finally {
    real.state.kernelDepth--;
    Object.assign(real, inside);
  }
}

function numbersOf(real: PrivateEngine, known: Known): BackendValues {
  const { recipe } = known;
  if (known.values || recipe === undefined) return known.values ?? new Float32Array();
  const given = (input: Known | Tensor) =>
    'room' in input ? real.makeTensor(numbersOf(real, input), [...input.shape], input.dtype) : input;
  const inputs = mapInputs(recipe.inputs, given);
  const made = [real.runKernel(recipe.op, inputs as NamedTensorMap, recipe.attrs)].flat();
  const values = made[recipe.index]?.dataSync().slice() as BackendValues;
  known.values = values;
  return values;
}
