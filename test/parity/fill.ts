import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import type { HasParts } from '../../src/core/block.ts';
import { fromThere, shapeThere } from '../../src/weights/layout.ts';
import type { NameMap } from '../../src/weights/nameMap.ts';
import { reordered } from '../../src/weights/names/order.ts';
import { formulaWeight, type Golden, spread, uniform } from './formula.ts';

/** Gives every weight the numbers that the formula makes of its foreign name. */
export function fill(model: HasParts, names: NameMap): void {
  for (const [name, { weight, layout, order }] of names.entries(model)) {
    const shape = weight.shape ?? [];
    const values = fromThere(formulaWeight(name, shapeThere(layout, shape)), layout, shape);
    weight.write(order ? reordered(values, shape, order) : values);
  }
}

/** The reference's input, drawn as [1, 3, h, w], as [1, h, w, 3]: standardized numbers, or Keras's pixels in 0-255. */
export function inputOf({ source, input: [, channels, height, width] }: Golden): Tensor4D {
  const drawn = source === 'keras' ? pixels(3 * height * width) : spread('input', 3 * height * width, 1.5);
  const cells = height * width;
  const values = drawn.map((_, i) => drawn[(i % channels) * cells + Math.floor(i / channels)] ?? Number.NaN);
  return tensor4d(values, [1, height, width, channels]);
}
function pixels(count: number): Float32Array {
  const u = uniform('input');
  return Float32Array.from({ length: count }, () => 255 * u());
}
