import { describe, expect, it } from 'vitest';
import { openKeras } from '../../src/weights/keras.ts';
import { keras2, keras3Listed, keras3Numbered } from './kerasFiles.ts';

const files = { keras2, keras3Listed, keras3Numbered };
/** Keras 3 calls the kernel of a depthwise layer as that of any other, where names are those of its variables. */
const depthwise = { keras2: 'depthwise_kernel', keras3Listed: 'kernel', keras3Numbered: 'depthwise_kernel' };

describe.each(['keras2', 'keras3Listed', 'keras3Numbered'] as const)('a file of Keras, %s', (kind) => {
  it('gives weights by layer and name, in their layout', async () => {
    const { tensors, close } = await openKeras(files[kind]);
    // weight number j of the model begins at j and grows by eighths
    const expected = [
      ['stem_conv/kernel:0', 0, [1, 1, 3, 2]],
      ['stem_bn/gamma:0', 1, [2]],
      ['stem_bn/beta:0', 2, [2]],
      ['stem_bn/moving_mean:0', 3, [2]],
      ['stem_bn/moving_variance:0', 4, [2]],
      [`block1a_dwconv/${depthwise[kind]}:0`, 5, [3, 3, 2, 1]],
      ['predictions/kernel:0', 6, [8, 3]],
      ['predictions/bias:0', 7, [3]],
    ] as const;
    expect([...tensors.keys()].sort()).toEqual(expected.map(([name]) => name).sort());
    for (const [name, begin, shape] of expected) {
      expect(tensors.get(name)?.shape, name).toEqual(shape);
      const count = shape.reduce((a: number, b) => a * b, 1);
      expect([...(tensors.get(name)?.read() ?? [])], name).toEqual(
        Array.from({ length: count }, (_, i) => begin + i / 8),
      );
    }
    close();
  });
  it('is refused where the heap of its texts does not go on, which the library would not come back from', async () => {
    const bytes = files[kind].slice();
    const heap = Buffer.from(bytes).indexOf('GCOL');
    bytes.fill(0, heap + 16, heap + 32);
    await expect(openKeras(bytes, 'f')).rejects.toThrow(/f: byte \d+: a part of 0 bytes is not in its heap/);
  });
});

describe('a file of HDF5', () => {
  it('that is not of Keras is refused, naming what it has', async () => {
    const bytes = keras2.slice();
    const at = Buffer.from(bytes).indexOf('model_weights');
    bytes.set(new TextEncoder().encode('other'), at);
    await expect(openKeras(bytes, 'f')).rejects.toThrow(/f: an HDF5 file, but not of Keras, .*; it has other/);
  });
  it('that is cut is refused', async () => {
    await expect(openKeras(keras2.slice(0, 4000), 'f')).rejects.toThrow(
      /^f: byte 2048: a heap of the HDF5 file leaves it; was it cut/,
    );
  });
});
