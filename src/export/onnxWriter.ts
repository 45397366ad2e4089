import type { BatchMarks, BatchNumber } from '../trace/batch.ts';
import type { Graph, Node, Value } from '../trace/graph.ts';
import { freeAttrs, type Side, sidesOfValue } from './batchSides.ts';
import { type OnnxShapes, onnxShapes } from './onnxBatch.ts';
import { inLayout, type Layout, sameInBoth, toPixels, toPlanes } from './onnxLayout.ts';
import type { OnnxType } from './onnxModel.ts';
import { type OnnxAttrs, type OnnxSheet, onnxSheet } from './onnxSheet.ts';
import { numbersOf, permuted } from './permute.ts';

/**
 * Writes an ONNX graph value by value. A map of rank 4 may be there in both layouts; it is transposed when it is first
 * read in the other, constants when they are written.
 */
export interface OnnxWriter {
  readonly sheet: OnnxSheet;
  readonly shapes: OnnxShapes;
  /** What a value is called in a layout; brought there if need be. */
  readonly read: (value: Value, layout?: Layout) => string;
  /** The same where only the order of the numbers counts, not the shape. */
  readonly readFlat: (value: Value) => string;
  /** A value that is broadcast against maps of a layout: with as many axes, in their order. */
  readonly against: (value: Value, rank: number, layout: Layout) => string;
  /** The layout in which values of one shape are there already. */
  readonly follow: (values: readonly Value[]) => Layout;
  /** Adds the node that makes a value. */
  readonly give: (value: Value, layout: Layout, op: string, inputs: readonly string[], attrs?: OnnxAttrs) => void;
  /** Adds the node that makes several. */
  readonly giveAll: (
    values: readonly Value[],
    layout: Layout,
    op: string,
    inputs: readonly string[],
    attrs?: OnnxAttrs,
  ) => void;
  /** Says that a value is there under a name. */
  readonly is: (value: Value, layout: Layout, name: string) => void;
  /** Says that a value is another. */
  readonly same: (value: Value, other: Value) => void;
  /** Sides in the order of a layout. */
  readonly sides: (value: Value, layout?: Layout) => readonly Side[];
  /** Numbers of a kernel's attribute that depend on the batch, by place in its list. */
  readonly free: (node: Node, attr: string) => readonly (BatchNumber | undefined)[];
}

export const onnxTypeOf = ({ name, dtype }: Value): OnnxType => {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new TypeError(`toOnnx: ${name} is ${dtype}; float32, int32 and bool can be exported`);
};

/**
 * @param wanted names that results shall have in a layout, those of the graph's outputs
 * @param reserved names that nothing else may have, besides those of inputs and outputs
 */
export function onnxWriter(
  graph: Graph,
  marks: BatchMarks | undefined,
  wanted: ReadonlyMap<Value, { readonly name: string; readonly layout: Layout }>,
  reserved: readonly string[],
): OnnxWriter {
  const sheet = onnxSheet([...graph.inputs.keys(), ...graph.outputs.keys(), ...reserved]);
  const shapes = onnxShapes(sheet, graph, marks);
  const names = new Map<Value, Map<Layout, string>>();
  const others = new Map<Value, Value>();

  const origin = (value: Value): Value => others.get(value) ?? value;
  const layoutFor = (value: Value, layout: Layout): Layout => (value.shape.length === 4 ? layout : 'NHWC');
  const known = (value: Value) => {
    const found = names.get(value) ?? new Map<Layout, string>();
    names.set(value, found);
    return found;
  };
  const newName = (value: Value, layout: Layout) => {
    const asked = wanted.get(value);
    return asked?.layout === layout
      ? asked.name
      : sheet.unique(known(value).size > 0 ? `${value.name}:${layout}` : value.name);
  };
  const sides: OnnxWriter['sides'] = (value, layout = 'NHWC') => inLayout(sidesOfValue(value, marks), layout);

  const bring = (value: Value, layout: Layout): string => {
    const { shape } = value;
    if (value.kind === 'constant') {
      const numbers = numbersOf(value);
      const planes = layout === 'NCHW';
      const laid = planes && !sameInBoth(shape) ? permuted(numbers, shape, toPlanes) : numbers;
      return sheet.tensor(newName(value, layout), onnxTypeOf(value), inLayout(shape, layout), laid);
    }
    const [[, there] = []] = known(value);
    if (there === undefined) throw new Error(`toOnnx: ${value.name} is read before it is made`);
    if (shape.length !== 4) return there;
    const name = newName(value, layout);
    if (sameInBoth(shape)) return sheet.node('Reshape', [there, shapes.toReshape(sides(value, layout))], {}, [name]);
    return sheet.node('Transpose', [there], { perm: layout === 'NCHW' ? toPlanes : toPixels }, [name]);
  };
  const read: OnnxWriter['read'] = (given, wantedLayout = 'NHWC') => {
    const value = origin(given);
    const layout = layoutFor(value, wantedLayout);
    const found = known(value).get(layout) ?? bring(value, layout);
    known(value).set(layout, found);
    return found;
  };
  const is: OnnxWriter['is'] = (value, layout, name) => known(value).set(layoutFor(value, layout), name);

  const against: OnnxWriter['against'] = (given, rank, layout) => {
    const value = origin(given);
    const { shape } = value;
    if (layout === 'NHWC' || shape.length === rank || shape.every((side) => side === 1)) return read(value, layout);
    const whole = [...Array.from({ length: rank - shape.length }, () => 1), ...shape]; // [h, w, c] and less -> [1, h, w, c]
    if (value.kind === 'constant') {
      const laid = permuted(numbersOf(value), whole, toPlanes);
      return sheet.tensor(sheet.unique(`${value.name}:${layout}`), onnxTypeOf(value), inLayout(whole, layout), laid);
    }
    const more = sheet.step('Unsqueeze', [read(value), sheet.longs([...Array(rank - shape.length).keys()])]);
    return sheet.step('Transpose', [more], { perm: toPlanes });
  };
  const giveAll: OnnxWriter['giveAll'] = (values, layout, op, inputs, attrs = {}) => {
    const made = values.map((value) => newName(value, layoutFor(value, layout)));
    sheet.node(op, inputs, attrs, made);
    for (const [i, value] of values.entries()) is(value, layout, made[i] ?? '');
  };
  return {
    sheet,
    shapes,
    read,
    readFlat: (given) => {
      const value = origin(given);
      const [[, there] = []] = sameInBoth(value.shape) ? known(value) : [];
      return there ?? read(value);
    },
    against,
    follow: (values) =>
      values
        .map(origin)
        .some((value) => value.shape.length === 4 && value.kind !== 'constant' && known(value).has('NCHW'))
        ? 'NCHW'
        : 'NHWC',
    give: (value, layout, op, inputs, attrs) => giveAll([value], layout, op, inputs, attrs),
    giveAll,
    is,
    same: (value, other) => others.set(value, origin(other)),
    sides,
    free: (node, attr) => freeAttrs(node, attr, marks),
  };
}
