import type { ChannelOrder } from '../nameMap.ts';

/** Boxes as (x, y, width, height), where ours are (y, x, height, width). */
export const xFirst: ChannelOrder = { axis: 'out', run: [1, 0, 3, 2] };
/** Pixels as (blue, green, red). */
export const blueFirst: ChannelOrder = { axis: 'in', run: [2, 1, 0] };

/** Numbers in our layout whose channels stand as there -> as here. The same function undoes it: both orders are swaps. */
export function reordered(values: Float32Array, shape: readonly number[], { axis, run }: ChannelOrder): Float32Array {
  const at = shape.length - (axis === 'in' ? 2 : 1);
  const channels = shape[at] ?? 0;
  const inner = shape.slice(at + 1).reduce((a, b) => a * b, 1);
  if (channels % run.length !== 0)
    throw new RangeError(`reordered: ${channels} channels are no runs of ${run.length}; shape is [${shape}]`);
  return values.map((_, i) => {
    const channel = Math.floor(i / inner) % channels;
    const from = channel - (channel % run.length) + (run[channel % run.length] ?? 0);
    return values[i + (from - channel) * inner] ?? 0;
  });
}
