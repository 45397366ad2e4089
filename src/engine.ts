import '@tensorflow/tfjs-layers'; // registers tfjs's gradients

export { type EngineBuild, fastestBuild } from './engine/run/module.ts';
export type { EnginePrepared } from './engine/run/prepared.ts';
export { sharedEngine } from './engine/sharedEngine.ts';
export { type EngineOptions, type WasmEngine, wasmEngine } from './engine/wasmEngine.ts';
export { type WorkerEngine, workerEngine } from './engine/workerEngine.ts';
export { type UseBackendOptions, useBackend } from './tfjs/backend.ts';
export { type BackendFindings, checkBackend } from './tfjs/backendCheck.ts';
export { registerWasmKernels } from './tfjs/wasmKernels.ts';
