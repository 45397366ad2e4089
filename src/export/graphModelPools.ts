import { sidesIn } from './attributes.ts';
import { text } from './graphModelNode.ts';
import { around, hasWord, padding } from './graphModelPadding.ts';
import type { GraphRule, GraphRules } from './graphModelRule.ts';
import type { GraphWriter } from './graphModelWriter.ts';
import { inputOf, resultOf } from './values.ts';
import { sidesOf, type Window, windowOf } from './window.ts';

/** tfjs's pools take no rows of padding: the map is padded before, by what no maximum and no mean sees. */
const pool =
  (kind: 'MaxPool' | 'AvgPool'): GraphRule =>
  (node, to) => {
    const [x, y] = [inputOf(node, 'x'), resultOf(node)];
    const kernel = sidesIn(node, 'filterSize');
    const window = windowOf(node, kernel, sidesOf(x), sidesOf(y));
    const attrs = { ksize: around(kernel), strides: around(window.strides) };
    const { top, bottom, left, right } = window.pads;
    if (hasWord(node)) return to.give([y], kind, [to.read(x)], { ...attrs, ...padding(node, window) });
    const pads = to.tensor('pads', [4, 2], Int32Array.of(0, 0, top, bottom, left, right, 0, 0));
    const unseen = to.float(kind === 'MaxPool' ? -3.4028234663852886e38 : 0); // the least float32
    const padded = to.step('PadV2', [to.read(x), pads, unseen]);
    const valid = { ...attrs, padding: text('VALID') };
    if (kind === 'MaxPool') return to.give([y], kind, [padded], valid);
    to.give([y], 'Mul', [to.step(kind, [padded], valid), shares(window, sidesOf(x), sidesOf(y), to)]);
  };

/** What a mean over a whole window is to be multiplied by, where a part of it is padding. [1, h, w, 1] */
function shares({ kernel, strides, pads }: Window, from: readonly number[], made: readonly number[], to: GraphWriter) {
  const along = (axis: 0 | 1, before: number) =>
    Array.from({ length: made[axis] ?? 0 }, (_, i) => {
      const first = i * strides[axis] - before;
      return Math.min(first + kernel[axis], from[axis] ?? 0) - Math.max(first, 0);
    });
  const [rows, columns] = [along(0, pads.top), along(1, pads.left)];
  const all = kernel[0] * kernel[1];
  const numbers = Float32Array.from(rows.flatMap((h) => columns.map((w) => all / (h * w))));
  return to.tensor('shares', [1, rows.length, columns.length, 1], numbers);
}

export const graphModelPools: GraphRules = { MaxPool: pool('MaxPool'), AvgPool: pool('AvgPool') };
