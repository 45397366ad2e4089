import { describe, expect, it } from 'vitest';
import { convolutionLowerings as lowerings } from '../../src/engine/lower/convolution.ts';
import { drawing, expectAsCpu } from './plainRun.ts';

const common = { strides: 1, dilations: 1, dataFormat: 'NHWC' };

describe('a convolution 3x3 by Winograd’s transforms', () => {
  // Of the largest result: 1.9e-6 for 256 channels, 3.3e-6 for 512, where a direct sum has 7.5e-7 and 1.2e-6.
  it.each([
    [[1, 8, 8, 32], 32, 'same'],
    [[2, 12, 15, 40], 36, 'same'],
    [[1, 19, 23, 33], 47, 'same'],
    [[1, 18, 18, 64], 64, 'valid'],
    [[3, 11, 16, 37], 65, 1],
    [[1, 16, 40, 256], 40, 'same'],
  ] as const)('of %s to %i channels, padding %s, is the cpu backend’s to 1e-5', (shape, outputs, pad) => {
    const { floats } = drawing(...shape, outputs);
    const inputs = {
      x: floats(shape, 3, 'blocked'),
      filter: floats([3, 3, shape[3], outputs], 1),
      bias: floats([outputs]),
    };
    for (const activation of ['linear', 'relu']) {
      const commands = expectAsCpu(lowerings, 'FusedConv2D', inputs, { ...common, pad, activation }, { of: 1e-5 });
      expect(commands.map(({ name }) => name)).toContain('winograd 3x3');
    }
  });

  it('is left where maps are small or channels few', () => {
    const { floats } = drawing('small');
    for (const [shape, outputs] of [
      [[1, 5, 5, 64], 64],
      [[1, 16, 16, 16], 64],
      [[1, 16, 16, 64], 24],
    ] as const) {
      const inputs = { x: floats(shape), filter: floats([3, 3, shape[3], outputs]) };
      const commands = expectAsCpu(lowerings, 'Conv2D', inputs, { ...common, pad: 'same' }, { of: 1e-5 });
      expect(commands.map(({ name }) => name)).toContain('conv 3x3');
    }
  });
});
