import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { useBackend } from '../../src/tfjs/backend.ts';

const folder = process.env.PYRAMIDION_TFJS_NODE;

/** Backends that gradients are held to: tfjs-node where PYRAMIDION_TFJS_NODE names a folder that has it installed. */
export const backends = [
  { name: 'wasm', absent: undefined },
  { name: 'tensorflow', absent: folder ? undefined : 'PYRAMIDION_TFJS_NODE names no folder with tfjs-node' },
] as const;

export async function use(name: (typeof backends)[number]['name'] | 'cpu'): Promise<void> {
  const require = createRequire(resolve(folder ?? '.', 'index.js'));
  const load = async () => require('@tensorflow/tfjs-node');
  await useBackend(name, name === 'tensorflow' ? { load } : {});
}
