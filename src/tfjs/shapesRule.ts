import type { DataType } from '@tensorflow/tfjs-core';

/** All that is known of a tensor without its numbers. */
export interface Form {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** What a kernel makes of inputs of such forms: one result, or a list where the kernel gives a list. */
export type FormRule<In, Attrs = unknown> = (inputs: In, attrs: Attrs) => Form | readonly Form[];

/** Rules by the kernel's name. Each knows its own inputs and attributes; a kernel is always called with those. */
export type FormRules = { readonly [kernel: string]: FormRule<never, never> };

export type X = { readonly x: Form };

/** One rule under many names. */
export const under = <R extends FormRule<never, never>>(names: string, rule: R): FormRules =>
  Object.fromEntries(names.split(' ').map((name) => [name, rule]));

export const form = (shape: readonly number[], dtype: DataType): Form => ({ shape, dtype });

export const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** tfjs's functions take arrays that may be changed, and do not change them. */
export const open = (shape: readonly number[]): number[] => [...shape];
