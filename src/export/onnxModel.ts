/** Kinds of numbers, by ONNX's codes. @see onnx.proto, TensorProto.DataType */
export const onnxTypes = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;
export type OnnxType = keyof typeof onnxTypes;

/** Numbers in a file: weights, constants, and shapes and axes that ONNX takes as inputs. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: OnnxType;
  readonly numbers: Float32Array | Int32Array | BigInt64Array | Uint8Array;
}

/** A side: a number, or the name of a free one. */
export type OnnxSide = number | string;

/** What goes in or comes out. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly shape: readonly OnnxSide[];
  readonly type: OnnxType;
}

/** An attribute: a whole number, whole numbers, a text, or a number with a fraction in a record, since `1` could be either. */
export type OnnxAttr = number | readonly number[] | string | { readonly float: number };

export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  /** Names of values, empty where an input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs: { readonly [name: string]: OnnxAttr };
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
}

export interface OnnxModel {
  readonly graph: OnnxGraph;
  readonly name: string;
  /** Of the version of ONNX's operators that the nodes are meant in. */
  readonly opset: number;
  /** Of the version of ONNX's file format. */
  readonly irVersion: number;
  readonly producer: { readonly name: string; readonly version: string };
  readonly metadata: { readonly [name: string]: string };
}
