import { abstractly } from '../tfjs/abstract.ts';
import { mapInputs } from '../tfjs/abstractInputs.ts';
import { compositeBody } from '../tfjs/compositeBody.ts';
import { type Graph, type Node, namesOf, type ResultValue, type Value } from './graph.ts';
import { uniqueNames } from './names.ts';
import { blankSheet } from './sheet.ts';

/**
 * Replaces composite ops by the kernels of their bodies, and those in them, until none is left but what is kept. Values
 * that there were stay the same objects; kernels of a body run at the place of their op.
 *
 * @param keep whether a composite op stays whole, by its name: for a target that has a kernel for it. Default: none does
 * @throws Error for a composite op that has not run in this process
 */
export function lower(graph: Graph, keep: (op: string) => boolean = () => false): Graph {
  const unique = uniqueNames(namesOf(graph));
  const bodyOf = (node: Node) => (keep(node.op) ? undefined : compositeBody(node.op));
  const expand = (node: Node): readonly Node[] => {
    const body = bodyOf(node);
    return body ? expanded(node, body, unique).flatMap(expand) : [node];
  };
  if (!graph.nodes.some(bodyOf)) return graph;
  return { ...graph, nodes: graph.nodes.flatMap(expand) };
}

/** The kernels of a body, which make the results of the node that they stand for. */
function expanded(
  node: Node,
  body: NonNullable<ReturnType<typeof compositeBody>>,
  unique: (base: string) => string,
): readonly Node[] {
  const { op, inputs, attrs, outputs, place } = node;
  const sheet = blankSheet(unique);
  const results: Value[] = [];
  abstractly({ label: op, onKernel: (call, _, abstract) => sheet.kernel(call, place, abstract) }, (abstract) => {
    const given = mapInputs(inputs, (value: Value) => {
      const tensor = abstract.placeholder(value.shape, value.dtype);
      sheet.add(tensor, value);
      return tensor;
    });
    for (const tensor of body(given, attrs)) results.push(sheet.find(tensor, abstract));
  });

  const standsFor = new Map<Value, ResultValue>();
  const copies: Node[] = [];
  const made = new Set<Value>(sheet.nodes.flatMap((inner) => inner.outputs));
  for (const [i, output] of outputs.entries()) {
    const result = results[i];
    if (result === undefined)
      throw new RangeError(`${op}: its body gave ${results.length} results of ${outputs.length}`);
    // A result that the body was given, or that it gives twice, is copied.
    if (made.has(result) && !standsFor.has(result)) standsFor.set(result, output);
    else
      copies.push({
        op: 'Identity',
        inputs: { x: standsFor.get(result) ?? result },
        attrs: {},
        outputs: [output],
        place,
      });
  }
  const settled = (value: Value) => standsFor.get(value) ?? value;
  const inner = sheet.nodes.map(({ inputs, outputs, ...rest }) => ({
    ...rest,
    inputs: mapInputs(inputs, settled),
    outputs: outputs.map((value) => standsFor.get(value) ?? value),
  }));
  return [...inner, ...copies];
}
