import type { Node, Value } from '../../trace/graph.ts';
import type { Lowering } from '../plan/emit.ts';
import { takeBox } from './arrangeJoin.ts';
import { type AxisCopy, copyBox, whole } from './arrangeMove.ts';
import { inputOf, listIn, numberIn, numbersIn, outputOf } from './attributes.ts';

/** What is taken along each axis of x. @see TensorFlow, strided_slice: masks, an ellipsis for axes that are not named */
function taken(node: Node, x: Value): readonly AxisCopy[] {
  const [begin, end] = [listIn(node, 'begin'), listIn(node, 'end')];
  const strides = numbersIn(node, 'strides') ?? [];
  const has = (name: string, i: number) => (numberIn(node, name, 0) & (1 << i)) !== 0;
  const isNew = (i: number) => has('newAxisMask', i) && !has('ellipsisMask', i);
  const named = begin.filter((_, i) => !has('ellipsisMask', i) && !isNew(i)).length;
  const axes: AxisCopy[] = [];
  for (const [i, first] of begin.entries()) {
    if (has('ellipsisMask', i)) {
      for (let k = named; k < x.shape.length; k++) axes.push(whole(x.shape[axes.length] ?? 0));
      continue;
    }
    if (isNew(i)) continue;
    const side = x.shape[axes.length] ?? 0;
    const place = (at: number) => (at < 0 ? at + side : at);
    if (has('shrinkAxisMask', i)) {
      axes.push({ ...whole(1), from: place(first) });
      continue;
    }
    const step = strides[i] ?? 1;
    const within = (at: number) => (step > 0 ? Math.min(Math.max(at, 0), side) : Math.min(Math.max(at, -1), side - 1));
    const from = has('beginMask', i) ? (step > 0 ? 0 : side - 1) : within(place(first));
    const to = has('endMask', i) ? (step > 0 ? side : -1) : within(place(end[i] ?? side));
    axes.push({ ...whole(Math.max(0, Math.ceil((to - from) / step))), from, step });
  }
  for (const side of x.shape.slice(axes.length)) axes.push(whole(side));
  return axes;
}

export const stridedSlice: Lowering = (node, emit) => {
  const [x, result] = [inputOf(node), outputOf(node)];
  const axes = taken(node, x);
  const shape = axes.map(({ count }) => count);
  if (axes.every(({ step, count }) => step === 1 || count === 1)) {
    const begin = axes.map(({ from }) => from);
    takeBox('slice', x, result, begin, shape, emit);
    return;
  }
  const from = { at: emit.read(x, 'plain'), shape: x.shape };
  copyBox('strided slice', 'plain', from, { at: emit.make(result, 'plain'), shape }, axes, emit);
};
