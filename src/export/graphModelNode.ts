import type { DataType } from '@tensorflow/tfjs-core';

/** Types as TensorFlow's graphs name them. */
export const graphTypes: { readonly [T in DataType]?: string } = {
  float32: 'DT_FLOAT',
  int32: 'DT_INT32',
  bool: 'DT_BOOL',
};

/** A node of a TensorFlow graph in JSON. @see tensorflow/core/framework/node_def.proto */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: GraphAttrs;
}

/** Whole numbers are texts in JSON, since they have 64 bits; texts are base64. */
export type GraphAttr =
  | { readonly s: string }
  | { readonly i: string }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly type: string }
  | { readonly list: { readonly i: readonly string[] } | { readonly s: readonly string[] } }
  | { readonly shape: GraphShape }
  | { readonly tensor: { readonly dtype: string; readonly tensorShape: GraphShape } };
export type GraphAttrs = { readonly [name: string]: GraphAttr };

export interface GraphShape {
  readonly dim: readonly { readonly size: string }[];
}

/** A side of -1 is free. */
export const graphShape = (sides: readonly number[]): GraphShape => ({
  dim: sides.map((side) => ({ size: `${side}` })),
});
/** A text. */
export const text = (value: string): GraphAttr => ({ s: btoa(value) });
export const texts = (values: readonly string[]): GraphAttr => ({ list: { s: values.map((value) => btoa(value)) } });
export const whole = (value: number): GraphAttr => ({ i: `${value}` });
export const wholes = (values: readonly number[]): GraphAttr => ({ list: { i: values.map((value) => `${value}`) } });
export const real = (value: number): GraphAttr => ({ f: value });
export const yes = (value: boolean): GraphAttr => ({ b: value });
