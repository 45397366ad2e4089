import '@tensorflow/tfjs-layers'; // registers tfjs's gradients

export { type UseBackendOptions, useBackend } from './tfjs/backend.ts';
export { type BackendFindings, checkBackend } from './tfjs/backendCheck.ts';
export { registerWasmKernels } from './tfjs/wasmKernels.ts';
