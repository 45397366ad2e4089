import type { BatchMarks, BatchNumber } from '../trace/batch.ts';
import type { Node, Value } from '../trace/graph.ts';

/** A side that is known, or that depends on the batch. */
export type Side = number | BatchNumber;

/** The sides of a value. */
export const sidesOfValue = (value: Value, marks: BatchMarks | undefined): readonly Side[] => {
  const free = marks?.sides.get(value);
  return value.shape.map((side, axis) => free?.[axis] ?? side);
};

/** Numbers of a kernel's attribute that depend on the batch, by place in its list. */
export function freeAttrs(
  { outputs: [result] }: Node,
  attr: string,
  marks: BatchMarks | undefined,
): readonly (BatchNumber | undefined)[] {
  const list: (BatchNumber | undefined)[] = [];
  for (const { path, ...number } of (result && marks?.attrs.get(result)) ?? [])
    if (path[0] === attr) list[typeof path[1] === 'number' ? path[1] : 0] = number;
  return list;
}

/** Attributes that may depend on the batch; targets take them from the sides of what is made. */
const batchAttrs: { readonly [kernel: string]: readonly string[] } = {
  Reshape: ['shape'],
  Fill: ['shape'],
  Conv2DBackpropInput: ['inputShape'],
  Tile: ['reps'],
  Slice: ['size'],
};

/** An attribute that depends on the batch and cannot; undefined where there is none. */
export const boundAttr = (node: Node, marks: BatchMarks | undefined): string | undefined =>
  Object.keys(node.attrs).find(
    (attr) => freeAttrs(node, attr, marks).length > 0 && !batchAttrs[node.op]?.includes(attr),
  );
