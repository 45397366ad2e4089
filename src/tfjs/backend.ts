import { engine, env, findBackendFactory, getBackend, ready, setBackend } from '@tensorflow/tfjs-core';
import { type BackendFindings, checkBackend } from './backendCheck.ts';
import { registerWasmKernels } from './wasmKernels.ts';

export interface UseBackendOptions {
  /** What is asked of it: `inference` does not look for the kernels of training. Default `training`. */
  readonly purpose?: 'training' | 'inference';
  /** Imports the package that registers the backend. Default: tfjs-backend-wasm for `wasm`, tfjs-node for `tensorflow`. */
  readonly load?: () => Promise<unknown>;
}

/**
 * Makes a backend of tfjs the current one, gives it our kernels where we have some (wasm), and checks it.
 * In Node `tensorflow` is @tensorflow/tfjs-node, which must be installed; for tfjs-node-gpu, and for backends other than
 * these two, import the package first or say how in `load`.
 *
 * @throws Error if it cannot be had here, or if a kernel of training is missing or wrong, all of them in one message
 */
export async function useBackend(name: string, { purpose = 'training', load }: UseBackendOptions = {}): Promise<void> {
  if (name === 'tensorflow') restoreIsNullOrUndefined();
  if (!findBackendFactory(name)) await (load ?? loader(name))();
  if (name === 'wasm') {
    const release = await placeWasm();
    await start(name);
    release();
    registerWasmKernels();
  } else await start(name);

  const findings = checkBackend();
  const wrong = purpose === 'training' ? complaint(name, findings) : undefined;
  if (wrong !== undefined) throw new Error(wrong);
}

async function start(name: string): Promise<void> {
  if (!(await setBackend(name)) || getBackend() !== name)
    throw new Error(
      `useBackend: ${name} did not start here; its own message is on the console. Use 'wasm', which runs anywhere`,
    );
  await ready();
}

function complaint(name: string, { missing, wrong }: BackendFindings): string | undefined {
  if (missing.length === 0 && wrong.length === 0) return undefined;
  const lacks = missing.length > 0 ? [`it has no kernel ${missing.join(', ')}`] : [];
  return (
    `useBackend: ${name} cannot train: ${[...lacks, ...wrong].join('; ')}. ` +
    `Train on 'wasm' or 'tensorflow', or take ${name} for inference alone: useBackend('${name}', { purpose: 'inference' })`
  );
}

/** The running Node, or undefined in a page or a worker of one. */
const node = () => globalThis.process?.versions?.node;

function loader(name: string): () => Promise<unknown> {
  if (name === 'wasm') return () => import('@tensorflow/tfjs-backend-wasm');
  if (name === 'tensorflow') return loadTensorflow;
  return () => {
    throw new Error(
      `useBackend: no backend ${name} is registered; import '@tensorflow/tfjs-backend-${name}' before, or choose 'wasm'`,
    );
  };
}

async function loadTensorflow(): Promise<void> {
  if (!node()) throw new Error(`useBackend: tensorflow runs in Node alone; choose 'wasm', or 'webgl' for a page's GPU`);
  const name = '@tensorflow/tfjs-node'; // a variable, so that no bundler follows it
  try {
    await import(/* webpackIgnore: true */ /* @vite-ignore */ name);
  } catch (cause) {
    throw new Error(
      `useBackend: @tensorflow/tfjs-node could not be loaded; npm install @tensorflow/tfjs-node@4.22.0 (its install script ` +
        `must be allowed to run), or choose 'wasm', which needs nothing`,
      { cause },
    );
  }
}

/** tfjs-node 4.22 calls a function of node:util that Node 23 took away. */
function restoreIsNullOrUndefined(): void {
  const util: { isNullOrUndefined?: (value: unknown) => boolean } | undefined =
    globalThis.process?.getBuiltinModule?.('node:util');
  if (util) util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

/**
 * Tells a page where tfjs's .wasm is: bundlers copy JavaScript without being told, .wasm files not, so it comes as text
 * in a chunk of its own. Node finds its own file.
 */
async function placeWasm(): Promise<() => void> {
  if (node() || 'wasm' in engine().registry) return () => {}; // there, or already running
  const [{ tfjsWasm }, { decode }, { setWasmPaths }] = await Promise.all([
    import('../engine/tfjsWasm.generated.ts'),
    import('../engine/bytes.ts'),
    import('@tensorflow/tfjs-backend-wasm'),
  ]);
  const url = URL.createObjectURL(new Blob([decode(tfjsWasm)], { type: 'application/wasm' }));
  setWasmPaths({
    'tfjs-backend-wasm.wasm': url,
    'tfjs-backend-wasm-simd.wasm': url,
    'tfjs-backend-wasm-threaded-simd.wasm': url,
  });
  // In an isolated page tfjs takes its threaded build, whose worker is a function's source text: minified, it hangs.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  return () => URL.revokeObjectURL(url);
}
