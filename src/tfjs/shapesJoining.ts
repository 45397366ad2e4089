import { backend_util } from '@tensorflow/tfjs-core';
import { place } from './shapesArrangement.ts';
import { axesOf } from './shapesReduction.ts';
import { type Form, type FormRule, form, open, type X } from './shapesRule.ts';

const firstOf = (forms: readonly Form[]) => forms[0] ?? form([], 'float32');

const concat: FormRule<readonly Form[], { axis: number }> = (forms, { axis }) => {
  const [at = 0] = axesOf(axis, firstOf(forms).shape);
  const shapes = forms.map(({ shape }) => open(shape));
  backend_util.assertParamsConsistent(shapes, at);
  return form(backend_util.computeOutShape(shapes, at), firstOf(forms).dtype);
};

const pack: FormRule<readonly Form[], { axis: number }> = (forms, { axis }) => {
  const { shape, dtype } = firstOf(forms);
  return form(shape.toSpliced(place(axis, shape.length), 0, forms.length), dtype);
};

const unpack: FormRule<{ value: Form }, { axis: number }> = ({ value: { shape, dtype } }, { axis }) => {
  const [at = 0] = axesOf(axis, shape);
  return Array.from({ length: shape[at] ?? 0 }, () => form(shape.toSpliced(at, 1), dtype));
};

const split: FormRule<X, { numOrSizeSplits: number | number[]; axis: number }> = ({ x }, { numOrSizeSplits, axis }) => {
  const [at = 0] = axesOf(axis, x.shape);
  // It reads the shape alone of the tensor that its type asks for.
  const like = { shape: open(x.shape) } as Parameters<typeof backend_util.prepareSplitSize>[0];
  return backend_util.prepareSplitSize(like, numOrSizeSplits, at).map((size) => form(x.shape.with(at, size), x.dtype));
};

/** Kernels that make one tensor of several, or several of one. */
export const joints = { Concat: concat, Pack: pack, Unpack: unpack, SplitV: split };
