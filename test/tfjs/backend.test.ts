import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import { getBackend, getKernel, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { useBackend } from '../../src/tfjs/backend.ts';
import { checkBackend } from '../../src/tfjs/backendCheck.ts';

// In this order: the first test looks at tfjs's wasm backend before our kernels are there.
describe('choosing a backend', () => {
  it("finds what tfjs's own wasm backend lacks and has wrong", async () => {
    await setBackend('wasm');
    expect(checkBackend()).toEqual({
      missing: [
        'Conv2DBackpropFilter',
        'DepthwiseConv2dNativeBackpropInput',
        'DepthwiseConv2dNativeBackpropFilter',
        'UnsortedSegmentSum',
      ],
      wrong: ['its gradient of maxPool is lost where the maximum is negative'],
    });
  });

  it('finds nothing wrong with wasm and our kernels, and nothing with cpu', async () => {
    await useBackend('wasm');
    expect([getBackend(), checkBackend()]).toEqual(['wasm', { missing: [], wrong: [] }]);
    await useBackend('cpu');
    expect([getBackend(), checkBackend()]).toEqual(['cpu', { missing: [], wrong: [] }]);
  });

  it('says in one error what a backend cannot train, and takes it for inference', async () => {
    const { kernelFunc } = getKernel('Identity', 'cpu');
    expect(kernelFunc).toBeDefined();
    registerBackend('bare', () => ({ numDataIds: () => 0, dispose: () => {}, memory: () => ({}) }) as never);
    const refused = useBackend('bare');
    await expect(refused).rejects.toThrow(
      /^useBackend: bare cannot train: it has no kernel Conv2D, Conv2DBackpropInput, /,
    );
    await expect(refused).rejects.toThrow("for inference alone: useBackend('bare', { purpose: 'inference' })");
    await useBackend('bare', { purpose: 'inference' });
    expect(getBackend()).toBe('bare');
    await setBackend('cpu');
    removeBackend('bare');
  });

  it('says how to get a backend that is not there', async () => {
    await expect(useBackend('webgpu')).rejects.toThrow(
      "import '@tensorflow/tfjs-backend-webgpu' before, or choose 'wasm'",
    );
  });

  it('says that a backend did not start', async () => {
    registerBackend('broken', () => {
      throw new Error('no device');
    });
    await expect(useBackend('broken')).rejects.toThrow('useBackend: broken did not start here');
    removeBackend('broken');
    await setBackend('cpu');
  });

  it('says how to install tfjs-node where it is absent', async () => {
    await expect(useBackend('tensorflow')).rejects.toThrow('npm install @tensorflow/tfjs-node@4.22.0');
  });
});
