import type { Value } from '../../trace/graph.ts';
import { fromBlocked, toBlocked } from '../commands/codes.ts';
import type { Command, Layout, Operand } from '../plan/emit.ts';

/** Makes a layout of a map from the other one. */
export function convert({ shape }: Value, from: Operand, to: Operand, layout: Layout): Command {
  const [images = 1, height = 1, width = 1, channels = 1] = shape;
  const pixels = height * width;
  const blocked = layout === 'blocked';
  const [plain, groups] = blocked ? [from, to] : [to, from];
  return {
    code: blocked ? toBlocked : fromBlocked,
    name: blocked ? 'to blocked' : 'to plain',
    words: [plain, groups, images, pixels, channels, 4 * channels, 4 * channels * pixels],
    traffic: 8 * images * pixels * channels,
  };
}
