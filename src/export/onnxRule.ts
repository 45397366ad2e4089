import type { Node, Value } from '../trace/graph.ts';
import type { OnnxWriter } from './onnxWriter.ts';

/** Writes what one kernel of tfjs is in ONNX. */
export type OnnxRule = (node: Node, to: OnnxWriter) => void;
export type OnnxRules = { readonly [kernel: string]: OnnxRule };

/** One rule made for many names, a word or pairs `tfjs:ONNX` each. */
export const rulesFor = (names: string, make: (onnxOp: string) => OnnxRule): OnnxRules =>
  Object.fromEntries(
    names.split(' ').map((name) => {
      const [kernel = '', onnxOp = kernel] = name.split(':');
      return [kernel, make(onnxOp)];
    }),
  );

/** A value as float32, for operators that take nothing else. */
export const asFloat = (value: Value, name: string, { sheet }: OnnxWriter): string =>
  value.dtype === 'float32' ? name : sheet.step('Cast', [name], { to: 1 });
