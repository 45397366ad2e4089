import { getBackend } from '@tensorflow/tfjs-core';

/** Whether tfjs computes on the CPU here, by a backend in whose place our engine runs: `cpu` or `wasm`. */
export const isCpuBackend = (): boolean => ['cpu', 'wasm'].includes(getBackend());
