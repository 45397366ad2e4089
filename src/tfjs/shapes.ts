import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import { compositeRules } from '../ops/composite.ts';
import type { Inputs } from './abstractInputs.ts';
import { arrangements } from './shapesArrangement.ts';
import { convolutions } from './shapesConvolution.ts';
import { elementwise } from './shapesElementwise.ts';
import { indexings } from './shapesIndexing.ts';
import { joints } from './shapesJoining.ts';
import { reductions } from './shapesReduction.ts';
import { type Form, type FormRule, type FormRules, form } from './shapesRule.ts';
import { sources } from './shapesSource.ts';

/** Shape and type rules of tfjs's kernels, by name. Kernels whose shapes depend on numbers have none. */
export const shapeRules: FormRules = {
  ...elementwise,
  ...convolutions,
  ...reductions,
  ...arrangements,
  ...joints,
  ...indexings,
  ...sources,
};

/**
 * The rule of a kernel, tfjs's or a composite op's, or undefined where none is known.
 * A rule gives a list where the kernel gives a list.
 */
export function shapeRule(kernel: string): FormRule<Inputs<Form>, NamedAttrMap> | undefined {
  // A kernel is called with the inputs and attributes that its own rule names.
  if (Object.hasOwn(shapeRules, kernel)) return shapeRules[kernel] as FormRule<Inputs<Form>, NamedAttrMap>;
  const composite = compositeRules().get(kernel);
  if (composite === undefined) return undefined;
  return (inputs, attrs) => {
    const shapes = Object.fromEntries(Object.entries<Form>(inputs).map(([name, { shape }]) => [name, shape]));
    const made = composite.shapes(shapes, attrs).map((shape) => form(shape, 'float32'));
    const [only] = made;
    return made.length === 1 && only ? only : made;
  };
}
