import type { Node } from '../trace/graph.ts';
import { wordIn } from './attributes.ts';
import { type GraphAttr, type GraphAttrs, text, wholes } from './graphModelNode.ts';
import type { Window } from './window.ts';

/** Whether a kernel's padding is a word that graph models know. */
export const hasWord = ({ attrs: { pad, dimRoundingMode } }: Node) =>
  (pad === 'same' || pad === 'valid') && (dimRoundingMode === undefined || dimRoundingMode === null);
/** Height and width among the four axes. */
export const around = ([height, width]: readonly [number, number]): GraphAttr => wholes([1, height, width, 1]);

/** Padding by a word where the kernel has one, by rows and columns where not. */
export function padding(node: Node, { pads }: Window): GraphAttrs {
  if (hasWord(node)) return { padding: text(wordIn(node, 'pad').toUpperCase()) };
  const { top, bottom, left, right } = pads;
  return { padding: text('EXPLICIT'), explicit_paddings: wholes([0, 0, top, bottom, left, right, 0, 0]) };
}
