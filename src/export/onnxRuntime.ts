import type { Graph } from '../trace/graph.ts';
import { uniqueNames } from '../trace/names.ts';
import type { HostTensor, Target } from '../trace/target.ts';
import { onnxBytes } from './onnxBytes.ts';
import { onnxGraph } from './onnxGraph.ts';
import { onnxRules } from './onnxRules.ts';
import { loadOrt, type Ort, type OrtModule, type OrtSession, type OrtTensor } from './ortModule.ts';
import { onnxFormat } from './toOnnx.ts';

export interface OnnxRuntimeOptions {
  /** `onnxruntime-node` or `onnxruntime-web`, which must be installed. Default: `node` in Node, else `web`. */
  readonly runtime?: 'node' | 'web';
  /** The module itself, for bundlers: `import * as ort from 'onnxruntime-web'`. */
  readonly ort?: OrtModule;
  /** What the session is created with: `executionProviders`, `intraOpNumThreads`. */
  readonly session?: object;
}

/**
 * ONNX Runtime as a target of `compile`: `const fast = compile(model, { target: onnxRuntime() })`, then `await fast(image)`.
 * Nothing is loaded before the first call.
 *
 * @throws Error, at the first call, where the package is not installed
 */
export function onnxRuntime({ runtime = defaultRuntime(), ort: given, session = {} }: OnnxRuntimeOptions = {}): Target {
  if (runtime !== 'node' && runtime !== 'web')
    throw new RangeError(`onnxRuntime: runtime is ${JSON.stringify(runtime)}; it must be 'node' or 'web'`);
  let loading: Promise<Ort> | undefined;
  return {
    name: 'ONNX Runtime',
    keeps: (op) => Object.hasOwn(onnxRules, op),
    prepare: async (graph) => {
      const bytes = bytesOf(graph); // before anything is loaded, so that its errors come first
      loading ??= loadOrt(given, `onnxruntime-${runtime}`).catch((error: unknown) => {
        loading = undefined; // it may be installed by then
        throw error;
      });
      const ort = await loading;
      const made = await ort.create(bytes, session);
      return { run: (inputs) => run(ort, made, graph, inputs), dispose: () => made.release() };
    },
  };
}

const defaultRuntime = () => (typeof process === 'object' && process.versions?.node ? 'node' : 'web');

/** Outputs get names that no input has; nobody sees them. */
function bytesOf({ outputs, ...graph }: Graph): Uint8Array {
  const values = [...outputs.values()];
  const names = outputNames({ ...graph, outputs });
  const renamed = new Map(values.map((value, i) => [names[i] ?? '', value]));
  return onnxBytes({
    ...onnxFormat,
    graph: onnxGraph({ graph: { ...graph, outputs: renamed }, marks: undefined }, 'NHWC', undefined),
    name: 'compiled',
    metadata: {},
  });
}

function outputNames({ inputs, outputs }: Graph): readonly string[] {
  const unique = uniqueNames(inputs.keys());
  return [...outputs].map(() => unique('result'));
}

async function run(ort: Ort, session: OrtSession, graph: Graph, given: readonly HostTensor[]): Promise<HostTensor[]> {
  const feeds = new Map<string, OrtTensor>();
  for (const [i, { name }] of [...graph.inputs.values()].entries()) {
    const { numbers, shape, dtype } = given[i] ?? { numbers: new Float32Array(), shape: [], dtype: 'float32' };
    feeds.set(name, ort.tensor(dtype, numbers, shape));
  }
  const made = await session.run(Object.fromEntries(feeds));
  return outputNames(graph).map((name, i) => {
    const { dims = [], data } = made[name] ?? {};
    const dtype = [...graph.outputs.values()][i]?.dtype ?? 'float32';
    if (data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array)
      return { numbers: data.slice(), shape: [...dims], dtype };
    throw new Error(`onnxRuntime: the result ${name} is not there`);
  });
}
