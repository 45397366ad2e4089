import {
  backend,
  engine,
  getBackend,
  getGradient,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  registerKernel,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';

export type Shape = readonly number[];
/** Tensors by name; a list has the names 0, 1, 2 ... */
type Inputs = { readonly [name: string]: Tensor } | readonly Tensor[];
type Outputs = { readonly [name: string]: Tensor };
type ShapesOf<T> = { readonly [N in keyof T]: Shape };

/** What anyone may ask about a composite op by its kernel's name, without importing it. */
export interface CompositeRule {
  /** Shapes of the results, in order; all are float32. @throws RangeError for inputs that do not fit */
  readonly shapes: (inputs: { readonly [name: string]: Shape }, attrs: NamedAttrMap) => readonly Shape[];
  /** Computes the results, in order, in ops that every backend has. */
  readonly body: (inputs: Inputs, attrs: NamedAttrMap) => readonly Tensor[];
}

const registry = Symbol.for('pyramidion.compositeOps');
/**
 * A backend with a method of this name runs composite ops whole by the kernel that the method gives for an op's name,
 * where it has none registered under that name. An abstract backend records them so.
 */
export const wholeOps = Symbol.for('pyramidion.wholeOps');

/** On kernels that run an op's body. */
const bodyMark = Symbol.for('pyramidion.bodyKernel');

type Kernel = Parameters<typeof registerKernel>[0]['kernelFunc'];

/** The rules of every composite op that ran, by kernel name; one list for all copies of the package in a process. */
export function compositeRules(): Map<string, CompositeRule> {
  const home = globalThis as { [registry]?: Map<string, CompositeRule> };
  home[registry] ??= new Map();
  return home[registry];
}

export interface CompositeOptions<
  In extends Inputs,
  Out extends Outputs,
  Attrs extends NamedAttrMap,
  Saved extends keyof (In & Out),
> {
  /** The kernel's name, for backends, traces and engines. */
  readonly name: `Pyramidion${string}`;
  /** What it computes, in ops that every backend has. */
  readonly body: (inputs: In, attrs: Attrs) => Out;
  /** Shapes of the results, by name, in the order of the kernel's. @throws RangeError for inputs that do not fit */
  readonly shapes: (inputs: ShapesOf<In>, attrs: Attrs) => ShapesOf<Out>;
  /** Its derivative; absent where there is none. */
  readonly gradient?: {
    /** Inputs and results that the derivative reads, by name; `all` for a list of inputs. Nothing else is kept. */
    readonly saves: readonly Saved[] | 'all';
    /** Gradients of the results -> a function for the gradient of each input. */
    readonly of: (dy: Out, saved: Pick<In & Out, Saved>, attrs: Attrs) => { readonly [name: string]: () => Tensor };
  };
}

/**
 * Makes an op of ours: a name, a body of tf ops, a gradient and a shape rule. Called, it is one kernel: a trace records
 * it whole, a backend with a kernel of that name runs that, any other runs the body. Nothing is registered before the
 * first call, so that a bundle may leave it out.
 *
 * The returned function throws a TypeError for an input that is not float32 and whatever the shape rule throws.
 */
export function compositeOp<
  In extends Inputs,
  Out extends Outputs,
  Attrs extends NamedAttrMap,
  Saved extends keyof (In & Out) = never,
>(options: CompositeOptions<In, Out, Attrs, Saved>): (inputs: In, attrs: Attrs) => Out {
  const { name, body, shapes } = options;
  return (inputs, attrs) => {
    for (const [input, { dtype }] of Object.entries<Tensor>(inputs))
      if (dtype !== 'float32') throw new TypeError(`${name}: ${input} is ${dtype}; it must be float32, cast it first`);
    const names = Object.keys(shapes(shapesOf(inputs), attrs));

    compositeRules().set(name, {
      shapes: (given, a) => Object.values<Shape>(shapes(given as ShapesOf<In>, a as Attrs)),
      body: (given, a) => Object.values<Tensor>(tidy(() => body(given as In, a as Attrs))),
    });
    ensureKernel(name, ({ inputs: given, attrs: a }) => {
      const made = Object.values<Tensor>(tidy(() => body(given as In, a as Attrs)));
      return made.length === 1 ? (made[0] as Tensor) : made;
    });
    ensureGradient(options, names);

    const made = engine().runKernel(name, inputs as NamedTensorMap, attrs);
    return named(names, Array.isArray(made) ? made : [made]) as Out;
  };
}

/** Lists become records by position. */
const named = (names: readonly PropertyKey[], values: readonly unknown[]) =>
  Object.fromEntries(names.map((name, i) => [name, values[i]]));

function shapesOf<In extends Inputs>(inputs: In): ShapesOf<In> {
  if (Array.isArray(inputs)) return inputs.map((t: Tensor) => t.shape) as unknown as ShapesOf<In>;
  return named(
    Object.keys(inputs),
    Object.values<Tensor>(inputs).map((t) => t.shape),
  ) as ShapesOf<In>;
}

/** Gives the current backend a kernel where it has none. */
function ensureKernel(kernelName: string, ofBody: Kernel): void {
  const current = backend() as object as { [wholeOps]?: (name: string) => Kernel }; // starts it, if nobody has
  const backendName = getBackend();
  if (getKernel(kernelName, backendName)) return;
  const kernelFunc = current[wholeOps]?.(kernelName) ?? Object.assign(ofBody, { [bodyMark]: true as const });
  registerKernel({ kernelName, backendName, kernelFunc });
}

/** Whether a backend has a kernel of its own for a composite op: one that is not the op's body. */
export function runsWhole(kernelName: string, backendName: string): boolean {
  const kernel = getKernel(kernelName, backendName);
  return kernel !== undefined && !(bodyMark in kernel.kernelFunc);
}

/** Tells tfjs the derivative, once in a process, whichever copy of the package comes first. */
function ensureGradient<
  In extends Inputs,
  Out extends Outputs,
  Attrs extends NamedAttrMap,
  Saved extends keyof (In & Out),
>({ name, gradient }: CompositeOptions<In, Out, Attrs, Saved>, outputs: readonly string[]): void {
  if (gradient === undefined || getGradient(name)) return;
  const { saves, of } = gradient;
  const all = saves === 'all';
  const isOutput = (save: PropertyKey) => outputs.includes(String(save));
  const savedInputs = all ? [] : saves.filter((save) => !isOutput(save)).map(String);
  const savedOutputs = all ? [] : outputs.filter((output) => saves.some((save) => save === output));
  registerGradient({
    kernelName: name,
    inputsToSave: savedInputs,
    saveAllInputs: all,
    outputsToSave: outputs.map((output) => savedOutputs.includes(output)),
    gradFunc: (dy, saved, attrs) => {
      const names = all ? saved.map((_, i) => i) : [...savedInputs, ...savedOutputs];
      return of(
        named(outputs, Array.isArray(dy) ? dy : [dy]) as Out,
        named(names, saved) as Pick<In & Out, Saved>,
        attrs as Attrs,
      );
    },
  });
}
