/** What a tensor of ONNX Runtime is to us. */
export interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
  readonly dispose?: () => void;
}

export interface OrtSession {
  readonly run: (feeds: { readonly [name: string]: OrtTensor }) => Promise<{ readonly [name: string]: OrtTensor }>;
  readonly release: () => Promise<void>;
}

/** What is used of `onnxruntime-node`, `onnxruntime-web` and their like; their own types are much wider. */
export interface OrtModule {
  readonly InferenceSession: {
    readonly create: (bytes: Uint8Array, options: never) => Promise<object>;
  };
  readonly Tensor: new (type: never, data: never, dims: never) => object;
}

/** The same as it is used. */
export interface Ort {
  readonly create: (bytes: Uint8Array, options: object) => Promise<OrtSession>;
  readonly tensor: (type: string, data: ArrayLike<number>, dims: readonly number[]) => OrtTensor;
}

/** The calls that are used, of a module that is given or of the optional package of a name. @throws Error where it is not installed */
export async function loadOrt(given: OrtModule | undefined, name: string): Promise<Ort> {
  const { InferenceSession, Tensor } = given ?? (await imported(name));
  return {
    create: (bytes, options) => InferenceSession.create(bytes, options as never) as Promise<OrtSession>,
    tensor: (type, data, dims) => new Tensor(type as never, data as never, dims as never) as OrtTensor,
  };
}

async function imported(name: string): Promise<OrtModule> {
  try {
    const found: OrtModule & { readonly default?: OrtModule } = await import(/* @vite-ignore */ name);
    return found.default ?? found; // a module of CommonJS is the default of its import
  } catch (error) {
    const skip = name === 'onnxruntime-node' ? 'ONNXRUNTIME_NODE_INSTALL=skip ' : ''; // else it fetches CUDA
    throw new Error(
      `onnxRuntime: ${name} can't be loaded (${error instanceof Error ? error.message : error}); install it: ` +
        `${skip}npm install ${name}, or give the module: onnxRuntime({ ort })`,
      { cause: error },
    );
  }
}
