import type { layers as Layers, LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { initializers, input, layers, model } from '@tensorflow/tfjs-layers';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { baselineAnchors } from '../../src/detection/baselineAnchors.ts';
import { ssdHead } from '../../src/head/ssdHead.ts';
import { detector } from '../../src/model/detector.ts';
import { fpn } from '../../src/neck/fpn.ts';

const levels = ['P3', 'P4'] as const;
const labels = ['person'];
const anchors = baselineAnchors({ sides: [16, 32], ratios: [1 / 2], scales: [1] });
export const head = () => ssdHead({ levels, anchors, labels });
export const neck = () => fpn({ stages: ['C3', 'C4'], channels: 4 });

/** A detector of a few thousand weights for 32x48 pixels: 4x6 + 2x3 cells of an anchor each. */
export const small = ({ seed = 0, width = 0.25 }: { seed?: number; width?: number } = {}) =>
  detector({ backbone: efficientNet({ width, depth: 0.1 }), neck: neck(), head: head(), inputSize: [32, 48], seed });
export const cells = 4 * 6 + 2 * 3;

type Layer = InstanceType<typeof Layers.Layer>;
const on = (layer: Layer, x: SymbolicTensor | SymbolicTensor[]) => layer.apply(x) as SymbolicTensor;

/** Convolutions of strides 2, 4, 8, 16 and 32 with batch norms, a residual, a dropout, and a classifier on top. */
export function layersNet(): LayersModel {
  const image = input({ shape: [64, 64, 3] });
  const step = (x: SymbolicTensor, name: string, filters: number) => {
    const kernelInitializer = initializers.glorotNormal({ seed: filters });
    const y = on(
      layers.conv2d({ name, filters, kernelSize: 3, strides: 2, padding: 'same', useBias: false, kernelInitializer }),
      x,
    );
    return on(layers.elu({ name: `${name}_act` }), on(layers.batchNormalization({ name: `${name}_bn` }), y));
  };
  const c3 = step(step(step(image, 'conv1', 4), 'conv2', 4), 'conv3', 6); // stride 8
  const mixed = on(
    layers.conv2d({
      name: 'mix',
      filters: 6,
      kernelSize: 1,
      kernelInitializer: initializers.glorotNormal({ seed: 1 }),
    }),
    on(layers.dropout({ name: 'drop', rate: 0.5 }), c3),
  );
  const c4 = step(on(layers.add({ name: 'residual' }), [c3, mixed]), 'conv4', 8); // stride 16
  const c5 = step(c4, 'conv5', 10);
  const flat = on(layers.dense({ name: 'classes', units: 5 }), on(layers.flatten({ name: 'flat' }), c5));
  return model({ inputs: image, outputs: flat, name: 'net' });
}
