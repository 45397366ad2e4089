import type { BatchMarks } from '../trace/batch.ts';
import type { Graph, Node, Value } from '../trace/graph.ts';
import { boundAttr, type Side } from './batchSides.ts';
import type { DetectionsRule } from './detections.ts';
import type { Exported } from './exportGraph.ts';
import { declared } from './onnxBatch.ts';
import type { Layout } from './onnxLayout.ts';
import type { OnnxGraph, OnnxSide, OnnxType, OnnxValueInfo } from './onnxModel.ts';
import { onnxRules } from './onnxRules.ts';
import { type Suppressible, suppressed } from './onnxSuppression.ts';
import { type OnnxWriter, onnxTypeOf, onnxWriter } from './onnxWriter.ts';
import { unsupported } from './unsupported.ts';

/** Writes a graph in operators of ONNX. @throws Error for a kernel that has none */
export function onnxGraph({ graph, marks }: Exported, layout: Layout, rule: DetectionsRule | undefined): OnnxGraph {
  const given = rule ? withoutChosen(graph) : graph;
  for (const path of [...given.outputs.keys(), ...(rule ? Object.keys(chosenForms) : [])])
    if (graph.inputs.has(path))
      throw new RangeError(`toOnnx: ${path} is an input and an output; give one of them another name`);
  const wanted = new Map<Value, { name: string; layout: Layout }>();
  for (const [name, value] of given.outputs)
    if (value.kind === 'result' && !wanted.has(value)) wanted.set(value, { name, layout: layoutOf(value, layout) });
  const to = onnxWriter(graph, marks, wanted, rule ? Object.keys(chosenForms) : []);
  for (const value of graph.inputs.values()) to.is(value, layout, value.name);
  for (const node of graph.nodes) write(node, to, marks);

  to.sheet.enter('');
  const outputs = [...given.outputs].map(([name, value]): OnnxValueInfo => {
    const made = to.read(value, layout);
    if (made !== name) to.sheet.node('Identity', [made], {}, [name]);
    return info(name, value, to, layout);
  });
  return {
    nodes: to.sheet.nodes,
    constants: to.sheet.constants,
    inputs: [...graph.inputs.values()].map((value) => info(value.name, value, to, layout)),
    outputs: [...(rule ? chosen(graph, rule, to) : []), ...outputs],
  };
}

const layoutOf = ({ shape }: Value, layout: Layout): Layout => (shape.length === 4 ? layout : 'NHWC');

const info = (name: string, value: Value, to: OnnxWriter, layout: Layout): OnnxValueInfo => ({
  name,
  shape: to.sides(value, layout).map(declared),
  type: onnxTypeOf(value),
});

function write(node: Node, to: OnnxWriter, marks: BatchMarks | undefined): void {
  const rule = Object.hasOwn(onnxRules, node.op) ? onnxRules[node.op] : undefined;
  if (rule === undefined) throw unsupported('toOnnx', node);
  const bound = boundAttr(node, marks);
  if (bound) throw unsupported('toOnnx', node, `its ${bound} depends on the batch`, "export with batch: 'fixed'");
  to.sheet.enter(node.place);
  rule(node, to);
}

/** What suppression gives, in order. */
const chosenForms = {
  boxes: { shape: ['K', 4], type: 'float32' },
  scores: { shape: ['K'], type: 'float32' },
  labels: { shape: ['K'], type: 'int32' },
  images: { shape: ['K'], type: 'int32' },
} as const satisfies { readonly [name: string]: { readonly shape: readonly OnnxSide[]; readonly type: OnnxType } };

/** Outputs but those that suppression reads. */
const withoutChosen = ({ outputs, ...graph }: Graph): Graph => ({
  ...graph,
  outputs: new Map([...outputs].filter(([path]) => path !== 'boxes' && path !== 'scores')),
});

/** Adds the suppression, and tells its outputs; `images` only where there may be more than one. */
function chosen({ outputs }: Graph, rule: DetectionsRule, to: OnnxWriter): readonly OnnxValueInfo[] {
  const [boxes, scores] = [outputs.get('boxes'), outputs.get('scores')];
  if (boxes === undefined || scores === undefined) throw new Error('toOnnx: detections: there are no boxes and scores');
  const [, classes = 0, anchors = 0] = scores.shape;
  const from: Suppressible = { boxes: to.read(boxes), scores: to.read(scores), anchors, classes };
  to.sheet.enter('detections');
  const names = suppressed(from, rule, to.sheet);
  const [batch]: readonly (Side | undefined)[] = to.sides(boxes);
  return (['boxes', 'scores', 'labels', 'images'] as const)
    .filter((name) => name !== 'images' || batch !== 1)
    .map((name) => {
      to.sheet.node('Identity', [names[name]], {}, [name]);
      return { name, ...chosenForms[name] };
    });
}
